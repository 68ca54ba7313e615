import EdgeModel
import Glibc
import TestKit

/// Waiting and reading clocks.
enum Clocks {
    /// Waits until the monotonic clock shows a time, on a thread of its own.
    static func wait(until time: UInt64) async throws {
        try await Blocking.run {
            while true {
                let now = Monotonic.nanoseconds()
                guard now < time else { return }
                poll(nil, 0, Int32(clamping: (time - now) / 1_000_000 + 1))
            }
        }
    }

    /// Milliseconds since 1970 by the clock that stamps journal entries.
    static func wall() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) * 1e3 + Double(now.tv_nsec) / 1e6
    }

    /// A monotonic time as milliseconds since 1970.
    static func wall(_ monotonic: UInt64) -> Double {
        let age = Double(Int64(bitPattern: Monotonic.nanoseconds() &- monotonic)) / 1e6
        return wall() - age
    }

    /// Processor time of the calling thread, in nanoseconds: what a piece of work takes, whatever else the machine does.
    static func ownThread() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// A journal entry's time.
extension CommandAnswer {
    /// Milliseconds since 1970 of the deployment that the command made: when the commit had returned, where the command
    /// says so, else the journal entry's time, which is taken inside the transaction.
    func committedAt() throws -> Double {
        let text = json["committed_at"].text ?? json["deployment"]["at"].text
        guard let text, let time = Timestamp(rfc3339: text) else { throw Failed(answer: self) }
        return Double(time.milliseconds)
    }
}
