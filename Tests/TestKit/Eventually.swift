/// Waits for a condition, looking again and again until it holds or the deadline has passed.
///
/// This is the only waiting primitive of the tests: a fixed pause is either too short on a busy machine or wasted on
/// an idle one. An error thrown by the condition means "not yet"; the last one is part of the failure. The limit is only
/// waited for in full by a test that fails: it is generous, as a machine may be shared with thirty others.
package func eventually<T>(
    within limit: Duration = .seconds(60), every pause: Duration = .milliseconds(5), _ what: String = "the condition",
    isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> T?
) async throws -> T {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    var lastError: (any Error)?
    while true {
        do {
            if let value = try await condition() { return value }
            lastError = nil
        } catch let error as CancellationError {
            throw error
        } catch {
            lastError = error
        }
        guard clock.now < deadline else { throw NeverHappened(what: what, within: limit, lastError: lastError) }
        try await Task.sleep(for: pause)
    }
}

/// As above for a condition that is only true or false.
package func eventually(
    within limit: Duration = .seconds(60), every pause: Duration = .milliseconds(5), _ what: String = "the condition",
    isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
    let _: Void = try await eventually(within: limit, every: pause, what) { try await condition() ? () : nil }
}

package struct NeverHappened: Error, CustomStringConvertible {
    package let what: String
    package let within: Duration
    package let lastError: (any Error)?

    package var description: String {
        "\(what) did not happen within \(within)" + (lastError.map { "; the last attempt said: \($0)" } ?? "")
    }
}
