/// Collects nodes, patterns and constants of one program.
struct ProgramWriter {
    private struct Node16 {
        var opcode: UInt8
        var variant: UInt8 = 0
        var x: UInt16 = 0
        var span: ByteSpan
        var end: UInt16 = 0
        var y: UInt16 = 0
        /// Offset within the constants, or a plain number.
        var z: UInt32 = 0
        var isConstantOffset = false
    }

    private let schema: Schema
    private let lists: [String: ListContents]
    private var nodes: [Node16] = []
    private var patterns: [[UInt8]] = []
    private var constants: [UInt8] = []
    private var pool: [[UInt8]: UInt32] = [:]
    var errors: [ExpressionError] = []

    init(schema: Schema, lists: [String: ListContents]) {
        self.schema = schema
        self.lists = lists
    }

    // MARK: result

    func finished(_ mode: Expression.Mode) -> Program {
        let patternsStart = Program.headerSize + nodes.count * Program.nodeSize
        let constantsStart = patternsStart + patterns.count * Program.patternSize
        let patternBytes = patterns.map { pool[$0] ?? 0 }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(constantsStart + constants.count)
        func put<T: FixedWidthInteger>(_ value: T) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        put(Program.magic)
        put(Program.format)
        put(UInt8(mode == .filter ? 0 : 1))
        put(UInt32(clamping: constantsStart + constants.count))
        put(UInt16(clamping: nodes.count))
        put(UInt16(clamping: patterns.count))
        put(UInt32(clamping: constantsStart))
        for node in nodes {
            put(node.opcode)
            put(node.variant)
            put(node.x)
            put(node.span.start)
            put(node.span.end)
            put(node.end)
            put(node.y)
            put(node.isConstantOffset ? node.z &+ UInt32(clamping: constantsStart) : node.z)
        }
        for (pattern, offset) in zip(patterns, patternBytes) {
            put(offset &+ UInt32(clamping: constantsStart))
            put(UInt32(clamping: pattern.count))
        }
        return Program(bytes: bytes + constants)
    }

    // MARK: parts

    /// Opens a node; its operands are written next, then `close`.
    private mutating func open(_ node: Node16) -> Int {
        nodes.append(node)
        return nodes.count - 1
    }

    private mutating func close(_ index: Int) {
        nodes[index].end = UInt16(clamping: nodes.count)
    }

    /// Offset of the bytes within the constants; equal constants are kept once.
    private mutating func constant(_ bytes: [UInt8]) -> UInt32 {
        if let offset = pool[bytes] { return offset }
        let offset = UInt32(clamping: constants.count)
        constants.append(contentsOf: bytes)
        pool[bytes] = offset
        return offset
    }

    private mutating func pattern(_ bytes: [UInt8]) -> UInt16 {
        if let index = patterns.firstIndex(of: bytes) { return UInt16(clamping: index) }
        _ = constant(bytes)
        patterns.append(bytes)
        return UInt16(clamping: patterns.count - 1)
    }

    private mutating func setConstant(_ index: Int, _ bytes: [UInt8]) {
        nodes[index].z = constant(bytes)
        nodes[index].y = UInt16(clamping: bytes.count)
        nodes[index].isConstantOffset = true
    }

    // MARK: nodes

    mutating func write(_ node: Node) {
        let isList = node.type == .array(.bool)
        let each = isList ? Opcode.eachFlag : 0
        switch node.kind {
        case .constant(let value):
            close(open(Node16(opcode: Opcode.constant, variant: value ? 1 : 0, span: node.span)))
        case .not(let inner):
            let index = open(Node16(opcode: Opcode.not, variant: each, span: node.span))
            write(inner)
            close(index)
        case .combining(let operation, let operands):
            let opcode =
                switch operation {
                case .and: Opcode.and
                case .or: Opcode.or
                case .xor: Opcode.xor
                }
            let index = open(Node16(opcode: opcode, variant: each, span: node.span))
            for operand in operands { write(operand) }
            close(index)
        case .quantified(let quantifier, let inner):
            let index = open(Node16(opcode: Opcode.quantifier, variant: quantifier.rawValue, span: node.span))
            write(inner)
            close(index)
        case .test(let value, let comparison):
            test(value, comparison, each, node.span)
        default:
            value(node)
        }
    }

