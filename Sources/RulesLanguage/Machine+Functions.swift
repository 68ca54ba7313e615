import CRE2

extension Machine {
    typealias Arguments = UnsafeMutablePointer<Slot>

    /// A function's result; missing when an argument that it needs is missing.
    func apply(_ function: FunctionID, _ arguments: Arguments, _ count: Int) -> Slot {
        if function != .concat, function != .coalesce {
            var index = 0
            while index < count {
                if arguments[index].isMissing { return .missing }
                index &+= 1
            }
        }
        let first = arguments[0]
        switch function {
        case .lower: return mapBytes(first, ASCII.lowercase)
        case .upper: return mapBytes(first, ASCII.uppercase)
        case .len: return length(first)
        case .concat: return concatenated(arguments, count)
        case .startsWith: return startsWith(first, arguments[1])
        case .endsWith: return endsWith(first, arguments[1])
        case .substring: return substring(first, arguments, count)
        case .urlDecode: return urlDecoded(first, count > 1 ? arguments[1] : .missing)
        case .regexReplace: return regexReplaced(first, arguments[1], arguments[2])
        case .wildcardReplace: return wildcardReplaced(first, arguments[1], arguments[2])
        case .toString: return text(first)
        case .removeQueryArgs: return removingQueryArgs(first, arguments, count)
        case .hasKey: return hasKey(first, arguments[1])
        case .hasValue: return hasValue(first, arguments[1])
        case .split: return split(first, arguments[1], arguments[2])
        case .join: return joined(first, arguments[1])
        case .cidr: return network(first, v4: arguments[1].integer, v6: arguments[2].integer)
        case .cidr6: return network(first, v4: 32, v6: arguments[1].integer)
        case .decodeBase64: return base64Decoded(first)
        case .encodeBase64: return base64Encoded(first, count > 1 ? arguments[1] : .missing)
        case .removeBytes: return removingBytes(first, arguments[1])
        case .uuidv4: return uuid(first)
        case .lookupJSONString: return lookUp(first, arguments, count, wantsInteger: false)
        case .lookupJSONInteger: return lookUp(first, arguments, count, wantsInteger: true)
        case .coalesce: return firstPresent(arguments, count)
        case .sha256: return sha256(first)
        case .isTimedHMACValid: return isTimedCodeValid(arguments, count)
        case .bitSlice, .isJWTValid, .isJWTPresent: return .missing
        }
    }

    /// Room for a result of at most this many bytes.
    @inline(__always)
    func room(_ count: Int) -> UnsafeMutablePointer<UInt8>? { scratch.pointee.allocate(UInt8.self, count) }

    private func mapBytes(_ slot: Slot, _ transform: (UInt8) -> UInt8) -> Slot {
        guard slot.kind == .bytes, let source = slot.pointer, let result = room(slot.count) else { return .missing }
        var index = 0
        while index < slot.count {
            result[index] = transform(source[index])
            index &+= 1
        }
        return .bytes(result, slot.count)
    }

    private func length(_ slot: Slot) -> Slot {
        switch slot.kind {
        case .bytes, .list, .bytesList: .int(Int64(truncatingIfNeeded: slot.count))
        default: .missing
        }
    }

    private func firstPresent(_ arguments: Arguments, _ count: Int) -> Slot {
        var index = 0
        while index < count {
            if !arguments[index].isMissing { return arguments[index] }
            index &+= 1
        }
        return .missing
    }

    // MARK: joining and cutting

    /// Bytes or lists one after another; missing arguments are skipped, and nothing at all is missing.
    private func concatenated(_ arguments: Arguments, _ count: Int) -> Slot {
        var total = 0
        var isBytes = false
        var isList = false
        var index = 0
        while index < count {
            switch arguments[index].kind {
            case .bytes:
                isBytes = true
                total &+= arguments[index].count
            case .list, .bytesList:
                isList = true
                total &+= arguments[index].count
            default: break
            }
            index &+= 1
        }
        guard total >= 0, total <= Scratch.defaultLimit, isBytes != isList else { return .missing }
        if isList { return concatenatedLists(arguments, count, total) }
        guard let result = room(total) else { return .missing }
        var filled = 0
        index = 0
        while index < count {
            if arguments[index].kind == .bytes, let source = arguments[index].pointer {
                memcpy(result + filled, source, arguments[index].count)
                filled &+= arguments[index].count
            }
            index &+= 1
        }
        return .bytes(result, filled)
    }

    private func concatenatedLists(_ arguments: Arguments, _ count: Int, _ total: Int) -> Slot {
        guard let result = scratch.pointee.allocate(Slot.self, total) else { return .missing }
        var filled = 0
        var index = 0
        while index < count {
            let list = slotList(arguments[index])
            var position = 0
            while list.kind == .list, position < list.count, filled < total {
                result[filled] = list.slots?[position] ?? .missing
                filled &+= 1
                position &+= 1
            }
            index &+= 1
        }
        return .list(result, filled)
    }

    private func startsWith(_ slot: Slot, _ prefix: Slot) -> Slot {
        guard slot.kind == .bytes, prefix.kind == .bytes, let source = slot.pointer, let part = prefix.pointer else {
            return .missing
        }
        return .bool(prefix.count <= slot.count && memcmp(source, part, prefix.count) == 0)
    }

    private func endsWith(_ slot: Slot, _ suffix: Slot) -> Slot {
        guard slot.kind == .bytes, suffix.kind == .bytes, let source = slot.pointer, let part = suffix.pointer else {
            return .missing
        }
        guard suffix.count <= slot.count else { return .bool(false) }
        return .bool(memcmp(source + (slot.count &- suffix.count), part, suffix.count) == 0)
    }

