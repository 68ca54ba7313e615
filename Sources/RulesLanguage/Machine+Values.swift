import CRE2

extension Machine {
    /// The value of a value node; recursion is bounded by the verified depth.
    func value(_ index: Int) -> Slot {
        let node = NodeRecord(nodes, index)
        switch node.opcode {
        case Opcode.field: return field(node.x)
        case Opcode.bytesLiteral: return .bytes(program + Int(node.z), Int(node.y))
        case Opcode.intLiteral: return .int(Int64(bitPattern: program.loadLittle(Int(node.z), UInt64.self)))
        case Opcode.boolLiteral: return .bool(node.z != 0)
        case Opcode.ipLiteral: return addressLiteral(Int(node.z))
        case Opcode.regexLiteral: return .int(Int64(node.y))
        case Opcode.wildcardLiteral: return .bytes(program + Int(node.z), Int(node.y))
        case Opcode.position: return position(node, value(index &+ 1))
        case Opcode.key: return key(node, value(index &+ 1))
        case Opcode.mapValues: return groups(value(index &+ 1))
        case Opcode.flatten: return flattened(value(index &+ 1))
        case Opcode.mapKeys: return pairParts(value(index &+ 1), keys: true)
        case Opcode.mapAllValues: return pairParts(value(index &+ 1), keys: false)
        case Opcode.call: return call(node, index)
        default: return .missing
        }
    }

    private func addressLiteral(_ offset: Int) -> Slot {
        let high = program.loadLittle(offset &+ 1, UInt64.self)
        let low = program.loadLittle(offset &+ 9, UInt64.self)
        return program.load(fromByteOffset: offset, as: UInt8.self) == 1
            ? .ip(IPAddress(v6High: high, low: low)) : .ip(IPAddress(v4: UInt32(truncatingIfNeeded: low)))
    }

    /// A list whose elements are slots; missing when it is none or the scratch is full.
    func slotList(_ slot: Slot) -> Slot {
        guard slot.kind == .bytesList else { return slot.kind == .list ? slot : .missing }
        guard let result = scratch.pointee.allocate(Slot.self, slot.count) else { return .missing }
        if let elements = slot.bytesElements {
            var index = 0
            while index < slot.count {
                result[index] = bytesSlot(elements[index])
                index &+= 1
            }
        }
        return .list(result, slot.count)
    }

    /// A caller's buffer as a value; an empty one without an address is still present.
    @inline(__always)
    func bytesSlot(_ buffer: UnsafeRawBufferPointer) -> Slot {
        buffer.baseAddress.map { .bytes($0, buffer.count) } ?? .bytes(program, 0)
    }

    // MARK: indexes

    private func element(_ list: Slot, _ position: Int) -> Slot {
        guard position < list.count else { return .missing }
        switch list.kind {
        case .list: return list.slots?[position] ?? .missing
        case .bytesList: return list.bytesElements.map { bytesSlot($0[position]) } ?? .missing
        default: return .missing
        }
    }

    private func position(_ node: NodeRecord, _ list: Slot) -> Slot {
        let position = Int(node.z)
        guard node.isEach else { return element(list, position) }
        guard list.kind == .list, let result = scratch.pointee.allocate(Slot.self, list.count) else { return .missing }
        var count = 0
        if let elements = list.slots {
            var index = 0
            while index < list.count {
                let found = element(elements[index], position)
                if !found.isMissing {
                    result[count] = found
                    count &+= 1
                }
                index &+= 1
            }
        }
        return .list(result, count)
    }

    /// All values with the key, in order; missing when there is none.
    private func key(_ node: NodeRecord, _ map: Slot) -> Slot {
        guard map.kind == .map, let pairs = map.pairs else { return .missing }
        let wanted = program + Int(node.z)
        let length = Int(node.y)
        var count = 0
        var index = map.count
        // Backwards, so that what comes after begins at the first.
        var first = 0
        while index > 0 {
            index &-= 1
            if has(pairs[index], wanted, length) {
                count &+= 1
                first = index
            }
        }
        guard count > 0, let result = scratch.pointee.allocate(Slot.self, count) else { return .missing }
        var filled = 0
        index = first
        while index < map.count, filled < count {
            if has(pairs[index], wanted, length) {
                result[filled] = bytesSlot(pairs[index].value)
                filled &+= 1
            }
            index &+= 1
        }
        return .list(result, filled)
    }

    @inline(__always)
    func has(_ pair: FieldTable.Pair, _ key: UnsafeRawPointer, _ length: Int) -> Bool {
        guard pair.key.count == length else { return false }
        guard length > 0, let start = pair.key.baseAddress else { return length == 0 }
        return memcmp(start, key, length) == 0
    }

