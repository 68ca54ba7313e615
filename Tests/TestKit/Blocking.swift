import Glibc

/// Runs blocking calls on a thread of their own, so that the few threads of Swift concurrency stay free.
package enum Blocking {
    /// Runs `body` on a new thread and gives back what it returns or throws.
    package static func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            detach { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Starts a detached thread. A process that can have no more threads cannot test anything, so that ends it.
    package static func detach(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let failed = pthread_create(
            &thread, nil,
            { raw in
                guard let raw else { return nil }
                Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().call()
                return nil
            }, box.toOpaque())
        precondition(failed == 0, "cannot start a thread: error \(failed)")
        pthread_detach(thread)
    }

    private final class Body: Sendable {
        let call: @Sendable () -> Void
        init(_ call: @escaping @Sendable () -> Void) { self.call = call }
    }
}
