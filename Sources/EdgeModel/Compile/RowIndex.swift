internal import RulesLanguage

/// Effective rules by the zones in which they can hold.
///
/// Most rules name their zones, so that a zone need not be looked at with every rule, nor a rule with every zone.
package struct RowIndex: Sendable {
    package let rows: [EffectiveRule]
    private var named: [String: [Int]] = [:]
    /// Rules that may hold in any zone.
    private var everywhere: [Int] = []

    package init(_ rows: [EffectiveRule]) {
        self.rows = rows
        var known = Known()
        for (index, row) in rows.enumerated() {
            if let names = known.zones(of: row) {
                for name in names { named[name, default: []].append(index) }
            } else {
                everywhere.append(index)
            }
        }
    }

    /// Those that may hold in a zone, in evaluation order.
    package func rows(in zone: String) -> [EffectiveRule] {
        guard let own = named[zone] else { return everywhere.map { rows[$0] } }
        return everywhere.isEmpty ? own.map { rows[$0] } : (own + everywhere).sorted().map { rows[$0] }
    }

    /// Names of every zone in which one of some rules can hold; nil: any zone.
    package static func zones(of rows: some Sequence<EffectiveRule>) -> Set<String>? {
        var known = Known()
        var names: Set<String> = []
        for row in rows {
            guard let more = known.zones(of: row) else { return nil }
            names.formUnion(more)
        }
        return names
    }

    /// One text stands in many rules: of each environment, and of each reserved address.
    private struct Known {
        var texts: [String: Set<String>?] = [:]

        mutating func zones(of row: EffectiveRule) -> Set<String>? {
            var names: Set<String>?
            for text in row.conditions {
                guard let admitted = zones(of: text) else { continue }
                names = names?.intersection(admitted) ?? admitted
            }
            return names
        }

        private mutating func zones(of text: String) -> Set<String>? {
            if let known = texts[text] { return known }
            let names = RowIndex.zones(of: text)
            texts[text] = .some(names)
            return names
        }
    }

    /// Names of the zones in which a condition can hold; nil when it may hold in others than it names.
    ///
    /// A condition that asks for the zone's name only whether it equals given ones holds in all other zones alike, so
    /// it is tried with a name that no zone has.
    static func zones(of text: String) -> Set<String>? {
        guard let expression = try? Expression(text) else { return nil }
        var literals: [[UInt8]] = []
        var (asked, understood) = (0, 0)
        expression.root.visit { node in
            switch node.kind {
            case .field(let id) where expression.isZoneName(id): asked += 1
            case .test(let value, let comparison):
                guard case .field(let id) = value.kind, expression.isZoneName(id) else { return }
                switch comparison {
                case .ordering(.equal, .bytes(let name)), .ordering(.notEqual, .bytes(let name)):
                    literals.append(name)
                case .inBytes(let names): literals += names
                default: return
                }
                understood += 1
            default: return
            }
        }
        guard asked > 0, asked == understood else { return nil }
        let nobody = [UInt8](repeating: 0, count: (literals.map(\.count).max() ?? 0) + 1)
        guard case .always(false) = expression.partiallyEvaluated(known: [.zoneName: .bytes(nobody)]) else {
            return nil
        }
        // Zones have names in lower case, however they are compared.
        return Set(
            literals.flatMap { name in
                let text = String(decoding: name, as: UTF8.self)
                return [text, text.lowercased()]
            })
    }
}

extension Expression {
    fileprivate func isZoneName(_ id: FieldID) -> Bool {
        id == .zoneName || schema.field(id)?.deprecatedAliasFor == .zoneName
    }
}
