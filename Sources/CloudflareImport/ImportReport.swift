package import EdgeModel

/// One imported thing and what became of it.
package struct ImportItem: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case rule
        case ruleset
        case record
        case loadBalancer = "load balancer"
        case pool
        case monitor
        case pageRule = "page rule"
        case action = "page rule action"
        case setting
        case list
        case unknown
    }

    package enum Outcome: String, CaseIterable, Hashable, Sendable {
        case exact
        case changed
        case notExpressible = "not expressible"
    }

    package var kind: Kind
    /// What people call it: a ref, a host name, a pattern.
    package var name: String
    /// Where it was: a phase and a number, a file and a number.
    package var place: String
    package var outcome: Outcome
    /// How it changed, or why it cannot be expressed.
    package var words: [String] = []
    /// What to do about it.
    package var remedy: String?
    /// What it is in the zone: `rule x`, `origin y`, `host z`.
    package var becomes: [String] = []
    /// The thing itself, where the zone holds nothing of it.
    package var source: DocumentValue?

    init(_ kind: Kind, _ name: String, at place: String, _ outcome: Outcome = .exact) {
        self.kind = kind
        self.name = name
        self.place = place
        self.outcome = outcome
    }

    mutating func change(_ how: String) {
        if outcome == .exact { outcome = .changed }
        if !words.contains(how) { words.append(how) }
    }

    mutating func refuse(_ why: String, do remedy: String? = nil) {
        outcome = .notExpressible
        if !words.contains(why) { words.append(why) }
        if let remedy, self.remedy == nil { self.remedy = remedy }
    }
}

/// What an import came to, thing by thing: nothing that was read is missing here.
package struct ImportReport: Hashable, Sendable {
    package var zone: String
    package var items: [ImportItem] = []
    /// What concerns no single thing.
    package var notes: [String] = []

    package func count(_ outcome: ImportItem.Outcome) -> Int { items.count { $0.outcome == outcome } }

    /// `23 things: 12 exact, 3 changed, 8 not expressible`
    package var summary: String {
        let counts = ImportItem.Outcome.allCases.map { "\(count($0)) \($0.rawValue)" }
        return "\(items.count) thing\(items.count == 1 ? "" : "s"): " + counts.joined(separator: ", ")
    }

    package var document: DocumentValue {
        .object([
            "zone": .string(zone),
            "summary": .object([
                "total": .int(items.count), "exact": .int(count(.exact)), "changed": .int(count(.changed)),
                "not_expressible": .int(count(.notExpressible)),
            ]),
            "notes": .array(notes.map { .string($0) }),
            "items": .array(items.map(\.document)),
        ])
    }

    /// A line with the outcome it tells of; nil for headings and remarks.
    package struct Line: Hashable, Sendable {
        package var text: String
        package var outcome: ImportItem.Outcome?
    }

    /// The summary, then everything that is not exact; things with which the same happened stand together.
    package var lines: [Line] {
        var lines = [Line(text: "cloudflare \(zone): \(summary)", outcome: nil)]
        lines += notes.map { Line(text: "  \($0)", outcome: nil) }
        for outcome in [ImportItem.Outcome.changed, .notExpressible] {
            let groups = groups(outcome)
            guard !groups.isEmpty else { continue }
            lines.append(Line(text: outcome.rawValue, outcome: outcome))
            for group in groups {
                let item = group[0]
                let names = group.map { "\($0.name) (\($0.place))" }.joined(separator: ", ")
                let kind = group.count == 1 ? item.kind.rawValue : "\(group.count) \(item.kind.rawValue)s"
                lines.append(Line(text: "  \(kind) \(names)", outcome: outcome))
                lines += item.words.map { Line(text: "    \($0)", outcome: nil) }
                if !item.becomes.isEmpty {
                    lines.append(Line(text: "    now: " + item.becomes.joined(separator: ", "), outcome: nil))
                }
                if let expression = item.source?.text("expression") {
                    lines.append(Line(text: "    was: if \(expression)", outcome: nil))
                }
                if let remedy = item.remedy { lines.append(Line(text: "    do:  \(remedy)", outcome: nil)) }
            }
        }
        return lines
    }

    package var text: String { lines.map { $0.text + "\n" }.joined() }

    private func groups(_ outcome: ImportItem.Outcome) -> [[ImportItem]] {
        struct Key: Hashable {
            var kind: ImportItem.Kind
            var words: [String]
            var remedy: String?
            var becomes: [String]
            var source: DocumentValue?
        }
        var order: [Key] = []
        var groups: [Key: [ImportItem]] = [:]
        for item in items where item.outcome == outcome {
            // Rules that are left out are shown one by one, with their words.
            let source = item.kind == .rule ? item.source : nil
            let key = Key(
                kind: item.kind, words: item.words, remedy: item.remedy, becomes: item.becomes, source: source)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(item)
        }
        return order.compactMap { groups[$0] }
    }
}

extension ImportItem {
    package var document: DocumentValue {
        .object([
            "kind": .string(kind.rawValue), "name": .string(name), "place": .string(place),
            "outcome": .string(outcome.rawValue),
            "words": words.isEmpty ? nil : .array(words.map { .string($0) }),
            "remedy": remedy.map { .string($0) },
            "becomes": becomes.isEmpty ? nil : .array(becomes.map { .string($0) }),
            "source": source,
        ])
    }
}
