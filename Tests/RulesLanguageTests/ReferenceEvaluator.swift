import RulesLanguage

/// Patterns with their meaning spelled out by hand.
enum ReferenceRegex {
    static let patterns = ["^/a", "b$", "a.*b", "[0-9]+", "(?i)ab", "^$", #"\."#, "a|x"]

    static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        let a = UInt8(ascii: "a")
        let b = UInt8(ascii: "b")
        let lines = text.split(separator: 10, omittingEmptySubsequences: false)
        return switch String(decoding: pattern, as: UTF8.self) {
        case "^/a": text.starts(with: Array("/a".utf8))
        case "b$": text.last == b
        case "a.*b":
            lines.contains { line in
                line.firstIndex(of: a).map { line[$0...].dropFirst().contains(b) } ?? false
            }
        case "[0-9]+": text.contains { (48...57).contains($0) }
        case "(?i)ab": Reference.contains(text.map(Reference.lower), Array("ab".utf8))
        case "^$": text.isEmpty
        case #"\."#: text.contains(UInt8(ascii: "."))
        default: text.contains(a) || text.contains(UInt8(ascii: "x"))
        }
    }
}

/// The language as plainly as it can be written: walks the tree, copies everything, knows nothing of programs.
struct Reference {
    indirect enum Value: Equatable {
        case missing
        case bool(Bool)
        case int(Int64)
        case ip(IPAddress)
        case bytes([UInt8])
        case list([Value])
        case map([FieldValue.Entry])
    }

    let fields: [FieldID: FieldValue]

    static func lower(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }

