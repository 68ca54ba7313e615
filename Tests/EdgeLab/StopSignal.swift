import Dispatch
import Glibc
import TestKit

/// The end of a run: SIGINT, SIGTERM or, when asked for, the end of standard input.
final class StopSignal {
    private let readEnd: Int32
    private let sources: [any DispatchSourceSignal]

    /// - Parameter line: is told each line of standard input, on a thread of its own; with `untilStdinCloses` only.
    init(untilStdinCloses: Bool, line: @escaping @Sendable (String) -> Void = { _ in }) {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no file descriptor left")
        readEnd = ends[0]
        let writeEnd = ends[1]
        let stop: @Sendable () -> Void = {
            var byte: UInt8 = 1
            _ = Glibc.write(writeEnd, &byte, 1)
        }
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler(handler: stop)
            source.resume()
            return source
        }
        signal(SIGPIPE, SIG_IGN)
        guard untilStdinCloses else { return }
        Blocking.detach {
            var scratch = [UInt8](repeating: 0, count: 4096)
            var rest: [UInt8] = []
            while true {
                let count = read(STDIN_FILENO, &scratch, scratch.count)
                if count == 0 || (count < 0 && errno != EINTR) { return stop() }
                rest += scratch[..<max(0, count)]
                while let end = rest.firstIndex(of: 10) {
                    line(String(decoding: rest[..<end], as: UTF8.self))
                    rest.removeSubrange(...end)
                }
            }
        }
    }

    /// Waits for the end, at most `limit`; true when it came.
    @discardableResult
    func wait(_ limit: Duration? = nil) -> Bool {
        let deadline = limit.map { Monotonic.nanoseconds() &+ $0.nanosecondsClamped }
        while true {
            let now = Monotonic.nanoseconds()
            let left = deadline.map { $0 > now ? ($0 - now) / 1_000_000 + 1 : 0 }
            var entry = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
            // The byte is left in the pipe: once stopped, always stopped.
            if poll(&entry, 1, left.map { Int32(clamping: $0) } ?? -1) > 0 { return true }
            if left == 0 { return false }
        }
    }
}

/// A short rest of a loop on the main thread.
enum Pause {
    static func milliseconds(_ count: Int32) {
        poll(nil, 0, count)
    }
}
