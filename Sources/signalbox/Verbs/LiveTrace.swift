internal import ArgumentParser
internal import ControlPlane
internal import CurlTransport
internal import EdgeEngine
internal import EdgeModel
internal import EdgePlan
internal import RulesLanguage
internal import WebTransport

/// Options of `trace --live`.
struct LiveTraceOptions: ParsableArguments {
    @Flag(
        name: .customLong("live"),
        help: "Send the request through a node and compare what its edge decided; exit 1 when that differs.")
    var isLive = false
    @Option(
        help: ArgumentHelp("Node to send it through (default: the first live one).", valueName: "node"),
        completion: Completion.nodes)
    var node: String?
    @Option(help: ArgumentHelp("Where to connect to, when the node's own address does not do.", valueName: "address"))
    var to: String?
    @Option(help: ArgumentHelp("PEM file of trusted authorities.", valueName: "file"), completion: .file())
    var cacert: String?
    @Flag(help: "Trust any certificate.") var insecure = false
    @Flag(name: .customLong("unsafe"), help: "Also send a request that may change something.")
    var isUnsafeSent = false

    func validate() throws {
        guard !isLive, node != nil || to != nil || cacert != nil || insecure || isUnsafeSent else { return }
        throw ValidationError("--node, --to, --cacert, --insecure and --unsafe go with --live.")
    }
}

/// One request sent through a node that tells what its edge decides.
struct LiveTraceRun {
    let session: Session
    let plane: ControlPlane
    let options: LiveTraceOptions
    let url: WebURL
    let place: TracePlace

    struct Result {
        var node: ResourceName
        var address: WebAddress
        var status: Int
        var answer: LiveAnswer
        /// The same request traced here, from the client's address that the edge saw.
        var trace: TraceAnswer
        var findings: [Finding]

        var differences: [LiveDifference] { answer.differences(from: trace.explanation) }
    }

    func run(_ request: EdgeRequest) async throws -> Result {
        let method = try WebMethod(request.method)
        guard method.isSafe || options.isUnsafeSent else {
            throw ErrorReport(
                .refused, at: "trace --live", "a method other than GET, HEAD and OPTIONS may change something",
                remedy: Confirmation.repetition(of: session.environment.arguments, adding: ["--unsafe"]))
        }
        let row = try node()
        let address = try address(of: row)
        let signature = try plane.liveTraceHeader(for: request, at: row.node.name)
        var headers = WebHeaders()
        headers.append(try WebHeader("host", request.host))
        for header in request.headers + [signature] {
            headers.append(try WebHeader(header.name, String(decoding: header.value, as: UTF8.self)))
        }
        let response = try await CurlTransport().send(
            WebRequest(
                method, url, headers: headers, connectTo: address, pathAsIs: true,
                trust: options.insecure ? .insecure : options.cacert.map { .authority(file: $0) } ?? .system))
        guard let answer = LiveAnswer({ response.headers.first($0) }) else {
            throw ErrorReport(
                .unavailable, at: "node \(row.node.name) at \(address)",
                "it answered with \(response.status) and told nothing of a decision",
                remedy: "signalbox node show \(row.node.name)",
                details: [
                    "it tells only who signs with its token: one made anew counts when 'node run' starts again",
                    "a signature is good for a minute: its clock must agree with the one here",
                ])
        }
        var same = request
        same.protocolVersion = response.version.rawValue
        same.clientAddress = answer.client.flatMap { ListenAddress($0) }.flatMap { IPAddress($0.address) }
        same.destinationPort = address.port ?? url.port
        let trace = try plane.trace(
            same, at: place,
            response: EdgeResponse(
                status: response.status,
                headers: response.headers.lines.map { EdgeRequest.Header($0.name.lowercased(), $0.value) }))
        return Result(
            node: row.node.name, address: address, status: response.status, answer: answer, trace: trace,
            findings: try behind(row))
    }

