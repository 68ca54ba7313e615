internal import Glibc
internal import Synchronization

/// SIGTERM and SIGINT as something to wait for; a second one ends the process at once.
enum StopSignal {
    private static let count = Atomic<Int>(0)
    /// Write end of the pipe that the handler writes to; the only thing a handler may do.
    private static let pipe = Atomic<Int32>(-1)

    /// - Returns: the number of the signal that came.
    static func wait() async -> Int32 {
        await withCheckedContinuation { continuation in
            OwnThread.start {
                guard let ends = ClosedOnExec.pipe() else { return continuation.resume(returning: SIGTERM) }
                pipe.store(ends.write, ordering: .releasing)
                for number in [SIGTERM, SIGINT] {
                    signal(number) { number in
                        if StopSignal.count.add(1, ordering: .relaxed).oldValue > 0 { _exit(128 + number) }
                        var byte = UInt8(truncatingIfNeeded: number)
                        _ = write(StopSignal.pipe.load(ordering: .acquiring), &byte, 1)
                    }
                }
                var byte: UInt8 = 0
                while read(ends.read, &byte, 1) < 0, errno == EINTR {}
                continuation.resume(returning: Int32(byte))
            }
        }
    }
}