    private mutating func test(_ value: Node, _ comparison: Comparison, _ each: UInt8, _ span: ByteSpan) {
        let (opcode, variant) = Self.opcode(comparison, value)
        let index = open(Node16(opcode: opcode, variant: variant | each, x: Opcode.noField, span: span))
        switch comparison {
        case .isTrue, .orderingValue, .bitwiseAndValue: break
        case .ordering(_, .bytes(let bytes)), .contains(let bytes): setConstant(index, bytes)
        case .ordering(_, .int(let value)), .bitwiseAnd(let value): setConstant(index, SetEncoding.int(value))
        case .ordering(_, .ip(let address)): setConstant(index, SetEncoding.address(address))
        case .ordering(_, .bool): break
        case .matches(let bytes): nodes[index].y = pattern(RegexDialect.translated(bytes))
        case .wildcard(let bytes, let strict): setConstant(index, SetEncoding.wildcard(bytes, strict: strict))
        case .inBytes(let strings): setConstant(index, SetEncoding.strings(strings))
        case .inInts(let ranges): setConstant(index, SetEncoding.ints(ranges))
        case .inIPs(let ranges): setConstant(index, SetEncoding.addresses(ranges))
        case .inList(let name): setList(index, name, value, span)
        }
        if [Opcode.inBytes, Opcode.inInts, Opcode.inIPs].contains(nodes[index].opcode) { nodes[index].y = 0 }
        if case .orderingValue(_, let other) = comparison {
            self.value(value)
            self.value(other)
        } else if case .bitwiseAndValue(let other) = comparison {
            self.value(value)
            self.value(other)
        } else if each == 0, case .field(let id) = value.kind, let field = schema.field(id), field.derivation == nil {
            nodes[index].x = (field.deprecatedAliasFor ?? id).rawValue
        } else {
            self.value(value)
        }
        close(index)
    }

    private static func opcode(_ comparison: Comparison, _ value: Node) -> (UInt8, UInt8) {
        switch comparison {
        case .isTrue: (Opcode.isTrue, 0)
        case .ordering(let ordering, .int): (Opcode.orderInt, ordering.rawValue)
        case .ordering(let ordering, .ip): (Opcode.orderIP, ordering.rawValue)
        case .ordering(let ordering, _): (Opcode.orderBytes, ordering.rawValue)
        case .orderingValue(let ordering, _): (Opcode.orderValues, ordering.rawValue)
        case .bitwiseAndValue: (Opcode.maskValues, 0)
        case .bitwiseAnd: (Opcode.bitwiseAnd, 0)
        case .contains: (Opcode.contains, 0)
        case .matches: (Opcode.matches, 0)
        case .wildcard: (Opcode.wildcard, 0)
        case .inBytes: (Opcode.inBytes, 0)
        case .inInts: (Opcode.inInts, 0)
        case .inIPs: (Opcode.inIPs, 0)
        case .inList: (value.type == .bytes ? Opcode.inBytes : value.type == .int ? Opcode.inInts : Opcode.inIPs, 0)
        }
    }

    private mutating func setList(_ index: Int, _ name: String, _ value: Node, _ span: ByteSpan) {
        switch (lists[name], value.type) {
        case (.bytes(let strings), .bytes): setConstant(index, SetEncoding.strings(strings))
        case (.ints(let ranges), .int): setConstant(index, SetEncoding.ints(ranges))
        case (.ips(let ranges), .ip): setConstant(index, SetEncoding.addresses(ranges))
        case (nil, _):
            let near = EditDistance.nearest(to: name, among: lists.keys.sorted()).map { "did you mean $\($0)?" }
            errors.append(ExpressionError(.unknownList, span, "there is no list $\(name)", remedy: near))
        default:
            errors.append(ExpressionError(.unknownList, span, "the list $\(name) does not hold \(value.type)"))
        }
    }

    // MARK: values

