/// Reads a verified filter program for gates: groups of which each must have an open gate, else the program's condition
/// cannot hold. No groups: nothing can be said.
///
/// A gate stands for a comparison that is false or missing when the gate is shut. `and` needs all its parts, so their
/// groups are joined; `or` needs one, so one group of each is merged; below `not` and `xor` nothing is known.
struct GateFinder {
    /// A gate, and what it asks for in full, by which it is found among many.
    struct Need: BitwiseCopyable {
        let gate: Gate
        let key: GateKey
    }

    typealias Group = [Need]

    /// More gates than this cost more than they spare.
    private static let longestGroup = 96
    private static let mostGroups = 4
    private static let mostTexts = 1_024

    private let program: UnsafeRawPointer
    private let nodes: UnsafeRawPointer

    init(_ program: UnsafeRawPointer) {
        self.program = program
        nodes = program + Program.headerSize
    }

    func groups(_ index: Int = 0) -> [Group] {
        let node = NodeRecord(nodes, index)
        switch node.opcode {
        case Opcode.and:
            return Array(operands(node, index).flatMap { groups($0) }.prefix(Self.mostGroups))
        case Opcode.or:
            let parts = operands(node, index).map { groups($0).min { $0.count < $1.count } }
            let merged = parts.compactMap(\.self).flatMap(\.self)
            return parts.contains { $0 == nil } || merged.count > Self.longestGroup ? [] : [merged]
        case Opcode.constant, Opcode.not, Opcode.xor: return []
        case Opcode.quantifier: return element(index + 1, isAny: node.variant == 0)
        default:
            let gate = node.x == Opcode.noField ? valueGate(node, index + 1) : fieldGate(node)
            return gate.map { [[$0]] } ?? []
        }
    }

    private func operands(_ node: NodeRecord, _ index: Int) -> [Int] {
        var result: [Int] = []
        var next = index + 1
        while next < node.end {
            result.append(next)
            next = NodeRecord(nodes, next).end
        }
        return result
    }

    /// Below a quantifier: every list of a combination must be there, and for `any` of all keys the key that is wanted.
    private func element(_ index: Int, isAny: Bool) -> [Group] {
        let node = NodeRecord(nodes, index)
        switch node.opcode {
        case Opcode.not, Opcode.and, Opcode.or, Opcode.xor: return element(index + 1, isAny: false)
        default:
            guard node.x == Opcode.noField else { return [] }
            let (list, map) = (NodeRecord(nodes, index + 1), NodeRecord(nodes, index + 2))
            if isAny, list.opcode == Opcode.mapKeys, map.opcode == Opcode.field, node.opcode == Opcode.orderBytes,
                node.variant & ~Opcode.eachFlag == Comparison.Ordering.equal.rawValue
            {
                return [[key(map.x, constant(node))]]
            }
            return requiredKey(index + 1).map { [[$0]] } ?? []
        }
    }

    // MARK: comparisons of fields

