import FoundationEssentials

/// A proxy before a server that does to some answers what networks and busy servers do; see `fault_proxy.py`.
package final class FaultProxy: Sendable {
    /// What happens to which requests.
    package struct Fault: Sendable, Encodable {
        package enum Kind: String, Sendable, Encodable {
            /// An error of the server instead of its answer.
            case status
            /// The connection closes in the middle of the body.
            case cut
            /// The body comes four kilobytes at a time.
            case slow
            /// The body stops and the connection stays.
            case stall
            /// The connection closes before any answer.
            case refuse
        }

        package var kind: Kind
        /// Every how many of the requests that match.
        package var every = 1
        package var methods: String?
        /// A regular expression.
        package var path: String?
        package var status: Int?
        package var retryAfter: Int?
        /// Bytes before a cut or a stall.
        package var after: Int?
        /// Seconds between two pieces of a slow body.
        package var pause: Double?
        /// How often at most.
        package var times: Int?

        package init(_ kind: Kind, every: Int = 1, methods: String? = nil, path: String? = nil) {
            self.kind = kind
            self.every = every
            self.methods = methods
            self.path = path
        }
    }

    package let address: HostPort
    private let child: ChildProcess

    private init(address: HostPort, child: ChildProcess) {
        self.address = address
        self.child = child
    }

    package var url: String { "http://\(address)" }

    package static func start(before server: HostPort, _ faults: [Fault] = []) async throws -> FaultProxy {
        let child = try ChildProcess(
            "python3", [Checkout.root + "/Tests/TestKit/fault_proxy.py", server.description])
        let port: Int = try await eventually(within: .seconds(20), "the port of the fault proxy") {
            Int(child.output.split(separator: "\n").first ?? "")
        }
        let proxy = FaultProxy(address: HostPort("127.0.0.1", port), child: child)
        if !faults.isEmpty { try await proxy.set(faults) }
        return proxy
    }

    /// Replaces the faults that hold, and begins to count anew.
    package func set(_ faults: [Fault]) async throws {
        _ = try await RawHTTP.request(
            "PUT", "/__faults", at: address, headers: [("Connection", "close")],
            body: Array(try JSONEncoder().encode(faults)))
    }

    /// Ends it: whoever asks finds nobody.
    package func stop() async throws {
        child.signal(9)
        try await child.wait()
    }

    /// How often each kind has been done.
    package func done() async throws -> [String: Int] {
        let answer = try await RawHTTP.request("GET", "/__faults", at: address, headers: [("Connection", "close")])
        return try JSONDecoder().decode([String: Int].self, from: Data(answer.text.utf8))
    }
}
