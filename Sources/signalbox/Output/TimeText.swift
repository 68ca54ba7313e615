internal import EdgeModel
internal import Glibc

/// Times for people at a terminal: how long ago when it was just now, in the local zone with its offset otherwise.
enum TimeText {
    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Minutes that local time is ahead of UTC at a moment.
    static func zoneOffset(at time: Timestamp) -> Int {
        var seconds = time_t(time.milliseconds / 1000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return Int(parts.tm_gmtoff) / 60
    }

    static func forPeople(_ time: Timestamp, now: Timestamp) -> SafeText {
        let seconds = (now.milliseconds - time.milliseconds) / 1000
        switch seconds {
        case 0..<2: return "just now"
        case 2..<120: return "\(seconds) s ago"
        case 120..<7200: return "\(seconds / 60) min ago"
        case 7200..<86400: return "\(seconds / 3600) h ago"
        default: return local(time)
        }
    }

    /// How long something lasts already: `8 s`, `12 min`, `3 h`.
    static func span(_ milliseconds: Int64) -> SafeText {
        switch milliseconds / 1000 {
        case ..<120: "\(milliseconds / 1000) s"
        case ..<7200: "\(milliseconds / 60_000) min"
        default: "\(milliseconds / 3_600_000) h"
        }
    }

    /// `2026-11-21 12:30 +01:00`
    static func local(_ time: Timestamp) -> SafeText {
        var seconds = time_t(time.milliseconds / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "\(time)" }
        func two(_ value: some BinaryInteger) -> String { (value < 10 ? "0" : "") + String(value) }
        let offset = parts.tm_gmtoff / 60
        let sign = offset < 0 ? "-" : "+"
        let date = "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        return
            "\(date) \(two(parts.tm_hour)):\(two(parts.tm_min)) \(sign)\(two(abs(offset) / 60)):\(two(abs(offset) % 60))"
    }
}
