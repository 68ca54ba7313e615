/// Runs verified programs. No classes, strings, arrays or locks; memory only from the scratch.
package enum Evaluator {
    /// Whether a verified filter program holds for the fields.
    ///
    /// - Parameters:
    ///   - program: bytes that `ProgramVerifier` accepted; anything else is undefined.
    ///   - fields: the request; its memory must be valid during the call.
    ///   - regexes: handles of this program's patterns, in order; may be any pointer when it has none.
    ///   - scratch: memory for values in between; nothing of it is kept.
    ///   - explanation: filled with the truth of every evaluated part when given.
    package static func matches(
        _ program: UnsafeRawBufferPointer, _ fields: borrowing FieldTable,
        regexes: UnsafePointer<OpaquePointer?>?, scratch: inout Scratch,
        explanation: UnsafeMutablePointer<ExplanationBuffer>? = nil
    ) -> Bool {
        false
    }

    /// The result of a verified value program; nil when it is missing. Valid until the fields' memory goes or the
    /// scratch is reset.
    package static func bytes(
        _ program: UnsafeRawBufferPointer, _ fields: borrowing FieldTable,
        regexes: UnsafePointer<OpaquePointer?>?, scratch: inout Scratch,
        explanation: UnsafeMutablePointer<ExplanationBuffer>? = nil
    ) -> UnsafeRawBufferPointer? {
        nil
    }
}
