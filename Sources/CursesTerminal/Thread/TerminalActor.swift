/// Everything that touches the terminal runs here: on one thread of its own, because ncurses frees shared state when it
/// resizes and because a thread that sleeps in poll(2) must not be one of Swift's few.
@globalActor
package actor TerminalActor {
    package static let shared = TerminalActor()

    package nonisolated var unownedExecutor: UnownedSerialExecutor { TerminalThread.shared.asUnownedSerialExecutor() }

    /// Runs `body`, which must be called on the terminal's thread: its own loop is no job of the executor.
    /// Stops the program when it is called elsewhere.
    static func assumeIsolated<Result>(_ body: @TerminalActor () -> Result) -> Result {
        shared.preconditionIsolated()
        // The check above is what `@TerminalActor` promises; a function's isolation changes nothing in how it is called.
        return withoutActuallyEscaping(body) { unsafeBitCast($0, to: (() -> Result).self)() }
    }
}
