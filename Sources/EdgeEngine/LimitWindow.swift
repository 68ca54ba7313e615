/// Two counts, of the current window and of the one before it, in one word: so many requests as would be in the last
/// period if those of the window before had come evenly. That is exact within a window that follows an empty one, and
/// costs two numbers where a list of moments would cost one for each request.
/// (https://blog.cloudflare.com/counting-things-a-lot-of-different-things/ measures how seldom it errs.)
struct LimitWindow: BitwiseCopyable {
    /// Number of the window since 1970; its lower 24 bits are kept, 194 days of windows of a second.
    private(set) var number: Int64
    private(set) var before: Int64
    private(set) var current: Int64
    let period: Int64
    /// Milliseconds of the current window that are over.
    private let elapsed: Int64

    private static let numberMask: Int64 = 0xFF_FFFF
    private static let countMask: UInt64 = 0xF_FFFF

    /// What a word says at a moment.
    init(_ word: UInt64, now: Int64, period: Int64) {
        let period = max(period, 1)
        let now = max(now, 0)
        self.period = period
        let window = (now / period) & Self.numberMask
        let kept = Int64(truncatingIfNeeded: word &>> 40)
        let counts = (
            before: Int64(truncatingIfNeeded: word &>> 20 & Self.countMask),
            current: Int64(truncatingIfNeeded: word & Self.countMask)
        )
        switch (window &- kept) & Self.numberMask {
        case 0: (number, before, current, elapsed) = (window, counts.before, counts.current, now % period)
        case 1: (number, before, current, elapsed) = (window, counts.current, 0, now % period)
        case Self.numberMask, Self.numberMask - 1:
            // Workers read the clock one after another: another one may be in the next window already.
            (number, before, current, elapsed) = (kept, counts.before, counts.current, 0)
        default: (number, before, current, elapsed) = (window, 0, 0, now % period)
        }
    }

    /// Nothing counted at a moment.
    static func empty(now: Int64, period: Int64) -> UInt64 {
        UInt64(truncatingIfNeeded: (max(now, 0) / max(period, 1)) & numberMask) &<< 40
    }

    var word: UInt64 {
        UInt64(truncatingIfNeeded: number) &<< 40 | UInt64(truncatingIfNeeded: before) &<< 20
            | UInt64(truncatingIfNeeded: current)
    }

    /// One more. A count that is full stays as it is: it is far above every limit.
    func counted() -> LimitWindow {
        var next = self
        if current < Int64(Self.countMask) { next.current &+= 1 }
        return next
    }

    /// Whether with one more there are no more than so many.
    func fits(_ requests: Int64) -> Bool {
        before &* (period &- elapsed) &+ (current &+ 1) &* period <= requests &* period
    }

    /// Milliseconds until one more fits, if none comes in between; 0 when it does already.
    func wait(_ requests: Int64) -> Int64 {
        if fits(requests) { return 0 }
        if current < requests {
            // Enough of the window before must have passed.
            return Self.moment(period, requests &- current &- 1, of: before) &- elapsed
        }
        return period &- elapsed &+ Self.moment(period, requests &- 1, of: current)
    }

    /// How far into a window no more than `share` of the window before it count.
    private static func moment(_ period: Int64, _ share: Int64, of before: Int64) -> Int64 {
        before <= share ? 0 : period &- share &* period / max(before, 1)
    }
}