    /// The node that is meant, which must have been heard of a moment ago.
    private func node() throws -> NodeRow {
        let now = session.output.now
        if let name = options.node {
            let row = try plane.node(named: try Names.node(name))
            if row.status?.isLive(at: now) == true || options.to != nil { return row }
            throw ErrorReport(
                .unavailable, at: "node \(row.node.name)", "it is not live",
                remedy: "signalbox node show \(row.node.name)")
        }
        guard let row = try plane.nodes().first(where: { $0.status?.isLive(at: now) == true }) else {
            throw ErrorReport(.unavailable, at: "nodes", "none is live", remedy: "signalbox node list")
        }
        return row
    }

    private func address(of row: NodeRow) throws -> WebAddress {
        if let to = options.to { return try WebAddress(to) }
        let isTLS = url.scheme == .https
        let (network, wanted) = try network()
        let candidates = (row.status?.description?.addresses(of: network) ?? []).filter {
            $0.isTLS == isTLS && !$0.isProxied && wanted?.contains($0.address) ?? true
        }
        guard let found = candidates.first else {
            throw ErrorReport(
                .notFound, at: "node \(row.node.name)",
                "it has no address for that over \(url.scheme.rawValue)",
                remedy: "signalbox node show \(row.node.name); name one with --to ADDRESS:PORT")
        }
        return try WebAddress(host: found.address, port: found.port)
    }

    /// Addresses of the environment that is asked; nil: all of the network.
    private func network() throws -> (Network, [String]?) {
        switch place {
        case .stagingAddress(let address): return (.lower, [address])
        case .environment(let name):
            let addresses = try plane.stagingAddresses().filter { $0.environment == name }
            guard !addresses.isEmpty else { return (.production, nil) }
            let own = addresses.filter { $0.reservation == nil }
            return (.lower, (own.isEmpty ? addresses : own).map(\.address))
        case .version:
            throw ErrorReport(
                .usage, at: "--version", "a node serves what is live, and no version of one's choice",
                remedy: "signalbox staging reserve VERSION, then trace --live --staging ADDRESS")
        }
    }

    /// A node that has not the plan of the moment may well decide otherwise.
    private func behind(_ row: NodeRow) throws -> [Finding] {
        let (network, _) = try network()
        let digests = NetworkDigests(try plane.compile().0)
        let wanted = network == .production ? digests.production : digests.lower
        guard let served = row.status?.plan(of: network), served != wanted else { return [] }
        return [
            Finding(
                .warning, "node-behind", at: "node \(row.node.name)",
                "it serves plan \(served.short), the state says \(wanted.short)", remedy: "signalbox status")
        ]
    }
}

/// What the edge told, beside what the trace here says.
enum LiveTraceText {
    static func document(_ result: LiveTraceRun.Result) -> DocumentValue {
        .object([
            "node": .string(result.node.rawValue), "address": .string("\(result.address)"),
            "status": .int(result.status), "edge": result.answer.document,
            "differences": .array(result.differences.map(\.document)),
        ])
    }

    static func pieces(_ result: LiveTraceRun.Result) -> [Output.Piece] {
        let answer = result.answer
        var pieces = [
            Output.Piece("node \(result.node) at \(result.address) answered with \(result.status)", .strong),
            Output.Piece("  \(answer.configurations.joined(separator: " → "))  \(answer.version ?? "")"),
        ]
        if let environment = answer.environment, let rule = answer.routingRule {
            pieces.append(Output.Piece("  chosen by \(environment): \(rule)"))
        }
        let more = answer.omitted > 0 ? " and \(answer.omitted) more" : ""
        let rules = (answer.matched + answer.matchedResponse).joined(separator: ", ")
        pieces.append(Output.Piece("  matched \(rules.isEmpty ? "no rule" : rules)\(more)"))
        let by = answer.endedBy.map { " by \($0)" } ?? ""
        let origin = answer.origin.map { " to origin \($0)" } ?? ""
        pieces.append(Output.Piece("  outcome: \(answer.outcome ?? "not told")\(by)\(origin)"))
        guard !result.differences.isEmpty else {
            return pieces + [Output.Piece("the edge and this trace agree", .good)]
        }
        return pieces + [Output.Piece("the edge and this trace differ", .bad)]
            + result.differences.map { Output.Piece("  \($0.what): edge \($0.edge), here \($0.here)", .bad) }
    }
}
