/// Bounded memory for values that come into being during evaluation.
///
/// Memory is taken from the system on first use and kept until the scratch goes. When `limit` is exhausted the value
/// in the making is missing; nothing traps. Results of `Evaluator.bytes` may live here and are valid until `reset()`.
package struct Scratch: ~Copyable {
    /// 256 KiB: four times the largest header block that Envoy accepts by default.
    package static var defaultLimit: Int { 256 << 10 }

    private var memory: UnsafeMutableRawPointer?
    private var used = 0
    private let limit: Int

    /// - Parameter limit: bytes that one evaluation and the results kept from earlier ones may use together.
    package init(limit: Int = Scratch.defaultLimit) {
        self.limit = max(limit, 0)
    }

    deinit {
        memory?.deallocate()
    }

    /// Gives everything back; results of earlier evaluations are no longer valid.
    package mutating func reset() {
        used = 0
    }

    /// Where the next allocation would start; hand it to `release` to give back all that came after.
    @inline(__always)
    var mark: Int { used }

    @inline(__always)
    mutating func release(to mark: Int) {
        used = mark
    }

    /// Room for `count` bytes at an address divisible by 16; nil when the limit is reached.
    mutating func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
        let start = (used &+ 15) & ~15
        guard count >= 0, start <= limit, count <= limit &- start else { return nil }
        if memory == nil {
            memory = .allocate(byteCount: max(limit, 16), alignment: 16)
        }
        guard let memory else { return nil }
        used = start &+ count
        return memory + start
    }

    /// Room for `count` values; nil when the limit is reached.
    @inline(__always)
    mutating func allocate<T: BitwiseCopyable>(_ type: T.Type, _ count: Int) -> UnsafeMutablePointer<T>? {
        let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<T>.stride)
        guard count >= 0, !overflow else { return nil }
        return allocate(size)?.assumingMemoryBound(to: type)
    }
}
