/// A list as people hand it over: in a document with `list`, `kind`, `description` and `items`, or as plain text, which
/// has items only.
package struct ListDocument: Hashable, Sendable {
    package var name: ListName?
    package var kind: ListKind?
    package var description: String?
    /// Values as they were written.
    package var items: [ListItem]

    package init(name: ListName? = nil, kind: ListKind? = nil, description: String? = nil, items: [ListItem]) {
        self.name = name
        self.kind = kind
        self.description = description
        self.items = items
    }

    package static let keys = ["list", "kind", "description", "items"]

    /// Items are values alone, or maps of `value` and `comment`.
    package static func read(_ node: DocumentNode) -> (ListDocument, [Finding]) {
        var reader = DocumentReader(node, at: "")
        var document = ListDocument(items: [])
        if let text = reader.string("list") {
            document.name = ListName(rawValue: text)
            if document.name == nil { reader.report("bad-name", "list", ListName.problem(with: text) ?? "no name") }
        }
        if let text = reader.string("kind") {
            document.kind = ListKind(rawValue: text)
            if document.kind == nil {
                reader.report("unknown-kind", "kind", "there is no kind '\(text)'", remedy: "write \(ListKind.words)")
            }
        }
        document.description = reader.string("description")
        if let nodes = reader.array("items") {
            for (index, node) in nodes.enumerated() {
                switch item(node, at: "items[\(index)]") {
                case .success(let item): document.items.append(item)
                case .failure(let problem): reader.adopt(problem.findings)
                }
                if reader.findings.count > DocumentReader.mostFindings { break }
            }
        } else if reader.findings.isEmpty {
            reader.report("missing-key", "items", "a list has items", remedy: "add a line 'items:', or 'items: []'")
        }
        reader.finish(known: keys)
        return (document, reader.findings)
    }

    private struct Problem: Error {
        var findings: [Finding]
    }

    private static func item(_ node: DocumentNode, at place: String) -> Result<ListItem, Problem> {
        switch node.content {
        case .string(let text): return .success(ListItem(text))
        // A number is meant as its digits; JSON's other spellings of it were gone before this could see them.
        case .int(let number): return .success(ListItem("\(number)"))
        default: break
        }
        var reader = DocumentReader(node, at: place)
        var value: String?
        if let inner = reader.node("value") {
            switch inner.content {
            case .string(let text): value = text
            case .int(let number): value = "\(number)"
            default: reader.report("wrong-type", "value", "expected a text or a whole number")
            }
        } else if reader.findings.isEmpty {
            reader.report("missing-key", "value", "an item has a value")
        }
        let comment = reader.string("comment")
        reader.finish(known: ["value", "comment"])
        guard let value, reader.findings.isEmpty else { return .failure(Problem(findings: reader.findings)) }
        return .success(ListItem(value, comment: comment))
    }

    /// The document that reads back as the same list. Whole numbers stand as numbers.
    package static func write(name: ListName, kind: ListKind, description: String, items: [ListItem]) -> DocumentValue {
        .object([
            "list": .string(name.rawValue), "kind": .string(kind.rawValue),
            "description": description.isEmpty ? nil : .string(description),
            "items": .array(
                kind.sorted(items).map { item in
                    let value: DocumentValue =
                        kind == .integer ? Int(item.value).map { .int($0) } ?? .string(item.value) : .string(item.value)
                    guard let comment = item.comment else { return value }
                    return .object(["value": value, "comment": .string(comment)])
                }),
        ])
    }
}

extension ListKind {
    /// `ip, text or integer`
    package static let words = "ip, text or integer"

    /// Items in their usual form, each value once, sorted; and every value that cannot be taken. Of two with one value the
    /// later one's comment counts.
    package func checked(_ items: [ListItem], of list: ListName) -> ([ListItem], [Finding]) {
        var taken: [[UInt8]: ListItem] = [:]
        var findings: [Finding] = []
        for (index, item) in items.enumerated() {
            guard findings.count < DocumentReader.mostFindings else { break }
            let place = "list \(list): items[\(index)]"
            guard let value = canonical(item.value) else {
                let (message, remedy) = problem(with: item.value) ?? ("it cannot be used", "")
                findings.append(Finding(.error, "bad-item", at: place, message, remedy: remedy))
                continue
            }
            let comment = item.comment.flatMap { $0.isEmpty ? nil : $0 }
            if let comment,
                !Self.isLine(comment) || comment.unicodeScalars.count > ListLimit.comment
                    || comment.unicodeScalars.first == " " || comment.unicodeScalars.last == " "
            {
                findings.append(
                    Finding(
                        .error, "bad-comment", at: place, "the comment of '\(value)' is no single line of text",
                        remedy: "write at most \(ListLimit.comment) characters"))
                continue
            }
            let clean = ListItem(value, comment: comment)
            taken[clean.key] = clean
        }
        if taken.count > ListLimit.items {
            findings.append(
                Finding(
                    .error, "too-many-items", at: "list \(list)",
                    "\(taken.count) items are more than the \(ListLimit.items) of one list",
                    remedy: "join addresses to networks, or make two lists"))
        }
        return (taken.values.sorted(), findings)
    }
}
