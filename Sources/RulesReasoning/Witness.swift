package import RulesLanguage

/// Values of fields for which a condition holds or fails, found and then tried with the language's own evaluator.
package struct Witness: Hashable, Sendable {
    package let values: [FieldID: FieldValue]

    package init(values: [FieldID: FieldValue]) {
        self.values = values
    }

    /// `http.host = "a.example", ip.src = 192.0.2.1`
    package func description(_ schema: Schema = .http) -> String {
        values.sorted { $0.key < $1.key }.map { id, value in
            "\(schema.field(id)?.name ?? "field \(id.rawValue)") = \(Self.text(value))"
        }.joined(separator: ", ")
    }

    private static func text(_ value: FieldValue) -> String {
        func quoted(_ bytes: [UInt8]) -> String {
            Expression(
                unchecked: Node(
                    .test(
                        Node(.field(.httpHost), type: .bytes, span: ByteSpan(0, 0)),
                        .inBytes([bytes])), type: .bool, span: ByteSpan(0, 0))
            ).canonical.split(separator: "{", maxSplits: 1).last.map { String($0.dropLast()) } ?? ""
        }
        switch value {
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return "\(value)"
        case .ip(let address): return "\(address)"
        case .bytes(let bytes): return quoted(bytes)
        case .list(let list): return "[" + list.map(quoted).joined(separator: ", ") + "]"
        case .map(let entries):
            return "{" + entries.map { "\(quoted($0.key)): \(quoted($0.value))" }.joined(separator: ", ") + "}"
        }
    }
}

/// Makes values out of what a branch of the search takes to be so.
struct WitnessMaker {
    let tester: ClaimTester

    /// Values that probably agree with the facts; what they rest on is not looked at twice. Nil: no request has them.
    func values(_ facts: Facts) -> [FieldID: FieldValue]? {
        var values: [FieldID: FieldValue] = [:]
        // Fields that must be something first, then what is made of fields, last what fields must not be.
        let entries = facts.entries.sorted { rank($0.key, $0.value) < rank($1.key, $1.value) }
        for (subject, entry) in entries { place(subject, entry, &values) }
        // A text that is always there is there.
        for id in facts.entries.keys.flatMap({ $0.fields }) where values[id] == nil {
            let node = Node(.field(id), type: .bytes, span: ByteSpan(0, 0))
            guard Knowledge.isAlwaysThere(node) else { continue }
            values[id] =
                switch id {
                case .ssl: .bool(false)
                case .timestampSeconds, .timestampMilliseconds: .int(0)
                default: .bytes([])
                }
        }
        return RequestShape.settled(values)
    }

    private func rank(_ subject: Node, _ entry: Facts.Entry) -> Int {
        switch subject.kind {
        case .field: entry.holding.isEmpty ? 3 : 0
        case .index: 1
        default: 2
        }
    }

    private func place(_ subject: Node, _ entry: Facts.Entry, _ values: inout [FieldID: FieldValue]) {
        guard !entry.holding.isEmpty || Knowledge.isAlwaysThere(subject) else { return }
        switch subject.kind {
        case .field(let id):
            guard values[id] == nil, let value = value(subject, entry) else { return }
            values[id] = value
        case .index(let list, .position(let position)):
            // `headers["k"][0]`
            guard position == 0, case .index(let map, .key(let key)) = list.kind, case .field(let id) = map.kind,
                case .bytes(let text)? = value(subject, entry)
            else { return }
            add(.init(key: key, value: text), to: id, &values)
        case .call(.lower, let arguments), .call(.upper, let arguments):
            guard let argument = arguments.first, case .field(let id) = argument.kind, values[id] == nil,
                case .bytes(let text)? = value(subject, entry)
            else { return }
            values[id] = .bytes(text)
        case .call(.len, let arguments):
            guard let argument = arguments.first, case .int(let length)? = value(subject, entry),
                (0...4_096).contains(length)
            else { return }
            let text = [UInt8](repeating: UInt8(ascii: "a"), count: Int(length))
            if case .field(let id) = argument.kind, argument.type == .bytes, values[id] == nil {
                values[id] = .bytes(text)
            } else if case .index(let map, .key(let key)) = argument.kind, case .field(let id) = map.kind {
                for _ in 0..<max(1, min(length, 16)) { add(.init(key: key, value: []), to: id, &values) }
            }
        case .call(.hasKey, let arguments):
            guard arguments.count == 2, case .field(let id) = arguments[0].kind,
                case .literal(.bytes(let key)) = arguments[1].kind
            else { return }
            add(.init(key: key, value: []), to: id, &values)
        case .quantified: placeElement(subject, &values)
        default: return
        }
    }