    private mutating func value(_ node: Node) {
        switch node.kind {
        case .field(let id): field(id, node)
        case .literal(.bytes(let bytes)):
            let index = open(Node16(opcode: Opcode.bytesLiteral, span: node.span))
            setConstant(index, bytes)
            close(index)
        case .literal(.int(let value)):
            let index = open(Node16(opcode: Opcode.intLiteral, span: node.span))
            setConstant(index, SetEncoding.int(value))
            close(index)
        case .literal(.bool(let value)):
            close(open(Node16(opcode: Opcode.boolLiteral, span: node.span, z: value ? 1 : 0)))
        case .literal(.ip(let address)):
            let index = open(Node16(opcode: Opcode.ipLiteral, span: node.span))
            setConstant(index, SetEncoding.address(address))
            close(index)
        case .regex(let bytes):
            close(
                open(Node16(opcode: Opcode.regexLiteral, span: node.span, y: pattern(RegexDialect.translated(bytes)))))
        case .wildcard(let bytes):
            wildcard(bytes, strict: false, node.span)
        case .index(let inner, let index): self.index(inner, index, node)
        case .call(let id, let arguments): call(id, arguments, node)
        case .constant, .not, .combining, .test, .quantified:
            // The parser makes no such value.
            errors.append(ExpressionError(.typeMismatch, node.span, "this is no value"))
        }
    }

    private mutating func wildcard(_ bytes: [UInt8], strict: Bool, _ span: ByteSpan) {
        let index = open(Node16(opcode: Opcode.wildcardLiteral, span: span))
        setConstant(index, SetEncoding.wildcard(bytes, strict: strict))
        close(index)
    }

    private mutating func field(_ id: FieldID, _ node: Node) {
        let field = schema.field(id)
        guard let derivation = field?.derivation else {
            let target = field?.deprecatedAliasFor ?? id
            close(open(Node16(opcode: Opcode.field, x: target.rawValue, span: node.span)))
            return
        }
        let opcode = derivation.part == .keys ? Opcode.mapKeys : Opcode.mapAllValues
        let index = open(Node16(opcode: opcode, span: node.span))
        close(open(Node16(opcode: Opcode.field, x: derivation.from.rawValue, span: node.span)))
        close(index)
    }

    private mutating func index(_ inner: Node, _ index: Node.Index, _ node: Node) {
        let each = inner.isEach ? Opcode.eachFlag : 0
        switch index {
        case .position(let position):
            let opened = open(Node16(opcode: Opcode.position, variant: each, span: node.span, z: position))
            value(inner)
            close(opened)
        case .key(let key):
            let opened = open(Node16(opcode: Opcode.key, variant: each, span: node.span))
            setConstant(opened, key)
            value(inner)
            close(opened)
        case .each:
            // The elements of a list are the list; those of a list of lists are joined.
            if case .map = inner.type {
                let opened = open(Node16(opcode: Opcode.mapValues, span: node.span))
                value(inner)
                close(opened)
            } else if inner.isEach {
                let opened = open(Node16(opcode: Opcode.flatten, span: node.span))
                value(inner)
                close(opened)
            } else {
                value(inner)
            }
        }
    }

    private mutating func call(_ id: FunctionID, _ arguments: [Node], _ node: Node) {
        let function = schema.function(id)
        guard let function, function.supportedByEdge else {
            let reason = function?.uncomputed.map { ": \($0)" } ?? ""
            errors.append(
                ExpressionError(
                    .unsupportedFunction, node.span,
                    "\(function?.name ?? "the function") is not computed by this edge\(reason)"))
            return
        }
        let each = arguments.first?.isEach == true ? Opcode.eachFlag : 0
        // The flag of wildcard_replace is part of its compiled pattern.
        let isReplacement = id == .wildcardReplace
        let kept = isReplacement ? arguments.prefix(3) : arguments[...]
        let strict = isReplacement && arguments.count > 3 && arguments[3].kind == .literal(.string("s"))
        let opened = open(
            Node16(
                opcode: Opcode.call, variant: each, x: UInt16(id.rawValue), span: node.span,
                y: UInt16(clamping: kept.count)))
        for argument in kept {
            if case .wildcard(let bytes) = argument.kind {
                wildcard(bytes, strict: strict, argument.span)
            } else {
                value(argument)
            }
        }
        close(opened)
    }
}
