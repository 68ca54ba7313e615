import FoundationEssentials
import Glibc
import TestKit

/// The real program on a pseudo terminal, as a person's window has it, and when its bytes came.
struct ConsoleRun {
    let terminal: PseudoTerminal
    private let started: UInt64

    /// - Parameter at: where it opens.
    init(_ bench: StateBench, at place: String = "applications", rows: Int = 40, columns: Int = 120) throws {
        var environment = bench.environment
        environment["TERM"] = "xterm-256color"
        environment["LANG"] = "C.UTF-8"
        environment["NO_COLOR"] = .some(nil)
        started = Monotonic.nanoseconds()
        terminal = try PseudoTerminal(
            Checkout.program("signalbox"), ["console", "--at", place], environment: environment, rows: rows,
            columns: columns)
    }

    /// Milliseconds from the start until the output holds a text.
    func milliseconds(until text: String) async throws -> Double {
        let wanted = Array(text.utf8)
        let terminal = terminal
        let started = started
        return try await Blocking.run {
            while true {
                let now = Monotonic.nanoseconds()
                if terminal.output.firstRange(of: wanted) != nil { return Double(now - started) / 1e6 }
                guard now - started < 30_000_000_000, terminal.exit == nil else { throw NotShown(text: text) }
                poll(nil, 0, 0)
            }
        }
    }

    /// Waits until nothing came for a while.
    func settle(milliseconds quiet: UInt64 = 150) async throws {
        let terminal = terminal
        try await Blocking.run {
            var (count, since) = (terminal.output.count, Monotonic.nanoseconds())
            while Monotonic.nanoseconds() - since < quiet * 1_000_000 {
                poll(nil, 0, 2)
                let now = terminal.output.count
                if now != count { (count, since) = (now, Monotonic.nanoseconds()) }
            }
        }
    }

    /// Bytes of one look, and how many nanoseconds after the key they were there.
    struct Piece: Sendable {
        var after: UInt64
        var bytes: Int
    }

    /// Presses a key and gives what came until the picture was out: until nothing more came for ten milliseconds.
    func press(_ key: String) async throws -> [Piece] {
        let terminal = terminal
        return try await Blocking.run {
            var seen = terminal.output.count
            var pieces: [Piece] = []
            let start = Monotonic.nanoseconds()
            terminal.type(key)
            var last = start
            while true {
                let (now, count) = (Monotonic.nanoseconds(), terminal.output.count)
                if count > seen {
                    pieces.append(Piece(after: now - start, bytes: count - seen))
                    (seen, last) = (count, now)
                }
                // At most two seconds: a picture that never comes is seen as that.
                if pieces.isEmpty ? now - start > 2_000_000_000 : now - last > 10_000_000 { return pieces }
                sched_yield()
            }
        }
    }

    struct NotShown: Error {
        let text: String
    }
}

/// A line between the person and the console, as arithmetic over what came when: it takes so long each way, and so many
/// bytes a second go over it one after the other.
struct SlowLink {
    /// There and back.
    let milliseconds: Double
    let bytesPerSecond: Double

    /// Milliseconds from the key to the last byte of its picture, at the person's end.
    func milliseconds(_ pieces: [ConsoleRun.Piece]) -> Double {
        var free = 0.0
        for piece in pieces {
            // Each piece waits for the one before it.
            free = max(free, Double(piece.after) / 1e6) + Double(piece.bytes) / bytesPerSecond * 1_000
        }
        return milliseconds + free
    }
}
