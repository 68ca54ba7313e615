/// One check of one program.
struct VerifierPass {
    /// What a node yields.
    fileprivate enum Result: Equatable {
        case value(ValueType)
        case regex
        case wildcard
    }

    let bytes: UnsafeRawBufferPointer
    let base: UnsafeRawPointer
    private let schema = Schema.http
    private(set) var constantsStart = 0
    private var nodeCount = 0
    private var regexCount = 0
    private var fields = FieldSet()

    init(bytes: UnsafeRawBufferPointer, base: UnsafeRawPointer) {
        self.bytes = bytes
        self.base = base
    }

    func fault(_ offset: Int, _ reason: String) -> ProgramError { ProgramError(offset: offset, reason: reason) }

    mutating func run() throws(ProgramError) -> ProgramSummary {
        guard base.loadLittle(0, UInt16.self) == Program.magic else { throw fault(0, "no program") }
        guard base.loadLittle(2, UInt8.self) == Program.format else { throw fault(2, "unknown format") }
        let mode = base.loadLittle(3, UInt8.self)
        guard mode <= 1 else { throw fault(3, "unknown mode") }
        let size = base.loadLittle(4, UInt32.self)
        guard size == bytes.count, bytes.count <= Semantics.maximumProgramSize else { throw fault(4, "wrong size") }
        nodeCount = Int(base.loadLittle(8, UInt16.self))
        regexCount = Int(base.loadLittle(10, UInt16.self))
        constantsStart = Int(base.loadLittle(12, UInt32.self))
        guard nodeCount > 0 else { throw fault(8, "no nodes") }
        guard regexCount <= Semantics.maximumRegexes else { throw fault(10, "too many patterns") }
        let patternsStart = Program.headerSize + nodeCount * Program.nodeSize
        guard constantsStart == patternsStart + regexCount * Program.patternSize, constantsStart <= bytes.count else {
            throw fault(12, "constants are elsewhere")
        }
        for index in 0..<regexCount {
            let entry = patternsStart + index * Program.patternSize
            let offset = Int(base.loadLittle(entry, UInt32.self))
            try constant(offset, Int(base.loadLittle(entry + 4, UInt32.self)), at: entry)
        }
        let root = try node(0, within: nodeCount, depth: 1)
        guard root.end == nodeCount else { throw fault(Program.headerSize, "nodes after the root") }
        guard root.result == .value(mode == 0 ? .bool : .bytes) else {
            throw fault(Program.headerSize, "the root has another type than the mode")
        }
        return ProgramSummary(
            mode: mode == 0 ? .filter : .value, fields: fields, regexCount: regexCount, nodeCount: nodeCount)
    }

    // MARK: nodes

    private func place(_ index: Int) -> Int { Program.headerSize + index * Program.nodeSize }

    private mutating func node(
        _ index: Int, within limit: Int, depth: Int
    ) throws(ProgramError) -> (result: Result, end: Int) {
        let place = place(index)
        guard depth <= Semantics.maximumProgramDepth else { throw fault(place, "too deep") }
        let record = NodeRecord(base + Program.headerSize, index)
        guard record.end > index, record.end <= limit else { throw fault(place, "a node ends outside its parent") }
        guard record.spanStart <= record.spanEnd else { throw fault(place, "a span ends before it begins") }
        let result: Result
        if record.opcode < Opcode.field {
            result = try condition(record, index, depth)
        } else {
            result = try value(record, index, depth)
        }
        return (result, record.end)
    }

    /// The types of all operands, which must fill the node exactly.
    private mutating func operands(
        _ record: NodeRecord, _ index: Int, _ depth: Int
    ) throws(ProgramError) -> [Result] {
        var results: [Result] = []
        var next = index + 1
        while next < record.end {
            let child = try node(next, within: record.end, depth: depth + 1)
            results.append(child.result)
            next = child.end
        }
        return results
    }