    private func constant(_ node: NodeRecord) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: program + Int(node.z), count: Int(node.y))
    }

    private func fieldGate(_ node: NodeRecord) -> Need? {
        let variant = node.variant & ~Opcode.eachFlag
        switch node.opcode {
        case Opcode.orderBytes:
            guard variant == Comparison.Ordering.equal.rawValue else { return nil }
            let text = constant(node)
            let tail = text.count >= 8 ? Self.head(UnsafeRawBufferPointer(rebasing: text.suffix(8))) : 0
            let gate = Gate(.equal, field: node.x, length: text.count, first: Self.head(text), second: tail)
            return Need(gate: gate, key: GateKey(.text, text, else: program))
        case Opcode.contains: return part(node.x, constant(node))
        case Opcode.inBytes: return oneOf(node.x, Int(node.z))
        case Opcode.wildcard: return wildcard(node.x, Int(node.z))
        case Opcode.matches: return pattern(node.x, node)
        case Opcode.orderIP:
            guard variant == Comparison.Ordering.equal.rawValue else { return nil }
            let address = program.loadLittle(Int(node.z) + 9, UInt64.self)
            let isIPv6 = program.load(fromByteOffset: Int(node.z), as: UInt8.self) == 1
            let marks = isIPv6 ? [] : [(address >> 25 & 127)...(address >> 25 & 127)]
            let gate = network(node.x, marks, hasIPv6: isIPv6)
            return Need(gate: gate, key: GateKey(.address, at: program + Int(node.z)))
        case Opcode.inIPs:
            let set = Int(node.z)
            let ranges = (0..<Int(program.loadLittle(set, UInt32.self))).compactMap { index -> ClosedRange<UInt64>? in
                let first = UInt64(program.loadLittle(set + 8 + 8 * index, UInt32.self) >> 25)
                let last = UInt64(program.loadLittle(set + 12 + 8 * index, UInt32.self) >> 25)
                return first <= last ? first...last : nil
            }
            let gate = network(node.x, ranges, hasIPv6: program.loadLittle(set + 4, UInt32.self) > 0)
            return Need(gate: gate, key: GateKey(.addresses, at: program + set))
        default: return nil
        }
    }

    private static func head(_ text: UnsafeRawBufferPointer) -> UInt64 {
        text.baseAddress.map { Gist.head($0, text.count) } ?? 0
    }

    /// A text with this part in it has the part's pairs of bytes, of which four are asked for.
    private func part(_ field: UInt16, _ text: UnsafeRawBufferPointer) -> Need? {
        guard text.count >= 2, let start = text.baseAddress else { return nil }
        let last = text.count - 2
        var marks: UInt64 = 0
        for (lane, place) in [last, last / 3, last * 2 / 3, 0].enumerated() {
            marks |= Gist.pairMark(start.loadLittle(place, UInt16.self)) << UInt64(16 * lane)
        }
        return Need(
            gate: Gate(.marks, field: field, length: text.count, first: marks),
            key: GateKey(.part, text, else: program))
    }

    /// A text that matches a pattern has the pattern's longest literal in it.
    private func pattern(_ field: UInt16, _ node: NodeRecord) -> Need? {
        let entry = Int(program.loadLittle(8, UInt16.self)) * Program.nodeSize + Int(node.y) * Program.patternSize
        let (offset, count) = (nodes.loadLittle(entry, UInt32.self), nodes.loadLittle(entry + 4, UInt32.self))
        let pattern = UnsafeRawBufferPointer(start: program + Int(offset), count: Int(count))
        return RegexLiteral.longest(in: pattern).flatMap { part(field, $0) }
    }

    /// A text that begins so, whatever its letters' case; a mask of `0xdf` takes a letter's case away.
    private func foldedPrefix(
        _ field: UInt16, _ text: UnsafeRawBufferPointer, _ kind: GateKey.Kind = .prefix
    ) -> Need {
        let head = Self.head(text)
        var mask: UInt64 = 0
        for place in 0..<min(text.count, 8) {
            let isLetter = ASCII.lowercase(text[place]) &- 0x61 < 26
            mask |= (isLetter ? 0xdf : 0xff) << UInt64(8 * place)
        }
        let gate = Gate(.prefix, field: field, length: text.count, first: head & mask, second: mask)
        return Need(gate: gate, key: GateKey(kind, text, else: program))
    }

    /// What stands before the first star must begin the text; where nothing does, the longest part must be in it.
    private func wildcard(_ field: UInt16, _ pattern: Int) -> Need? {
        let parts = (0..<Int(program.loadLittle(pattern + 2, UInt16.self))).map { index in
            let start = pattern + Int(program.loadLittle(pattern + 4 + 4 * index, UInt16.self))
            let length = Int(program.loadLittle(pattern + 6 + 4 * index, UInt16.self))
            return UnsafeRawBufferPointer(start: program + start, count: length)
        }
        if let first = parts.first, first.count > 0 { return foldedPrefix(field, first) }
        return parts.max { $0.count < $1.count }.flatMap { part(field, $0) }
    }

    private func oneOf(_ field: UInt16, _ set: Int) -> Need? {
        let count = Int(program.loadLittle(set + 4, UInt32.self))
        guard count <= Self.mostTexts else { return nil }
        var marks: (UInt64, UInt64) = (0, 0)
        for index in 0..<count {
            let entry = set + 8 + 8 * index
            let length = Int(program.loadLittle(entry + 4, UInt32.self))
            let head = Gist.head(program + set + Int(program.loadLittle(entry, UInt32.self)), length)
            Self.insert(Gist.textMark(head: head, UInt64(length)), &marks)
        }
        let gate = Gate(.oneOf, field: field, length: 0, first: marks.0, second: marks.1)
        return Need(gate: gate, key: GateKey(.texts, at: program + set))
    }

    private func network(_ field: UInt16, _ ranges: [ClosedRange<UInt64>], hasIPv6: Bool) -> Gate {
        var marks: (UInt64, UInt64) = (0, 0)
        for range in ranges { for mark in range { Self.insert(mark, &marks) } }
        return Gate(.network, field: field, length: hasIPv6 ? 1 : 0, first: marks.0, second: marks.1)
    }

    private static func insert(_ mark: UInt64, _ marks: inout (UInt64, UInt64)) {
        if mark < 64 { marks.0 |= 1 << mark } else { marks.1 |= 1 << (mark & 63) }
    }

    // MARK: comparisons of computed values

    /// Functions of a field and a literal, comparisons of a field in another case; else the map's key that the value
    /// needs.
    private func valueGate(_ comparison: NodeRecord, _ index: Int) -> Need? {
        let node = NodeRecord(nodes, index)
        if comparison.opcode == Opcode.isTrue, node.opcode == Opcode.call, !node.isEach, node.y == 2,
            let function = FunctionID(rawValue: UInt8(truncatingIfNeeded: node.x))
        {
            let literal = NodeRecord(nodes, NodeRecord(nodes, index + 1).end)
            if literal.opcode == Opcode.bytesLiteral,
                let gate = callGate(function, index + 1, constant(literal))
            {
                return gate
            }
        }
        if let field = recasedField(index) {
            switch comparison.opcode {
            case Opcode.contains: return part(field, constant(comparison))
            case Opcode.wildcard: return wildcard(field, Int(comparison.z))
            case Opcode.matches: return pattern(field, comparison)
            case Opcode.orderBytes where comparison.variant == Comparison.Ordering.equal.rawValue:
                return foldedPrefix(field, constant(comparison), .text)
            default: return nil
            }
        }
        return requiredKey(index)
    }

    private func callGate(_ function: FunctionID, _ index: Int, _ text: UnsafeRawBufferPointer) -> Need? {
        let value = NodeRecord(nodes, index)
        let isField = value.opcode == Opcode.field
        guard let field = isField ? value.x : recasedField(index) else { return nil }
        switch function {
        case .startsWith:
            guard isField else { return foldedPrefix(field, text) }
            let mask = text.count >= 8 ? UInt64.max : (1 << UInt64(8 * text.count)) - 1
            let gate = Gate(.prefix, field: field, length: text.count, first: Self.head(text), second: mask)
            return Need(gate: gate, key: GateKey(.prefix, text, else: program))
        case .endsWith: return part(field, text)
        case .hasKey: return isField ? key(field, text) : nil
        default: return nil
        }
    }

    /// The field of `lower(field)` or `upper(field)`.
    private func recasedField(_ index: Int) -> UInt16? {
        let (call, field) = (NodeRecord(nodes, index), NodeRecord(nodes, index + 1))
        guard call.opcode == Opcode.call, !call.isEach, call.end == index + 2, field.opcode == Opcode.field,
            call.x == UInt16(FunctionID.lower.rawValue) || call.x == UInt16(FunctionID.upper.rawValue)
        else { return nil }
        return field.x
    }

    /// Without this key the value is missing.
    private func requiredKey(_ index: Int) -> Need? {
        let node = NodeRecord(nodes, index)
        switch node.opcode {
        case Opcode.key:
            let map = NodeRecord(nodes, index + 1)
            return map.opcode == Opcode.field ? key(map.x, constant(node)) : nil
        case Opcode.position, Opcode.flatten: return requiredKey(index + 1)
        // All functions but `concat` and `coalesce` need their first argument; all need it when it is the list they are mapped over.
        case Opcode.call:
            let isFree = [FunctionID.concat, .coalesce].contains { UInt16($0.rawValue) == node.x }
            guard node.y > 0, node.isEach || !isFree else { return nil }
            return requiredKey(index + 1)
        default: return nil
        }
    }

    private func key(_ field: UInt16, _ name: UnsafeRawBufferPointer) -> Need {
        let gate = Gate(.marks, field: field, length: 1, first: Gist.keyMark(name) &* 0x0001_0001_0001_0001)
        return Need(gate: gate, key: GateKey(.mapKey, name, else: program))
    }
}
