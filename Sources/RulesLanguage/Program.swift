/// A compiled expression: one flat string of bytes, the same for the same expression on every machine.
///
/// Carry it in a plan, verify it once with `ProgramVerifier`, then evaluate it in place with `Evaluator`.
package struct Program: Hashable, Sendable {
    package let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }
}
