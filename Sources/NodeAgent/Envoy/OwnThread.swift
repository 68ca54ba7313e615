internal import Glibc

/// A thread for work that blocks, so that the few threads of Swift concurrency stay free.
enum OwnThread {
    /// - Returns: false when the system has no more threads; then `body` never runs.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let box = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { raw in
                guard let raw else { return nil }
                Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().call()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            errno = code
            return false
        }
        pthread_detach(thread)
        return true
    }

    private final class Body: Sendable {
        let call: @Sendable () -> Void
        init(_ call: @escaping @Sendable () -> Void) { self.call = call }
    }
}
