import CRE2

extension Machine {
    /// A comparison with a missing value, or with one of another kind than the program expects, is missing.
    @inline(__always)
    func compare(_ node: NodeRecord, _ slot: Slot) -> Truth {
        switch node.opcode {
        case Opcode.isTrue:
            guard slot.kind == .bool else { return .missing }
            return slot.isTrue ? .yes : .no
        case Opcode.orderBytes:
            guard slot.kind == .bytes else { return .missing }
            return orderBytes(node, slot) ? .yes : .no
        case Opcode.orderInt:
            guard slot.kind == .int else { return .missing }
            let constant = Int64(bitPattern: program.loadLittle(Int(node.z), UInt64.self))
            return ordered(node, slot.integer < constant, slot.integer == constant) ? .yes : .no
        case Opcode.bitwiseAnd:
            guard slot.kind == .int else { return .missing }
            return slot.low & program.loadLittle(Int(node.z), UInt64.self) != 0 ? .yes : .no
        case Opcode.orderIP:
            guard slot.isIP else { return .missing }
            return orderIP(node, slot) ? .yes : .no
        case Opcode.inIPs:
            guard slot.isIP else { return .missing }
            return isInAddresses(Int(node.z), slot) ? .yes : .no
        case Opcode.inInts:
            guard slot.kind == .int else { return .missing }
            return isInInts(Int(node.z), slot.integer) ? .yes : .no
        default:
            guard slot.kind == .bytes else { return .missing }
            return compareText(node, slot)
        }
    }

    /// Two values of one type; when either is missing, so is the comparison.
    func compareValues(_ node: NodeRecord, _ left: Slot, _ right: Slot) -> Truth {
        switch (left.kind, right.kind) {
        case (.int, .int):
            if node.opcode == Opcode.maskValues { return left.low & right.low != 0 ? .yes : .no }
            return ordered(node, left.integer < right.integer, left.integer == right.integer) ? .yes : .no
        case (.bytes, .bytes) where node.opcode == Opcode.orderValues:
            guard let start = left.pointer, let other = right.pointer else { return .missing }
            let order = memcmp(start, other, min(left.count, right.count))
            let isLess = order < 0 || (order == 0 && left.count < right.count)
            return ordered(node, isLess, order == 0 && left.count == right.count) ? .yes : .no
        case (.ipv4, .ipv4), (.ipv6, .ipv6):
            guard node.opcode == Opcode.orderValues else { return .missing }
            let (address, other) = (left.address, right.address)
            return ordered(node, address.isBefore(other), address == other) ? .yes : .no
        case (.ipv4, .ipv6), (.ipv6, .ipv4):
            return node.variant & ~Opcode.eachFlag == Comparison.Ordering.notEqual.rawValue ? .yes : .no
        default:
            return .missing
        }
    }

    private func compareText(_ node: NodeRecord, _ slot: Slot) -> Truth {
        guard let start = slot.pointer else { return .missing }
        let offset = Int(node.z)
        switch node.opcode {
        case Opcode.contains:
            return contains(start, slot.count, offset, Int(node.y)) ? .yes : .no
        case Opcode.matches:
            guard let regex = regexes?[Int(node.y)] else { return .missing }
            return cre2_matches(regex, start, slot.count) == 1 ? .yes : .no
        case Opcode.wildcard:
            let result = WildcardMatch.run(program + offset, start, slot.count, scratch, captures: nil)
            return result ? .yes : .no
        case Opcode.inBytes:
            return isInStrings(offset, start, slot.count) ? .yes : .no
        default:
            return .no
        }
    }

    private func contains(_ start: UnsafePointer<UInt8>, _ count: Int, _ offset: Int, _ length: Int) -> Bool {
        let part = (program + offset).assumingMemoryBound(to: UInt8.self)
        return length <= count && cre2_find(start, count, part, length) != nil
    }

    @inline(__always)
    private func ordered(_ node: NodeRecord, _ isLess: Bool, _ isEqual: Bool) -> Bool {
        switch node.variant & ~Opcode.eachFlag {
        case Comparison.Ordering.equal.rawValue: isEqual
        case Comparison.Ordering.notEqual.rawValue: !isEqual
        case Comparison.Ordering.less.rawValue: isLess
        case Comparison.Ordering.lessOrEqual.rawValue: isLess || isEqual
        case Comparison.Ordering.greater.rawValue: !isLess && !isEqual
        default: !isLess
        }
    }