    static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        part.isEmpty || text.indices.contains { text[$0...].starts(with: part) }
    }

    static func wildcard(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            return wildcard(pattern.dropFirst(), text) || (!text.isEmpty && wildcard(pattern, text.dropFirst()))
        }
        let rest = first == UInt8(ascii: "\\") ? pattern.dropFirst() : pattern
        return text.first == rest.first && wildcard(rest.dropFirst(), text.dropFirst())
    }

    // MARK: conditions

    func truth(_ node: Node) -> Bool {
        switch node.kind {
        case .constant(let value): return value
        case .not(let inner): return !truth(inner)
        case .combining(let operation, let nodes):
            let values = nodes.map(truth)
            return switch operation {
            case .and: values.allSatisfy { $0 }
            case .or: values.contains(true)
            case .xor: values.count { $0 } % 2 == 1
            }
        case .test(let inner, let comparison): return holds(value(inner), resolved(comparison))
        case .quantified(let quantifier, let inner):
            guard let values = flags(inner) else { return false }
            return quantifier == .any ? values.contains(true) : values.allSatisfy { $0 }
        default: return false
        }
    }

    private func flags(_ node: Node) -> [Bool]? {
        switch node.kind {
        case .not(let inner): return flags(inner)?.map { !$0 }
        case .combining(let operation, let nodes):
            var result: [Bool]?
            for node in nodes {
                guard let next = flags(node) else { return nil }
                result = result.map { zip($0, next).map { Self.join(operation, $0, $1) } } ?? next
            }
            return result
        case .test(let inner, let comparison):
            guard case .list(let values) = value(inner) else { return nil }
            let comparison = resolved(comparison)
            return values.map { holds($0, comparison) }
        default: return nil
        }
    }

    private static func join(_ operation: Node.CombiningOperator, _ left: Bool, _ right: Bool) -> Bool {
        switch operation {
        case .and: left && right
        case .or: left || right
        case .xor: left != right
        }
    }

    /// With the value of this request in place of another field or call; nil when it is missing.
    func resolved(_ comparison: Comparison) -> Comparison? {
        switch comparison {
        case .orderingValue(let ordering, let node):
            switch value(node) {
            case .int(let value): .ordering(ordering, .int(value))
            case .ip(let value): .ordering(ordering, .ip(value))
            case .bytes(let value): .ordering(ordering, .bytes(value))
            default: nil
            }
        case .bitwiseAndValue(let node):
            if case .int(let value) = value(node) { .bitwiseAnd(value) } else { nil }
        default: comparison
        }
    }

    func holds(_ value: Value, _ comparison: Comparison?) -> Bool {
        guard let comparison else { return false }
        return switch (value, comparison) {
        case (.bool(let value), .isTrue): value
        case (.int(let left), .ordering(let ordering, .int(let right))):
            Self.ordered(ordering, left < right, left == right)
        case (.int(let value), .bitwiseAnd(let mask)): value & mask != 0
        case (.int(let value), .inInts(let ranges)): ranges.contains { $0.contains(value) }
        case (.ip(let value), .inIPs(let ranges)): ranges.contains { $0.contains(value) }
        case (.ip(let left), .ordering(let ordering, .ip(let right))):
            left.isIPv6 == right.isIPv6
                ? Self.ordered(ordering, (left.high, left.low) < (right.high, right.low), left == right)
                : ordering == .notEqual
        case (.bytes(let left), .ordering(let ordering, .bytes(let right))):
            Self.ordered(ordering, left.lexicographicallyPrecedes(right), left == right)
        case (.bytes(let value), .contains(let part)): Self.contains(value, part)
        case (.bytes(let value), .matches(let pattern)): ReferenceRegex.matches(pattern, value)
        case (.bytes(let value), .wildcard(let pattern, true)): Self.wildcard(pattern[...], value[...])
        case (.bytes(let value), .wildcard(let pattern, false)):
            Self.wildcard(pattern.map(Self.lower)[...], value.map(Self.lower)[...])
        case (.bytes(let value), .inBytes(let strings)): strings.contains(value)
        default: false
        }
    }

    private static func ordered(_ ordering: Comparison.Ordering, _ isLess: Bool, _ isEqual: Bool) -> Bool {
        switch ordering {
        case .equal: isEqual
        case .notEqual: !isEqual
        case .less: isLess
        case .lessOrEqual: isLess || isEqual
        case .greater: !isLess && !isEqual
        case .greaterOrEqual: !isLess
        }
    }

    // MARK: values

    func value(_ node: Node) -> Value {
        switch node.kind {
        case .field(.headersNames):
            guard case .map(let entries) = fields[.headers] else { return .missing }
            return .list(entries.map { .bytes($0.key) })
        case .field(let id): return fields[id].map(Self.value) ?? .missing
        case .literal(.bytes(let bytes)): return .bytes(bytes)
        case .literal(.int(let value)): return .int(value)
        case .index(let inner, let index): return indexed(value(inner), index, isEach: inner.isEach)
        case .call(let id, let arguments):
            let values = arguments.map(value)
            guard arguments.first?.isEach == true else { return call(id, values) }
            guard case .list(let elements) = values[0] else { return .missing }
            return .list(elements.map { call(id, [$0] + values.dropFirst()) }.filter { $0 != .missing })
        default: return .missing
        }
    }

    private static func value(_ field: FieldValue) -> Value {
        switch field {
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .ip(let value): .ip(value)
        case .bytes(let value): .bytes(value)
        case .list(let values): .list(values.map { .bytes($0) })
        case .map(let entries): .map(entries)
        }
    }

    private func indexed(_ value: Value, _ index: Node.Index, isEach: Bool) -> Value {
        if isEach, case .list(let elements) = value {
            if index == .each {
                return .list(elements.flatMap { if case .list(let inner) = $0 { inner } else { [Value]() } })
            }
            return .list(elements.map { indexed($0, index, isEach: false) }.filter { $0 != .missing })
        }
        switch (value, index) {
        case (.list(let elements), .position(let position)):
            return Int(position) < elements.count ? elements[Int(position)] : .missing
        case (.list, .each): return value
        case (.map(let entries), .key(let key)):
            let found = entries.filter { $0.key == key }.map { Value.bytes($0.value) }
            return found.isEmpty ? .missing : .list(found)
        case (.map(let entries), .each):
            let keys = Set(entries.map(\.key)).sorted { $0.lexicographicallyPrecedes($1) }
            return .list(keys.map { key in .list(entries.filter { $0.key == key }.map { .bytes($0.value) }) })
        default: return .missing
        }
    }

    private func call(_ id: FunctionID, _ values: [Value]) -> Value {
        if id == .concat {
            let parts = values.compactMap { if case .bytes(let bytes) = $0 { bytes } else { nil } }
            return parts.isEmpty ? .missing : .bytes(parts.flatMap { $0 })
        }
        if id == .coalesce { return values.first { $0 != .missing } ?? .missing }
        guard !values.contains(.missing) else { return .missing }
        switch (id, values[0], values.dropFirst().first) {
        case (.lower, .bytes(let text), _): return .bytes(text.map(Self.lower))
        case (.upper, .bytes(let text), _): return .bytes(text.map { (97...122).contains($0) ? $0 - 32 : $0 })
        case (.len, .bytes(let text), _): return .int(Int64(text.count))
        case (.len, .list(let list), _): return .int(Int64(list.count))
        case (.startsWith, .bytes(let text), .bytes(let part)): return .bool(text.starts(with: part))
        case (.endsWith, .bytes(let text), .bytes(let part)):
            return .bool(text.reversed().starts(with: part.reversed()))
        case (.hasKey, .map(let entries), .bytes(let key)): return .bool(entries.contains { $0.key == key })
        case (.hasValue, .list(let list), .bytes(let wanted)): return .bool(list.contains(.bytes(wanted)))
        case (.removeBytes, .bytes(let text), .bytes(let set)): return .bytes(text.filter { !set.contains($0) })
        case (.join, .list(let list), .bytes(let separator)):
            let parts: [[UInt8]] = list.map { if case .bytes(let bytes) = $0 { bytes } else { [] } }
            return .bytes(Array(parts.joined(separator: separator)))
        case (.substring, .bytes(let text), .int(let start)):
            func place(_ number: Int64) -> Int {
                Int(min(max(number < 0 ? number + Int64(text.count) : number, 0), Int64(text.count)))
            }
            var end = text.count
            if values.count > 2, case .int(let given) = values[2] { end = place(given) }
            return .bytes(place(start) < end ? Array(text[place(start)..<end]) : [])
        case (.removeQueryArgs, .bytes(let text), .bytes(let name)):
            let kept = text.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true).filter { part in
                Array(part.prefix { $0 != UInt8(ascii: "=") }) != name
            }
            return .bytes(Array(kept.joined(separator: [UInt8(ascii: "&")])))
        case (.split, .bytes(let text), .bytes(let separator)):
            let parts = text.split(separator: separator[0], maxSplits: 2, omittingEmptySubsequences: false)
            return .list(parts.map { .bytes(Array($0)) })
        case (.toString, let value, _):
            switch value {
            case .int(let number): return .bytes(Array("\(number)".utf8))
            case .bool(let truth): return .bytes(Array("\(truth)".utf8))
            case .ip(let address): return .bytes(Array("\(address)".utf8))
            default: return .missing
            }
        default: return .missing
        }
    }
}