    /// `any(map["k"][*] == "v")` and the like: an entry that the inner comparison wants.
    private func placeElement(_ quantified: Node, _ values: inout [FieldID: FieldValue]) {
        guard case .quantified(_, let inner) = quantified.kind, case .test(let value, _) = inner.kind,
            case .index(let list, .each) = value.kind
        else { return }
        var claim = Claim(inner, lists: [:])
        if claim.predicate == .opaque, case .test(let value, let comparison) = inner.kind {
            var single = value
            single.isEach = false
            claim = Claim(Node(.test(single, comparison), type: .bool, span: inner.span), lists: [:])
        }
        guard let text = text(Facts.Entry(holding: [claim])) else { return }
        switch list.kind {
        case .index(let map, .key(let key)):
            if case .field(let id) = map.kind { add(.init(key: key, value: text), to: id, &values) }
        case .field(let id): if values[id] == nil { values[id] = .list([text]) }
        default: return
        }
    }

    private func add(_ entry: FieldValue.Entry, to id: FieldID, _ values: inout [FieldID: FieldValue]) {
        guard case .map(let entries)? = values[id] ?? .map([]) else { return }
        values[id] = .map(entries + [entry])
    }

    private func value(_ subject: Node, _ entry: Facts.Entry) -> FieldValue? {
        switch subject.type {
        case .bool: .bool(entry.failing.isEmpty)
        case .int:
            entry.integers(subject).ranges.min { abs($0) < abs($1) }.map { .int(abs($0)) }
        case .ip: entry.addresses.samples.first.map { .ip($0) }
        case .bytes: text(entry).map { .bytes($0) }
        default: nil
        }
    }

    /// The number of a range that is nearest to nought.
    private func abs(_ range: ClosedRange<Int64>) -> Int64 {
        range.contains(0) ? 0 : range.lowerBound > 0 ? range.lowerBound : range.upperBound
    }

    private func text(_ entry: Facts.Entry) -> [UInt8]? {
        if let texts = entry.texts(tester) { return texts.first }
        // Beginnings, then parts, then ends: one text that often is in all of them.
        var (head, middle, tail): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
        for glob in entry.holding.compactMap(\.glob) {
            let text = glob.shortest
            switch (glob.tokens.first == .star, glob.tokens.last == .star) {
            case (false, true): if text.count > head.count { head = text }
            case (true, false): if text.count > tail.count { tail = text }
            case (true, true): if !middle.starts(with: text) { middle += text }
            case (false, false): return text
            }
        }
        for claim in entry.holding {
            if case .ordered(let ordering, let text) = claim.predicate, ordering != .less, head.isEmpty {
                head = text + [0x61]
            }
            if case .opaque = claim.predicate, head.isEmpty { head = [0x61] }
        }
        let candidates = [
            head + middle + tail, head + tail, head, tail, middle, head + middle + [0x7a] + tail, [0x78],
        ]
        return candidates.first { text in
            entry.holding.allSatisfy { tester.holds($0, text) ?? true }
                && entry.failing.allSatisfy { tester.holds($0, text) != true }
        } ?? candidates.first
    }
}
