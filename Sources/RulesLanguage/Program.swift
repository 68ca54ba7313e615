/// A compiled expression: one flat string of bytes, the same for the same expression on every machine.
///
/// Carry it in a plan, verify it once with `ProgramVerifier`, then evaluate it in place with `Evaluator`.
///
/// Layout (little-endian, nothing needs alignment):
/// - header, 16 bytes: magic `RX`, format, mode, size (u32), number of nodes (u16) and of patterns (u16), start of the
///   constants (u32)
/// - nodes, 16 bytes each, every operation before its operands (`NodeRecord`)
/// - patterns: offset and length (u32 each)
/// - constants
package struct Program: Hashable, Sendable {
    package let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// A program from elsewhere. Throws where and why when the bytes are none.
    package init(verifying bytes: [UInt8]) throws(ProgramError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(ProgramError) in try ProgramVerifier.verify(buffer) }
        }
        _ = try result.get()
        self.bytes = bytes
    }

    static let magic: UInt16 = 0x5852
    static let format: UInt8 = 1
    static let headerSize = 16
    static let nodeSize = 16
    static let patternSize = 8

    /// Whether a filter is the constant `true`, so that nothing need be evaluated. Bytes that are no program are not.
    package static func isAlways(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= headerSize + nodeSize, let base = bytes.baseAddress else { return false }
        let node = NodeRecord(base + headerSize, 0)
        return node.opcode == Opcode.constant && node.variant == 1
    }
}

/// What a node does. Numbers are part of the format.
enum Opcode {
    static let constant: UInt8 = 1
    static let not: UInt8 = 2
    static let and: UInt8 = 3
    static let or: UInt8 = 4
    static let xor: UInt8 = 5
    static let quantifier: UInt8 = 6
    static let isTrue: UInt8 = 7
    static let orderBytes: UInt8 = 8
    static let orderInt: UInt8 = 9
    static let orderIP: UInt8 = 10
    static let bitwiseAnd: UInt8 = 11
    static let contains: UInt8 = 12
    static let matches: UInt8 = 13
    static let wildcard: UInt8 = 14
    static let inBytes: UInt8 = 15
    static let inInts: UInt8 = 16
    static let inIPs: UInt8 = 17
    /// Comparisons of two computed values of one type, which follow as operands.
    static let orderValues: UInt8 = 18
    static let maskValues: UInt8 = 19

    static let field: UInt8 = 32
    static let bytesLiteral: UInt8 = 33
    static let intLiteral: UInt8 = 34
    static let regexLiteral: UInt8 = 35
    static let wildcardLiteral: UInt8 = 36
    static let position: UInt8 = 37
    static let key: UInt8 = 38
    static let mapValues: UInt8 = 39
    static let flatten: UInt8 = 40
    static let call: UInt8 = 41
    static let mapKeys: UInt8 = 42
    static let mapAllValues: UInt8 = 43
    static let boolLiteral: UInt8 = 44
    static let ipLiteral: UInt8 = 45

    /// In `variant`: the operand is a list and the operation applies to each element.
    static let eachFlag: UInt8 = 0x80
    /// In `x` of a comparison: the value is the node that follows, not a field.
    static let noField: UInt16 = 0xffff
}

/// One node, decoded from its 16 bytes.
struct NodeRecord {
    private let first: UInt64
    private let second: UInt64

    @inline(__always)
    init(_ nodes: UnsafeRawPointer, _ index: Int) {
        let offset = index &* Program.nodeSize
        first = UInt64(littleEndian: nodes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        second = UInt64(littleEndian: nodes.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self))
    }

    @inline(__always)
    var opcode: UInt8 { UInt8(truncatingIfNeeded: first) }
    /// Ordering, quantifier or constant in the low bits, `Opcode.eachFlag` in the high one.
    @inline(__always)
    var variant: UInt8 { UInt8(truncatingIfNeeded: first >> 8) }
    /// Field or function.
    @inline(__always)
    var x: UInt16 { UInt16(truncatingIfNeeded: first >> 16) }
    @inline(__always)
    var spanStart: UInt16 { UInt16(truncatingIfNeeded: first >> 32) }
    @inline(__always)
    var spanEnd: UInt16 { UInt16(truncatingIfNeeded: first >> 48) }
    /// The node after this one and all below it.
    @inline(__always)
    var end: Int { Int(UInt16(truncatingIfNeeded: second)) }
    /// Length of the constant, index of the pattern, or number of arguments.
    @inline(__always)
    var y: UInt16 { UInt16(truncatingIfNeeded: second >> 16) }
    /// Offset of the constant from the start of the program, or a position.
    @inline(__always)
    var z: UInt32 { UInt32(truncatingIfNeeded: second >> 32) }

    @inline(__always)
    var isEach: Bool { variant & Opcode.eachFlag != 0 }
}
