/// How `serve` listens and how patient it is.
package struct XDSSettings: Hashable, Sendable {
    package enum Binding: Hashable, Sendable, CustomStringConvertible {
        case tcp(host: String, port: Int)
        case unix(path: String)

        package var description: String {
            switch self {
            case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            case .unix(let path): path
            }
        }

        /// Whether nobody on another machine can reach it. Names other than `localhost` are taken for remote.
        package var isLocal: Bool {
            switch self {
            case .unix: true
            case .tcp(let host, _): host == "localhost" || host == "::1" || isLoopback(host)
            }
        }

        private func isLoopback(_ host: String) -> Bool {
            let parts = host.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
        }
    }

    /// PEM files: the certificate with its chain, and its key.
    package struct TLSFiles: Hashable, Sendable {
        package var certificate: String
        package var key: String
        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    package var bindings: [Binding]
    /// Used on every socket that is not a unix socket; needed beyond loopback.
    package var tls: TLSFiles?
    /// Asked for by `/metrics` and `/v1/fleet` on sockets that others can reach, where they are closed without it.
    package var readToken: String?
    /// Milliseconds that a request waits for something new.
    package var hold: Int64
    /// Milliseconds that a request without a valid token waits for its refusal, so that a node with an old token,
    /// which asks again at once, costs nothing.
    package var refusalDelay: Int64
    package var rollout: FleetRollout.Settings
    /// Milliseconds that the first node serves something new before its next word counts: long enough for requests to
    /// meet it, or a plan that crashes at the first of them would already be on its way to the others. Less than `hold`.
    package var trial: Int64
    /// File in which the server keeps what its successor must know, so that a plan that changed while none ran goes out
    /// without a gap; nil: nothing is kept.
    package var memory: String?

    package init(
        bindings: [Binding] = [.tcp(host: "127.0.0.1", port: 18_000)], tls: TLSFiles? = nil, readToken: String? = nil,
        hold: Int64 = 25_000, refusalDelay: Int64 = 1_000, rollout: FleetRollout.Settings = .init(),
        trial: Int64 = 15, memory: String? = nil
    ) {
        self.bindings = bindings
        self.tls = tls
        self.readToken = readToken
        self.hold = hold
        self.refusalDelay = refusalDelay
        self.rollout = rollout
        self.trial = trial
        self.memory = memory
    }
}
