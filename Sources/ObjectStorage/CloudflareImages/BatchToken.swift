internal import ImageSourcing

/// The token of Cloudflare's batch host, fetched when it is needed and kept for as long as it holds.
actor BatchToken {
    private var held: (token: String, expires: Int64)?
    private var fetching: Task<ImagesBatchToken, any Error>?
    /// Milliseconds since 1970.
    private let now: @Sendable () -> Int64

    init(now: @escaping @Sendable () -> Int64) { self.now = now }

    /// However many wait for it, one request is made.
    func current(
        _ fetch: @escaping @Sendable () async throws(ObjectFailure) -> ImagesBatchToken
    ) async throws(ObjectFailure) -> String {
        // A minute before its end: an upload may take as long.
        if let held, held.expires - 60_000 > now() { return held.token }
        let task = fetching ?? Task { try await fetch() }
        fetching = task
        let outcome = await task.result
        if fetching == task { fetching = nil }
        switch outcome {
        case .success(let fresh):
            // Without a readable end it is taken to hold for ten minutes.
            let expires = CivilTime.milliseconds(extended: Array(fresh.expiresAt.utf8)) ?? now() + 600_000
            held = (fresh.token, expires)
            return fresh.token
        case .failure(let error):
            throw error as? ObjectFailure ?? ObjectFailure(.cancelled, "The request was cancelled.")
        }
    }

    func forget(_ token: String) {
        if held?.token == token { held = nil }
    }
}