    private mutating func condition(
        _ record: NodeRecord, _ index: Int, _ depth: Int
    ) throws(ProgramError) -> Result {
        let place = place(index)
        let boolean: ValueType = record.isEach ? .array(.bool) : .bool
        let variant = record.variant & ~Opcode.eachFlag
        switch record.opcode {
        case Opcode.constant:
            guard record.variant <= 1, record.end == index + 1 else { throw fault(place, "bad constant") }
            return .value(.bool)
        case Opcode.not:
            guard variant == 0, try operands(record, index, depth) == [.value(boolean)] else {
                throw fault(place, "bad operand of not")
            }
            return .value(boolean)
        case Opcode.and, Opcode.or, Opcode.xor:
            let operands = try operands(record, index, depth)
            guard variant == 0, operands.count >= 2, operands.allSatisfy({ $0 == .value(boolean) }) else {
                throw fault(place, "bad operands")
            }
            return .value(boolean)
        case Opcode.quantifier:
            guard record.variant <= 1, try operands(record, index, depth) == [.value(.array(.bool))] else {
                throw fault(place, "bad operand of a quantifier")
            }
            return .value(.bool)
        default:
            try comparison(record, index, depth)
            return .value(boolean)
        }
    }

    private mutating func comparison(_ record: NodeRecord, _ index: Int, _ depth: Int) throws(ProgramError) {
        let place = place(index)
        let variant = record.variant & ~Opcode.eachFlag
        let offset = Int(record.z)
        let length = Int(record.y)
        let type: ValueType
        var maximumVariant: UInt8 = 0
        switch record.opcode {
        case Opcode.orderValues, Opcode.maskValues: return try comparisonOfValues(record, index, depth)
        case Opcode.isTrue: type = .bool
        case Opcode.orderBytes, Opcode.contains:
            type = .bytes
            if record.opcode == Opcode.orderBytes { maximumVariant = 5 }
            try constant(offset, length, at: place)
        case Opcode.orderInt, Opcode.bitwiseAnd:
            type = .int
            if record.opcode == Opcode.orderInt { maximumVariant = 5 }
            try constant(offset, 8, at: place)
        case Opcode.orderIP:
            type = .ip
            maximumVariant = 5
            try constant(offset, 17, at: place)
            guard bytes[offset] <= 1 else { throw fault(offset, "unknown address family") }
        case Opcode.matches:
            type = .bytes
            guard length < regexCount else { throw fault(place, "unknown pattern") }
        case Opcode.wildcard:
            type = .bytes
            try wildcard(offset, length, at: place)
        case Opcode.inBytes:
            type = .bytes
            try strings(offset, at: place)
        case Opcode.inInts:
            type = .int
            try ints(offset, at: place)
        case Opcode.inIPs:
            type = .ip
            try addresses(offset, at: place)
        default: throw fault(place, "unknown operation")
        }
        guard variant <= maximumVariant else { throw fault(place, "unknown variant") }
        if record.x == Opcode.noField {
            let wanted: ValueType = record.isEach ? .array(type) : type
            guard try operands(record, index, depth) == [.value(wanted)] else { throw fault(place, "bad operand") }
        } else {
            guard record.end == index + 1, !record.isEach, try field(record.x, at: place) == type else {
                throw fault(place, "bad field")
            }
        }
    }

    /// Two operands of one type, the second never a list.
    private mutating func comparisonOfValues(_ record: NodeRecord, _ index: Int, _ depth: Int) throws(ProgramError) {
        let place = place(index)
        let isOrder = record.opcode == Opcode.orderValues
        guard record.x == Opcode.noField, record.variant & ~Opcode.eachFlag <= (isOrder ? 5 : 0) else {
            throw fault(place, "unknown variant")
        }
        let operands = try operands(record, index, depth)
        guard operands.count == 2, case .value(let right) = operands[1],
            isOrder ? [.bytes, .int, .ip].contains(right) : right == .int,
            operands[0] == .value(record.isEach ? .array(right) : right)
        else { throw fault(place, "bad operands") }
    }

    private mutating func field(_ number: UInt16, at place: Int) throws(ProgramError) -> ValueType {
        let id = FieldID(rawValue: number)
        guard let field = schema.field(id), field.deprecatedAliasFor == nil, field.derivation == nil else {
            throw fault(place, "unknown field")
        }
        fields.insert(id)
        return field.type
    }

