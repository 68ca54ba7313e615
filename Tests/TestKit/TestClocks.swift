import Synchronization

/// A clock that runs many times as fast as the real one: what a program waits seconds for takes a test milliseconds.
package struct FastClock: Clock {
    package struct Instant: InstantProtocol {
        /// By this clock, since the process began to look at it.
        var offset: Duration

        package func advanced(by duration: Duration) -> Self { Instant(offset: offset + duration) }
        package func duration(to other: Self) -> Duration { other.offset - offset }
        package static func < (a: Self, b: Self) -> Bool { a.offset < b.offset }
    }

    private static let start = ContinuousClock.now
    private let factor: Int

    /// - Parameter factor: seconds of this clock in a real one.
    package init(_ factor: Int) { self.factor = max(1, factor) }

    package var now: Instant { Instant(offset: (ContinuousClock.now - Self.start) * factor) }
    package var minimumResolution: Duration { .microseconds(factor) }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let rest = max(.milliseconds(1), (deadline.offset - now.offset) / factor)
        try await eventually(within: rest + .seconds(60), every: rest, "the end of a pause") { now >= deadline }
    }
}

/// A clock that stands still until a test moves it. Whoever sleeps wakes when it has been moved far enough, or at once
/// when it is cancelled.
package final class HandClock: Clock {
    package struct Instant: InstantProtocol {
        package var offset: Duration

        package func advanced(by duration: Duration) -> Self { Instant(offset: offset + duration) }
        package func duration(to other: Self) -> Duration { other.offset - offset }
        package static func < (a: Self, b: Self) -> Bool { a.offset < b.offset }
    }

    private struct State {
        var now = Duration.zero
        var lastNumber = 0
        var sleepers: [Int: (until: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var now: Instant { Instant(offset: state.withLock { $0.now }) }
    package var minimumResolution: Duration { .nanoseconds(1) }
    /// How many wait for it.
    package var sleepers: Int { state.withLock { $0.sleepers.count } }

    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.sorted { $0.key < $1.key }.map(\.value.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isOver = state.withLock { state in
                    guard deadline.offset > state.now, !Task.isCancelled else { return true }
                    state.sleepers[number] = (deadline.offset, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation.resume(
                throwing: CancellationError())
        }
    }
}
