/// One node's subscription to one resource: what it runs, what it was sent and what it refused.
///
/// Envoy's REST requests carry no nonce and no error: a request that names the version just sent means accepted; one
/// that still names the version before means refused, or that the answer was lost on its way. So a version is sent
/// twice before it counts as refused, and then not again as long as it is the one on offer.
package struct DiscoverySession: Hashable, Sendable {
    package enum Word: Hashable, Sendable {
        case accepted(String)
        case refused(String)
        /// A process without any configuration asks where one with configuration did before.
        case restarted
    }

    /// Version the node says it runs.
    package private(set) var accepted: String?
    /// Version sent, about which the node has not said anything yet.
    package private(set) var unanswered: String?
    package private(set) var refused: String?
    private var attempt: (version: String, count: Int)? {
        get { attemptVersion.map { ($0, attemptCount) } }
        set { (attemptVersion, attemptCount) = (newValue?.version, newValue?.count ?? 0) }
    }
    private var attemptVersion: String?
    private var attemptCount = 0

    private static let attempts = 2

    package init() {}

    /// Whether nothing was sent or said yet.
    package var isFresh: Bool { accepted == nil && unanswered == nil && attemptVersion == nil && refused == nil }

    /// Takes in which version a request names; nil: none.
    package mutating func hear(_ version: String?) -> Word? {
        let sent = unanswered
        unanswered = nil
        if version != accepted {
            attempt = nil
            refused = nil
            accepted = version
            return version.map { .accepted($0) } ?? .restarted
        }
        guard let sent, attempt?.version == sent, attemptCount >= Self.attempts else { return nil }
        attempt = nil
        refused = sent
        return .refused(sent)
    }

    /// Lets what was refused be tried again.
    mutating func forgetRefusal() { refused = nil }

    /// Whether a request that waits is to be answered with this version; if so, notes it as sent. Nothing is sent
    /// while an answer is on its way: the request that follows it tells what the node runs.
    package mutating func send(_ version: String) -> Bool {
        if refused != version { refused = nil }
        guard unanswered == nil, version != accepted, version != refused else { return false }
        attempt = (version, attempt?.version == version ? attemptCount + 1 : 1)
        unanswered = version
        return true
    }
}
