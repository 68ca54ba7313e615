internal import RulesLanguage

/// Reads one object of a document strictly: every key must be known, every value of the right kind; all problems are
/// collected as findings with path and line instead of stopping at the first.
package struct DocumentReader {
    package let path: String
    package let line: Int?
    private let members: [(key: String, line: Int?, value: DocumentNode)]
    private var used: Set<String> = []
    package private(set) var findings: [Finding] = []

    /// A reader over nothing, when `node` is no object; that is the first finding then.
    package init(_ node: DocumentNode, at path: String) {
        self.path = path
        self.line = node.line
        if case .object(let members) = node.content {
            self.members = members
            var seen: Set<String> = []
            for member in members where !seen.insert(member.key).inserted {
                findings.append(
                    Finding(
                        .error, "duplicate-key", at: Self.join(path, member.key), line: member.line,
                        "'\(member.key)' is given twice", remedy: "keep one of them"))
            }
        } else {
            self.members = []
            findings.append(
                Finding(
                    .error, "wrong-type", at: path.isEmpty ? "document" : path, line: node.line,
                    "expected a map, found \(node.kind)", remedy: "write 'key: value' lines here"))
        }
    }

    /// Problems of one object beyond which nothing more is read: a hostile text would fill the memory with them.
    package static let mostFindings = 5_000

    package static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : path + "." + key }
    package func place(_ key: String) -> String { Self.join(path, key) }
    package func line(of key: String) -> Int? { members.first { $0.key == key }?.line ?? line }

    package mutating func node(_ key: String) -> DocumentNode? {
        used.insert(key)
        guard let node = members.first(where: { $0.key == key })?.value else { return nil }
        if case .null = node.content { return nil }
        return node
    }

    package mutating func report(_ code: String, _ key: String, _ message: String, remedy: String? = nil) {
        findings.append(Finding(.error, code, at: place(key), line: line(of: key), message, remedy: remedy))
    }

    package mutating func adopt(_ others: [Finding]) { findings += others }

    private mutating func wrong(_ key: String, _ expected: String, _ node: DocumentNode) {
        findings.append(
            Finding(
                .error, "wrong-type", at: place(key), line: node.line ?? line(of: key),
                "expected \(expected), found \(node.kind)"))
    }

    package mutating func string(_ key: String) -> String? {
        guard let node = node(key) else { return nil }
        if case .string(let value) = node.content { return value }
        wrong(key, "a text", node)
        return nil
    }

    package mutating func bool(_ key: String) -> Bool? {
        guard let node = node(key) else { return nil }
        if case .bool(let value) = node.content { return value }
        wrong(key, "true or false", node)
        return nil
    }

    package mutating func int(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = node(key) else { return nil }
        guard case .int(let value) = node.content else {
            wrong(key, "a whole number", node)
            return nil
        }
        guard range.contains(value) else {
            report("out-of-range", key, "\(value) is outside \(range.lowerBound)...\(range.upperBound)")
            return nil
        }
        return value
    }

    package mutating func array(_ key: String) -> [DocumentNode]? {
        guard let node = node(key) else { return nil }
        if case .array(let items) = node.content { return items }
        wrong(key, "a list", node)
        return nil
    }

    package mutating func strings(_ key: String) -> [String]? {
        guard let items = array(key) else { return nil }
        var texts: [String] = []
        for (index, item) in items.enumerated() {
            if case .string(let text) = item.content {
                texts.append(text)
            } else {
                wrong("\(key)[\(index)]", "a text", item)
            }
        }
        return texts
    }

    package mutating func members(_ key: String) -> [(key: String, line: Int?, value: DocumentNode)]? {
        guard let node = node(key) else { return nil }
        if case .object(let members) = node.content { return members }
        wrong(key, "a map", node)
        return nil
    }

    /// Milliseconds from `250ms`, `2s`, `1m` or `1h`.
    package mutating func duration(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = string(key) else { return nil }
        guard let value = DurationText.milliseconds(text) else {
            report("bad-duration", key, "'\(text)' is no duration", remedy: "write for example 250ms, 2s or 1m")
            return nil
        }
        guard range.contains(value) else {
            report(
                "out-of-range", key,
                "\(text) is outside \(DurationText.text(range.lowerBound))...\(DurationText.text(range.upperBound))")
            return nil
        }
        return value
    }

    /// Call last: reports keys that nobody asked for.
    package mutating func finish(known: [String]) {
        for member in members where !used.contains(member.key) {
            guard findings.count < Self.mostFindings else {
                findings.append(.tooMany(Self.mostFindings, at: place(member.key), line: member.line))
                return
            }
            let hint = EditDistance.nearest(to: member.key, among: known).map { "did you mean '\($0)'?" }
            findings.append(
                Finding(
                    .error, "unknown-key", at: place(member.key), line: member.line, "unknown key '\(member.key)'",
                    remedy: hint ?? "known here: " + known.joined(separator: ", ")))
        }
    }
}

extension Finding {
    static func tooMany(_ limit: Int, at place: String, line: Int?) -> Finding {
        Finding(
            .error, "too-many-findings", at: place, line: line, "more than \(limit) problems: the rest was not read",
            remedy: "mend what was found and try again")
    }
}

/// Durations as people write them in documents.
package enum DurationText {
    private static let units: [(String, Int)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// nil unless the text is a whole number with a unit.
    package static func milliseconds(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let value = Int(digits), let unit = units.first(where: { $0.0 == text[digits.endIndex...] })?.1 else {
            return nil
        }
        let (product, overflow) = value.multipliedReportingOverflow(by: unit)
        return overflow ? nil : product
    }

    /// The largest unit that divides evenly: 60000 → `1m`, 1500 → `1500ms`.
    package static func text(_ milliseconds: Int) -> String {
        let unit = units.last { milliseconds != 0 && milliseconds % $0.1 == 0 } ?? units[0]
        return milliseconds == 0 ? "0s" : "\(milliseconds / unit.1)\(unit.0)"
    }
}