    /// Positions below zero count from the end; both are kept within the value.
    private func substring(_ slot: Slot, _ arguments: Arguments, _ count: Int) -> Slot {
        guard slot.kind == .bytes, let source = slot.pointer, arguments[1].kind == .int else { return .missing }
        let length = Int64(truncatingIfNeeded: slot.count)
        func place(_ position: Int64) -> Int64 {
            position < 0 ? max(position &+ length, 0) : min(position, length)
        }
        let start = place(arguments[1].integer)
        let end = count > 2 && arguments[2].kind == .int ? place(arguments[2].integer) : length
        return .bytes(source + Int(start), Int(max(end &- start, 0)))
    }

    private func split(_ slot: Slot, _ separator: Slot, _ limit: Slot) -> Slot {
        guard slot.kind == .bytes, separator.kind == .bytes, separator.count > 0, limit.kind == .int,
            let source = slot.pointer, let mark = separator.pointer
        else { return .missing }
        let most = Int(min(max(limit.integer, 1), 128))
        guard let result = scratch.pointee.allocate(Slot.self, most) else { return .missing }
        var filled = 0
        var from = 0
        while filled < most &- 1, let found = cre2_find(source + from, slot.count &- from, mark, separator.count) {
            let end = found - source
            result[filled] = .bytes(source + from, end &- from)
            filled &+= 1
            from = end &+ separator.count
        }
        result[filled] = .bytes(source + from, slot.count &- from)
        return .list(result, filled &+ 1)
    }

    private func joined(_ slot: Slot, _ separator: Slot) -> Slot {
        let list = slotList(slot)
        guard list.kind == .list, separator.kind == .bytes else { return .missing }
        var total = 0
        var index = 0
        while index < list.count {
            let element = list.slots?[index] ?? .missing
            let size = (element.kind == .bytes ? element.count : 0) &+ (index > 0 ? separator.count : 0)
            let (sum, overflow) = total.addingReportingOverflow(size)
            guard !overflow else { return .missing }
            total = sum
            index &+= 1
        }
        guard let result = room(total) else { return .missing }
        var filled = 0
        index = 0
        while index < list.count {
            if index > 0, let source = separator.pointer {
                memcpy(result + filled, source, separator.count)
                filled &+= separator.count
            }
            if let element = list.slots?[index], element.kind == .bytes, let source = element.pointer {
                memcpy(result + filled, source, element.count)
                filled &+= element.count
            }
            index &+= 1
        }
        return .bytes(result, filled)
    }

    private func removingBytes(_ slot: Slot, _ unwanted: Slot) -> Slot {
        guard slot.kind == .bytes, unwanted.kind == .bytes, let source = slot.pointer, let set = unwanted.pointer,
            let result = room(slot.count)
        else { return .missing }
        var filled = 0
        var index = 0
        while index < slot.count {
            if memchr(set, Int32(source[index]), unwanted.count) == nil {
                result[filled] = source[index]
                filled &+= 1
            }
            index &+= 1
        }
        return .bytes(result, filled)
    }

    // MARK: collections

    private func hasKey(_ map: Slot, _ key: Slot) -> Slot {
        guard map.kind == .map, key.kind == .bytes, let wanted = key.pointer else { return .missing }
        var index = 0
        while index < map.count {
            if let pair = map.pairs?[index], has(pair, wanted, key.count) { return .bool(true) }
            index &+= 1
        }
        return .bool(false)
    }

    private func hasValue(_ collection: Slot, _ value: Slot) -> Slot {
        guard value.kind == .bytes, let wanted = value.pointer else { return .missing }
        func isSame(_ bytes: UnsafeRawPointer?, _ count: Int) -> Bool {
            guard count == value.count else { return false }
            guard count > 0, let bytes else { return count == 0 }
            return memcmp(bytes, wanted, count) == 0
        }
        var index = 0
        while index < collection.count {
            switch collection.kind {
            case .map:
                if let pair = collection.pairs?[index], isSame(pair.value.baseAddress, pair.value.count) {
                    return .bool(true)
                }
            case .bytesList:
                if let element = collection.bytesElements?[index], isSame(element.baseAddress, element.count) {
                    return .bool(true)
                }
            case .list:
                if let element = collection.slots?[index], element.kind == .bytes,
                    isSame(element.pointer, element.count)
                {
                    return .bool(true)
                }
            default: return .missing
            }
            index &+= 1
        }
        return collection.kind == .map || collection.kind == .list || collection.kind == .bytesList
            ? .bool(false) : .missing
    }

    // MARK: addresses

    private func network(_ slot: Slot, v4: Int64, v6: Int64) -> Slot {
        guard slot.isIP else { return .missing }
        let bits = slot.kind == .ipv6 ? v6 : v4
        return .ip(slot.address.masked(to: Int(min(max(bits, 0), 128))))
    }

    private func text(_ slot: Slot) -> Slot {
        guard let result = room(48) else { return .missing }
        switch slot.kind {
        case .int: return .bytes(result, Digits.write(slot.integer, to: result))
        case .ipv4, .ipv6: return .bytes(result, slot.address.write(to: result))
        case .bool:
            let word: StaticString = slot.isTrue ? "true" : "false"
            memcpy(result, word.utf8Start, word.utf8CodeUnitCount)
            return .bytes(result, word.utf8CodeUnitCount)
        default: return .missing
        }
    }
}
