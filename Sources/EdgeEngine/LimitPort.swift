/// What the engine asks whoever counts requests: whether those of one key are too many, and to count this one.
package struct LimitQuestion: BitwiseCopyable {
    /// Keyed hash of the rule and of what its requests have in common.
    package var key: UInt64
    /// Milliseconds since 1970, by the request's clock.
    package var now: Int64
    /// Milliseconds.
    package var period: Int64
    package var requests: Int64
    /// Milliseconds; 0: only what is too many is refused.
    package var mitigation: Int64
    /// Whether the request is to be counted. One that is refused is not.
    package var counts: Bool
    /// Whether the request is to be refused when it is one too many; otherwise it is only counted.
    package var acts: Bool
    /// The answer: it is one too many.
    package var isOver = false
    /// The answer: milliseconds until the next one may pass.
    package var wait: Int64 = 0

    package init(
        key: UInt64, now: Int64, period: Int64, requests: Int64, mitigation: Int64 = 0, counts: Bool = true,
        acts: Bool = true
    ) {
        self.key = key
        self.now = now
        self.period = period
        self.requests = requests
        self.mitigation = mitigation
        self.counts = counts
        self.acts = acts
    }
}

/// Where requests are counted. A function and what it works on, so that asking neither counts references nor looks
/// anything up; the engine itself remembers nothing. Valid as long as what it points to.
package struct LimitPort: BitwiseCopyable, @unchecked Sendable {
    // Sendable: whoever makes one promises that the function may be called from any thread.

    /// Memory, its size, and the `LimitQuestion` to answer in place.
    package typealias Function =
        @convention(c) (UnsafeMutableRawPointer, Int, UnsafeMutableRawPointer) -> Void

    private let memory: UnsafeMutableRawPointer?
    private let size: Int
    private let function: Function?

    package init(memory: UnsafeMutableRawPointer, size: Int, _ function: @escaping Function) {
        self.memory = memory
        self.size = size
        self.function = function
    }

    private init() { (memory, size, function) = (nil, 0, nil) }

    /// Nobody counts and nothing is ever too many: a trace knows no requests before its own.
    package static var none: LimitPort { LimitPort() }

    var isNone: Bool { memory == nil }

    @inline(__always)
    package func ask(_ question: inout LimitQuestion) {
        guard let memory, let function else { return }
        withUnsafeMutablePointer(to: &question) { function(memory, size, UnsafeMutableRawPointer($0)) }
    }
}
