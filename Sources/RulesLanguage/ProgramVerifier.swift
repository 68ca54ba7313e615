/// Why bytes are no program.
package struct ProgramError: Error, Hashable, Sendable {
    /// Byte of the program where the fault was seen.
    package let offset: Int
    package let reason: String

    package init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }
}

/// What a verified program needs and yields.
package struct ProgramSummary: Hashable, Sendable {
    package let mode: Expression.Mode
    /// Fields to fill before evaluation. Deprecated names and `.names`/`.values` appear as the fields they stand for.
    package let fields: FieldSet
    /// Handles that the evaluation indexes.
    package let regexCount: Int
    package let nodeCount: Int
}

/// Checks programs once, so that evaluation needs no checks against corruption and can neither trap nor loop.
///
/// Checked: sizes and offsets, that every operation's operands lie right behind it and within it (so there are no
/// cycles), depth, known fields, functions and types, pattern indexes, and the inside of sets.
package enum ProgramVerifier {
    @discardableResult
    package static func verify(_ bytes: UnsafeRawBufferPointer) throws(ProgramError) -> ProgramSummary {
        guard let base = bytes.baseAddress, bytes.count >= Program.headerSize else {
            throw ProgramError(offset: 0, reason: "shorter than a header")
        }
        var pass = VerifierPass(bytes: bytes, base: base)
        return try pass.run()
    }

    /// The patterns of a verified program, in the order of their indexes, to be compiled into a `RegexTable`.
    package static func regexPatterns(in bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
        guard let base = bytes.baseAddress, bytes.count >= Program.headerSize else { return [] }
        let nodes = Int(base.loadLittle(8, UInt16.self))
        let count = Int(base.loadLittle(10, UInt16.self))
        let start = Program.headerSize + nodes * Program.nodeSize
        guard start + count * Program.patternSize <= bytes.count else { return [] }
        return (0..<count).map { index in
            let entry = start + index * Program.patternSize
            let offset = Int(base.loadLittle(entry, UInt32.self))
            let length = Int(base.loadLittle(entry + 4, UInt32.self))
            guard offset <= bytes.count, length <= bytes.count - offset else {
                return UnsafeRawBufferPointer(rebasing: bytes[..<0])
            }
            return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)])
        }
    }
}

extension UnsafeRawPointer {
    /// An unaligned little-endian number.
    @inline(__always)
    func loadLittle<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ type: T.Type) -> T {
        T(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}
