/// Why a store did not do what it was asked: data, without secrets.
package struct ObjectFailure: Error, Hashable, Sendable {
    /// Stable names; what is done about a failure follows from these alone.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// Wrong or missing rights, keys, signature.
        case denied
        /// No such object.
        case gone
        /// No such bucket or directory.
        case missing
        /// The object has another state than was expected.
        case changed
        /// The object must be restored from an archive first.
        case archived
        /// The range begins behind the end.
        case unsatisfiable
        case timedOut = "timed-out"
        /// The store asks for patience: 429, 503 SlowDown.
        case throttled
        /// The store has trouble of its own: 500, 502, 504.
        case unavailable
        /// No connection.
        case unreachable
        /// The connection ended inside a body.
        case cut
        /// The target is full.
        case quota
        /// The target takes no such object: its words are in `message`.
        case refused
        /// The key cannot be a name in this store, or would lead out of it.
        case badName = "bad-name"
        /// The store's answer makes no sense.
        case unreadable
        /// The disk, or this program, has trouble.
        case local
        /// Our own wish; never a fate.
        case cancelled
    }

    package var code: Code
    /// What happened, one sentence; may hold a store's own words, so print only after escaping control characters.
    package var message: String
    package var remedy: String
    /// How long the store wants to be left alone; nil: it did not say.
    package var retryAfter: Duration?

    package init(_ code: Code, _ message: String, remedy: String = "", retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.retryAfter = retryAfter
    }

    /// Whether the same request may succeed a little later.
    package var isPassing: Bool {
        switch code {
        case .timedOut, .throttled, .unavailable, .unreachable, .cut: true
        default: false
        }
    }

    /// Whether no other object will fare better: the run stops instead of failing every object by itself.
    package var concernsAll: Bool {
        switch code {
        case .denied, .missing, .quota: true
        default: false
        }
    }
}