    @inline(__always)
    private func orderBytes(_ node: NodeRecord, _ slot: Slot) -> Bool {
        let count = slot.count
        let length = Int(node.y)
        let constant = program + Int(node.z)
        let variant = node.variant & ~Opcode.eachFlag
        guard let start = slot.pointer else { return false }
        if variant <= Comparison.Ordering.notEqual.rawValue {
            let isEqual = count == length && memcmp(start, constant, length) == 0
            return isEqual == (variant == Comparison.Ordering.equal.rawValue)
        }
        let order = memcmp(start, constant, min(count, length))
        return ordered(node, order < 0 || (order == 0 && count < length), order == 0 && count == length)
    }

    /// Addresses of two families are not equal and have no order: only `ne` holds.
    private func orderIP(_ node: NodeRecord, _ slot: Slot) -> Bool {
        let offset = Int(node.z)
        let address = slot.address
        let isIPv6 = program.load(fromByteOffset: offset, as: UInt8.self) == 1
        guard address.isIPv6 == isIPv6 else {
            return node.variant & ~Opcode.eachFlag == Comparison.Ordering.notEqual.rawValue
        }
        let high = program.loadLittle(offset &+ 1, UInt64.self)
        let low = program.loadLittle(offset &+ 9, UInt64.self)
        let isLess = address.high < high || (address.high == high && address.low < low)
        return ordered(node, isLess, address.high == high && address.low == low)
    }

    // MARK: sets (sorted, binary search)

    private func isInStrings(_ set: Int, _ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var low = 0
        var high = Int(program.loadLittle(set &+ 4, UInt32.self))
        while low < high {
            let middle = (low &+ high) / 2
            let entry = set &+ 8 &+ 8 &* middle
            let length = Int(program.loadLittle(entry &+ 4, UInt32.self))
            var order = count &- length
            if order == 0 {
                let text = program + (set &+ Int(program.loadLittle(entry, UInt32.self)))
                order = Int(memcmp(start, text, length))
                if order == 0 { return true }
            }
            if order < 0 { high = middle } else { low = middle &+ 1 }
        }
        return false
    }

    private func isInInts(_ set: Int, _ value: Int64) -> Bool {
        var low = 0
        var high = Int(program.loadLittle(set, UInt32.self))
        while low < high {
            let middle = (low &+ high) / 2
            let entry = set &+ 4 &+ 16 &* middle
            if value < Int64(bitPattern: program.loadLittle(entry, UInt64.self)) {
                high = middle
            } else if value > Int64(bitPattern: program.loadLittle(entry &+ 8, UInt64.self)) {
                low = middle &+ 1
            } else {
                return true
            }
        }
        return false
    }

    private func isInAddresses(_ set: Int, _ slot: Slot) -> Bool {
        let small = Int(program.loadLittle(set, UInt32.self))
        let isIPv6 = slot.kind == .ipv6
        var low = 0
        var high = isIPv6 ? Int(program.loadLittle(set &+ 4, UInt32.self)) : small
        let address = slot.address
        while low < high {
            let middle = (low &+ high) / 2
            let first: IPAddress
            let last: IPAddress
            if isIPv6 {
                let entry = set &+ 8 &+ 8 &* small &+ 32 &* middle
                first = IPAddress(
                    v6High: program.loadLittle(entry, UInt64.self), low: program.loadLittle(entry &+ 8, UInt64.self))
                last = IPAddress(
                    v6High: program.loadLittle(entry &+ 16, UInt64.self),
                    low: program.loadLittle(entry &+ 24, UInt64.self))
            } else {
                let entry = set &+ 8 &+ 8 &* middle
                first = IPAddress(v4: program.loadLittle(entry, UInt32.self))
                last = IPAddress(v4: program.loadLittle(entry &+ 4, UInt32.self))
            }
            if address.isBefore(first) {
                high = middle
            } else if last.isBefore(address) {
                low = middle &+ 1
            } else {
                return true
            }
        }
        return false
    }
}
