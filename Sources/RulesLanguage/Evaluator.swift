/// Runs verified programs. No classes, strings, arrays or locks; memory only from the scratch.
package enum Evaluator {
    /// Whether a verified filter program holds for the fields.
    ///
    /// - Parameters:
    ///   - program: bytes that `ProgramVerifier` accepted; anything else is undefined.
    ///   - fields: the request; its memory must be valid during the call.
    ///   - regexes: handles of this program's patterns, in order; may be nil when it has none. A missing handle makes
    ///     its condition false.
    ///   - scratch: memory for values in between; nothing of it is kept.
    ///   - explanation: filled with the truth of every evaluated part when given.
    package static func matches(
        _ program: UnsafeRawBufferPointer, _ fields: borrowing FieldTable,
        regexes: UnsafePointer<OpaquePointer?>?, scratch: inout Scratch,
        explanation: UnsafeMutablePointer<ExplanationBuffer>? = nil
    ) -> Bool {
        guard let base = program.baseAddress, program.count > Program.headerSize else { return false }
        let slots = fields.slots
        return withUnsafeMutablePointer(to: &scratch) { scratch in
            let mark = scratch.pointee.mark
            defer { scratch.pointee.release(to: mark) }
            let machine = Machine(
                program: base, slots: slots, regexes: regexes, scratch: scratch, explanation: explanation)
            return machine.truth(0) == .yes
        }
    }

    /// The result of a verified value program; nil when it is missing. Valid until the fields' memory or the program
    /// goes or the scratch is reset.
    package static func bytes(
        _ program: UnsafeRawBufferPointer, _ fields: borrowing FieldTable,
        regexes: UnsafePointer<OpaquePointer?>?, scratch: inout Scratch,
        explanation: UnsafeMutablePointer<ExplanationBuffer>? = nil
    ) -> UnsafeRawBufferPointer? {
        guard let base = program.baseAddress, program.count > Program.headerSize else { return nil }
        let slots = fields.slots
        return withUnsafeMutablePointer(to: &scratch) { scratch in
            let machine = Machine(
                program: base, slots: slots, regexes: regexes, scratch: scratch, explanation: explanation)
            let result = machine.value(0)
            guard result.kind == .bytes else { return nil }
            return UnsafeRawBufferPointer(start: result.pointer, count: result.count)
        }
    }
}

/// One evaluation: a program and everything it reads, as plain pointers.
struct Machine {
    let program: UnsafeRawPointer
    let nodes: UnsafeRawPointer
    let slots: UnsafePointer<Slot>
    let regexes: UnsafePointer<OpaquePointer?>?
    let scratch: UnsafeMutablePointer<Scratch>
    let explanation: UnsafeMutablePointer<ExplanationBuffer>?

    init(
        program: UnsafeRawPointer, slots: UnsafePointer<Slot>, regexes: UnsafePointer<OpaquePointer?>?,
        scratch: UnsafeMutablePointer<Scratch>, explanation: UnsafeMutablePointer<ExplanationBuffer>?
    ) {
        self.program = program
        nodes = program + Program.headerSize
        self.slots = slots
        self.regexes = regexes
        self.scratch = scratch
        self.explanation = explanation
    }

    /// The truth of a boolean node; recursion is bounded by the verified depth.
    func truth(_ index: Int) -> Truth {
        let node = NodeRecord(nodes, index)
        let result: Truth
        switch node.opcode {
        case Opcode.constant:
            result = node.variant == 1 ? .yes : .no
        case Opcode.not:
            result = truth(index &+ 1) == .yes ? .no : .yes
        case Opcode.and:
            result = all(index, node.end)
        case Opcode.or:
            result = any(index, node.end)
        case Opcode.xor:
            result = odd(index, node.end)
        case Opcode.quantifier:
            let mark = scratch.pointee.mark
            result = quantified(index, all: node.variant == 1)
            scratch.pointee.release(to: mark)
        case Opcode.orderValues, Opcode.maskValues:
            let mark = scratch.pointee.mark
            let left = value(index &+ 1)
            result = compareValues(node, left, value(NodeRecord(nodes, index &+ 1).end))
            scratch.pointee.release(to: mark)
        default:
            if node.x != Opcode.noField {
                result = compare(node, field(node.x))
            } else {
                let mark = scratch.pointee.mark
                result = compare(node, value(index &+ 1))
                scratch.pointee.release(to: mark)
            }
        }
        if let explanation {
            explanation.pointee.append(start: node.spanStart, end: node.spanEnd, truth: result)
        }
        return result
    }

