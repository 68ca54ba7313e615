/// Why bytes are no program.
package struct ProgramError: Error, Hashable, Sendable {
    /// Byte of the program where the fault was seen.
    package let offset: Int
    package let reason: String
}

/// What a verified program needs and yields.
package struct ProgramSummary: Hashable, Sendable {
    package let mode: Expression.Mode
    /// Fields to fill before evaluation. Deprecated names and `.names`/`.values` appear as the fields they stand for.
    package let fields: FieldSet
    /// Handles that the evaluation indexes.
    package let regexCount: Int
}

/// Checks programs once, so that evaluation needs no checks against corruption and can neither trap nor loop.
package enum ProgramVerifier {
    @discardableResult
    package static func verify(_ bytes: UnsafeRawBufferPointer) throws(ProgramError) -> ProgramSummary {
        throw ProgramError(offset: 0, reason: "not a program")
    }

    /// The patterns of a verified program, in the order of their indexes, to be compiled into a `RegexTable`.
    package static func regexPatterns(in bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] { [] }
}