    private mutating func value(_ record: NodeRecord, _ index: Int, _ depth: Int) throws(ProgramError) -> Result {
        let place = place(index)
        guard record.variant & ~Opcode.eachFlag == 0 else { throw fault(place, "unknown variant") }
        let operands = try operands(record, index, depth)
        let offset = Int(record.z)
        switch (record.opcode, record.isEach, operands.count) {
        case (Opcode.field, false, 0): return .value(try field(record.x, at: place))
        case (Opcode.bytesLiteral, false, 0):
            try constant(offset, Int(record.y), at: place)
            return .value(.bytes)
        case (Opcode.intLiteral, false, 0):
            try constant(offset, 8, at: place)
            return .value(.int)
        case (Opcode.boolLiteral, false, 0):
            guard record.z <= 1 else { throw fault(place, "bad constant") }
            return .value(.bool)
        case (Opcode.ipLiteral, false, 0):
            try constant(offset, 17, at: place)
            guard bytes[offset] <= 1 else { throw fault(offset, "unknown address family") }
            return .value(.ip)
        case (Opcode.regexLiteral, false, 0):
            guard Int(record.y) < regexCount else { throw fault(place, "unknown pattern") }
            return .regex
        case (Opcode.wildcardLiteral, false, 0):
            try wildcard(offset, Int(record.y), at: place)
            return .wildcard
        case (Opcode.position, let isEach, 1):
            guard case .value(.array(let element)) = operands[0] else { break }
            guard isEach else { return .value(element) }
            if case .array = element { return operands[0].element.map { .value($0) } ?? operands[0] }
        case (Opcode.key, let isEach, 1):
            try constant(offset, Int(record.y), at: place)
            if case .value(.map(let element)) = operands[0], !isEach { return .value(element) }
        case (Opcode.mapValues, false, 1):
            if case .value(.map(let element)) = operands[0] { return .value(.array(element)) }
        case (Opcode.flatten, false, 1):
            if case .value(.array(.array(let element))) = operands[0] { return .value(.array(element)) }
        case (Opcode.mapKeys, false, 1), (Opcode.mapAllValues, false, 1):
            if case .value(.map) = operands[0] { return .value(.array(.bytes)) }
        case (Opcode.call, let isEach, _):
            return .value(try call(record, isEach, operands, at: place))
        default: break
        }
        throw fault(place, "bad value")
    }

    private func call(
        _ record: NodeRecord, _ isEach: Bool, _ operands: [Result], at place: Int
    ) throws(ProgramError) -> ValueType {
        guard let id = UInt8(exactly: record.x).flatMap(FunctionID.init(rawValue:)),
            let function = schema.function(id), function.supportedByEdge
        else { throw fault(place, "unknown function") }
        // The flag of wildcard_replace is compiled into its pattern.
        let maximum = id == .wildcardReplace ? 3 : function.maximumCount
        guard operands.count == Int(record.y), (min(function.requiredCount, maximum)...maximum).contains(operands.count)
        else { throw fault(place, "wrong number of arguments") }
        var first: ValueType = .bytes
        for (index, operand) in operands.enumerated() {
            let parameter = function.parameters[min(index, function.parameters.count - 1)]
            switch (parameter.accepts, operand) {
            case (.regex, .regex), (.wildcard, .wildcard): continue
            case (.expression, .value(var type)), (.literal, .value(var type)), (.either, .value(var type)):
                if index == 0, isEach {
                    guard case .array(let element) = type else { throw fault(place, "no list to map") }
                    type = element
                }
                if index == 0 { first = type }
                let isSame = function.returns != .sameAsFirst || index == 0 || type == first
                guard isSame, parameter.types.contains(where: { $0.matches(type) }) else {
                    throw fault(place, "wrong type of argument")
                }
            default: throw fault(place, "wrong kind of argument")
            }
        }
        let result: ValueType =
            switch function.returns {
            case .type(let type): type
            case .sameAsFirst: first
            }
        return isEach ? .array(result) : result
    }
}

extension VerifierPass.Result {
    /// For a list of lists: the list of what indexing each of them yields.
    fileprivate var element: ValueType? {
        if case .value(.array(.array(let inner))) = self { .array(inner) } else { nil }
    }
}