    private func pairParts(_ map: Slot, keys: Bool) -> Slot {
        guard map.kind == .map, let result = scratch.pointee.allocate(Slot.self, map.count) else { return .missing }
        if let pairs = map.pairs {
            var index = 0
            while index < map.count {
                result[index] = bytesSlot(keys ? pairs[index].key : pairs[index].value)
                index &+= 1
            }
        }
        return .list(result, map.count)
    }

    // MARK: lists of lists

    /// `map[*]`: the values of each key as a list, keys in bytewise order.
    private func groups(_ map: Slot) -> Slot {
        guard map.kind == .map else { return .missing }
        let count = map.count
        guard let order = scratch.pointee.allocate(UInt32.self, count),
            let values = scratch.pointee.allocate(Slot.self, count),
            let lists = scratch.pointee.allocate(Slot.self, count)
        else { return .missing }
        guard let pairs = map.pairs, count > 0 else { return .list(lists, 0) }
        sort(pairs, order, count)
        var groups = 0
        var index = 0
        while index < count {
            let key = pairs[Int(order[index])].key
            let start = index
            while index < count, compareKeys(pairs[Int(order[index])].key, key) == 0 {
                values[index] = bytesSlot(pairs[Int(order[index])].value)
                index &+= 1
            }
            lists[groups] = .list(values + start, index &- start)
            groups &+= 1
        }
        return .list(lists, groups)
    }

    /// Heap sort of positions by key, then by position: n log n whatever a client sends.
    private func sort(_ pairs: UnsafePointer<FieldTable.Pair>, _ order: UnsafeMutablePointer<UInt32>, _ count: Int) {
        var index = 0
        while index < count {
            order[index] = UInt32(truncatingIfNeeded: index)
            index &+= 1
        }
        func isBefore(_ left: UInt32, _ right: UInt32) -> Bool {
            let comparison = compareKeys(pairs[Int(left)].key, pairs[Int(right)].key)
            return comparison < 0 || (comparison == 0 && left < right)
        }
        func sink(_ from: Int, _ end: Int) {
            var root = from
            while true {
                var child = 2 &* root &+ 1
                guard child < end else { return }
                if child &+ 1 < end, isBefore(order[child], order[child &+ 1]) { child &+= 1 }
                guard isBefore(order[root], order[child]) else { return }
                (order[root], order[child]) = (order[child], order[root])
                root = child
            }
        }
        var start = count / 2
        while start > 0 {
            start &-= 1
            sink(start, count)
        }
        var end = count
        while end > 1 {
            end &-= 1
            (order[0], order[end]) = (order[end], order[0])
            sink(0, end)
        }
    }

    private func compareKeys(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        if let first = left.baseAddress, let second = right.baseAddress {
            let order = memcmp(first, second, min(left.count, right.count))
            if order != 0 { return Int(order) }
        }
        return left.count &- right.count
    }

    private func flattened(_ lists: Slot) -> Slot {
        guard lists.kind == .list else { return .missing }
        var total = 0
        var index = 0
        while index < lists.count {
            total &+= lists.slots?[index].count ?? 0
            index &+= 1
        }
        guard let result = scratch.pointee.allocate(Slot.self, total) else { return .missing }
        var filled = 0
        index = 0
        while index < lists.count {
            let inner = lists.slots?[index] ?? .missing
            var position = 0
            while position < inner.count, filled < total {
                result[filled] = element(inner, position)
                filled &+= 1
                position &+= 1
            }
            index &+= 1
        }
        return .list(result, filled)
    }

    // MARK: calls

    private func call(_ node: NodeRecord, _ index: Int) -> Slot {
        guard let function = FunctionID(rawValue: UInt8(truncatingIfNeeded: node.x)) else { return .missing }
        let count = Int(node.y)
        guard let arguments = scratch.pointee.allocate(Slot.self, max(count, 1)) else { return .missing }
        arguments[0] = .missing
        var next = index &+ 1
        var position = 0
        while position < count, next < node.end {
            arguments[position] = value(next)
            next = NodeRecord(nodes, next).end
            position &+= 1
        }
        guard node.isEach else { return apply(function, arguments, position) }
        let list = slotList(arguments[0])
        guard list.kind == .list, let result = scratch.pointee.allocate(Slot.self, list.count) else { return .missing }
        var filled = 0
        var element = 0
        while element < list.count {
            arguments[0] = list.slots?[element] ?? .missing
            let outcome = apply(function, arguments, position)
            // Elements for which the function has no result are left out.
            if !outcome.isMissing {
                result[filled] = outcome
                filled &+= 1
            }
            element &+= 1
        }
        return .list(result, filled)
    }
}
