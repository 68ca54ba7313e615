package import EdgePlan

/// A request that was not answered as its sender hoped, from the access log of a node.
///
/// Texts are as the client sent them, cut but not sanitised: whoever draws them does that. There is no query, cookie,
/// body or address of a client in it.
package struct FailingRequest: Hashable, Sendable, Codable {
    /// The most that a report carries, and that is answered at a time.
    package static let inReport = 20
    package static let inPicture = 50

    /// Filled in by the server.
    package var node: ResourceName?
    /// By the node's clock, when the request came.
    package var at: Timestamp
    package var method: String
    package var host: String
    /// Without the query, which may hold what is nobody's business.
    package var path: String
    /// 0: no answer was given.
    package var status: Int
    /// Envoy's response flags, such as `UF` or `UH,URX`; empty: none.
    package var flags: String
    /// Envoy's words for how the answer came about, e.g. `via_upstream`.
    package var details: String
    package var network: Network?
    package var application: String?
    /// `shop@2`, or account and number of a zone's own configuration; nil: the module was not asked.
    package var version: String?
    package var zone: String?
    /// The rules that ended or marked the request.
    package var rules: [String]
    /// Milliseconds.
    package var duration: Int
    /// Name of the origin without the digest of its definition; nil: none was asked.
    package var origin: String?

    package init(
        node: ResourceName? = nil, at: Timestamp, method: String, host: String, path: String, status: Int,
        flags: String = "", details: String = "", network: Network? = nil, application: String? = nil,
        version: String? = nil, zone: String? = nil, rules: [String] = [], duration: Int = 0, origin: String? = nil
    ) {
        self.node = node
        self.at = at
        self.method = Self.cut(method, 16)
        self.host = Self.cut(host, 128)
        self.path = Self.cut(Self.withoutQuery(path), 256)
        self.status = status
        self.flags = Self.cut(flags, 32)
        self.details = Self.cut(details, 80)
        self.network = network
        self.application = application.map { Self.cut($0, 63) }
        self.version = version.map { Self.cut($0, 80) }
        self.zone = zone.map { Self.cut($0, 128) }
        self.rules = rules.prefix(4).map { Self.cut($0, 64) }
        self.duration = duration
        self.origin = origin.map { Self.cut($0, 80) }
    }

    /// The edge or an origin failed, rather than that somebody asked for what is not there or not allowed.
    package var isSevere: Bool { status >= 500 || status == 0 || !flags.isEmpty }

    /// What a node of another version sends is cut too.
    package func trimmed(of node: ResourceName) -> FailingRequest {
        FailingRequest(
            node: node, at: at, method: method, host: host, path: path, status: status, flags: flags, details: details,
            network: network, application: application, version: version, zone: zone, rules: rules,
            duration: duration, origin: origin)
    }

    /// RFC 3986 §3: the query begins with `?`; a fragment is never sent, and is no more ours than the query.
    private static func withoutQuery(_ path: String) -> String {
        String(path.prefix { $0 != "?" && $0 != "#" })
    }

    /// At most so many bytes, whole characters.
    private static func cut(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var result = ""
        var used = 3
        for scalar in text.unicodeScalars {
            used += UTF8.width(scalar)
            guard used <= limit else { break }
            result.unicodeScalars.append(scalar)
        }
        return result + "…"
    }
}

/// The newest failing requests, the severe ones first: what a report can carry of any number of them.
package struct FailingSample: Hashable, Sendable {
    private var severe: [FailingRequest] = []
    private var mild: [FailingRequest] = []

    package init() {}

    package mutating func add(_ request: FailingRequest) {
        func keep(_ list: inout [FailingRequest]) {
            list.append(request)
            if list.count > FailingRequest.inReport { list.removeFirst() }
        }
        if request.isSevere { keep(&severe) } else { keep(&mild) }
    }

    /// Puts back what could not be told, which is older than what came since.
    package mutating func putBack(_ requests: [FailingRequest]) {
        severe = Array((requests.filter(\.isSevere) + severe).suffix(FailingRequest.inReport))
        mild = Array((requests.filter { !$0.isSevere } + mild).suffix(FailingRequest.inReport))
    }

    /// Takes the sample away, in the order of time.
    package mutating func take() -> [FailingRequest] {
        defer { self = FailingSample() }
        return (severe + mild.suffix(FailingRequest.inReport - severe.count)).sorted { $0.at < $1.at }
    }
}

/// The failing requests of the whole fleet, the newest of them.
package struct FailingRequests: Hashable, Sendable {
    package static let kept = 500

    private var requests: [FailingRequest] = []

    package init() {}

    package mutating func take(_ report: NodeReport) {
        guard let new = report.failing, !new.isEmpty else { return }
        requests += new.prefix(FailingRequest.inReport).map { $0.trimmed(of: report.node) }
        if requests.count > Self.kept { requests.removeFirst(requests.count - Self.kept) }
    }

    /// Newest first. Nodes' clocks may differ: requests stand in the order in which they became known.
    package func newest(_ count: Int) -> [FailingRequest] { requests.suffix(max(0, count)).reversed() }
}