    private func all(_ index: Int, _ end: Int) -> Truth {
        var next = index &+ 1
        while next < end {
            if truth(next) != .yes { return .no }
            next = NodeRecord(nodes, next).end
        }
        return .yes
    }

    private func any(_ index: Int, _ end: Int) -> Truth {
        var next = index &+ 1
        while next < end {
            if truth(next) == .yes { return .yes }
            next = NodeRecord(nodes, next).end
        }
        return .no
    }

    private func odd(_ index: Int, _ end: Int) -> Truth {
        var next = index &+ 1
        var result = false
        while next < end {
            if truth(next) == .yes { result.toggle() }
            next = NodeRecord(nodes, next).end
        }
        return result ? .yes : .no
    }

    @inline(__always)
    func field(_ number: UInt16) -> Slot {
        Int(number) < FieldID.slotCount ? slots[Int(number)] : .missing
    }

    // MARK: quantifiers

    /// `any` of nothing is false, `all` of nothing is true; a missing list makes both missing.
    private func quantified(_ index: Int, all: Bool) -> Truth {
        guard let flags = flags(index &+ 1) else { return .missing }
        var position = 0
        while position < flags.count {
            if (flags.start[position] != 0) != all { return all ? .no : .yes }
            position &+= 1
        }
        return all ? .yes : .no
    }

    /// One byte per element, 0 or 1; nil when the list is missing or the scratch is full.
    private func flags(_ index: Int) -> (start: UnsafeMutablePointer<UInt8>, count: Int)? {
        let node = NodeRecord(nodes, index)
        switch node.opcode {
        case Opcode.not:
            guard let flags = flags(index &+ 1) else { return nil }
            var position = 0
            while position < flags.count {
                flags.start[position] ^= 1
                position &+= 1
            }
            return flags
        case Opcode.and, Opcode.or, Opcode.xor:
            return combined(node, index)
        default:
            let list = slotList(value(index &+ 1))
            guard list.kind == .list, let result = scratch.pointee.allocate(UInt8.self, list.count) else { return nil }
            if node.opcode == Opcode.orderValues || node.opcode == Opcode.maskValues {
                let other = value(NodeRecord(nodes, index &+ 1).end)
                var position = 0
                while position < list.count {
                    let element = list.slots?[position] ?? .missing
                    result[position] = compareValues(node, element, other) == .yes ? 1 : 0
                    position &+= 1
                }
            } else if let elements = list.slots {
                var position = 0
                while position < list.count {
                    result[position] = compare(node, elements[position]) == .yes ? 1 : 0
                    position &+= 1
                }
            }
            return (result, list.count)
        }
    }

    /// Lists joined element by element, as long as the shortest.
    private func combined(_ node: NodeRecord, _ index: Int) -> (start: UnsafeMutablePointer<UInt8>, count: Int)? {
        guard var result = flags(index &+ 1) else { return nil }
        var next = NodeRecord(nodes, index &+ 1).end
        while next < node.end {
            guard let other = flags(next) else { return nil }
            result.count = min(result.count, other.count)
            var position = 0
            while position < result.count {
                switch node.opcode {
                case Opcode.and: result.start[position] &= other.start[position]
                case Opcode.or: result.start[position] |= other.start[position]
                default: result.start[position] ^= other.start[position]
                }
                position &+= 1
            }
            next = NodeRecord(nodes, next).end
        }
        return result
    }
}
