internal import ArgumentParser
internal import ControlPlane
internal import EdgeEngine
internal import EdgeModel
internal import RulesLanguage
internal import WebTransport

struct TraceVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Tell how a request would be answered and why; with --live, also by a node.",
        discussion: Examples.text(
            "signalbox trace https://example.com/cart",
            "signalbox trace https://example.com/ --env staging --header 'Cookie: beta=1' --ip 192.0.2.9",
            "signalbox trace https://example.com/ --version shop@draft --output json",
            "signalbox trace https://example.com/ --live --node fra1",
            before: """
                The engine is the one that runs inside Envoy, on the plan that Envoy gets; nothing is sent. With --live the \
                request goes through a node, signed so that its edge tells what it decided, and both are compared.
                """))

    @Argument(help: "The URL.") var url: String
    @Option(name: [.customShort("X"), .long], help: ArgumentHelp("Method.", valueName: "method")) var method = "GET"
    @Option(
        name: [.customShort("H"), .long],
        help: ArgumentHelp("Header as 'Name: value'; repeatable.", valueName: "header"))
    var header: [String] = []
    @Option(help: ArgumentHelp("Address of the client.", valueName: "ip")) var ip: String?
    @Option(
        help: ArgumentHelp(
            "Country of the client, as a trusted peer tells it; without --ip the request comes from such a peer.",
            valueName: "code"))
    var country: String?
    @Option(
        name: .customLong("env"),
        help: ArgumentHelp("Environment whose address it is sent to (default: production).", valueName: "environment"),
        completion: Completion.environments)
    var environment: String?
    @Option(
        name: .customLong("staging"), help: ArgumentHelp("Staging address that it is sent to.", valueName: "address"))
    var staging: String?
    @Option(
        help: ArgumentHelp("Version to ask in place of those that are served.", valueName: "version"),
        completion: Completion.versions)
    var version: String?
    @Flag(help: "Show the truth of every part of rules that did not match, too.") var all = false
    @OptionGroup(title: "Live options") var live: LiveTraceOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if [environment, version, staging].count(where: { $0 != nil }) > 1 {
            throw ValidationError("Give one of --env, --staging and --version.")
        }
        if live.isLive, ip != nil || country != nil {
            throw ValidationError("With --live the client is this machine: leave --ip and --country out.")
        }
    }

    func run() async throws {
        let session = try Session(global)
        let plane = try session.plane(.reading)
        let place: TracePlace =
            try version.map { .version(try Names.version($0)) } ?? staging.map { .stagingAddress($0) }
            ?? .environment(try Names.environment(environment ?? "production"))
        let request = try request(plane, session)
        if live.isLive { return try await send(request, at: place, plane, session) }
        let answer = try plane.trace(request, at: place)
        let findings = try ignoredCountry(request.clientAddress, plane)
        let document = try TraceText.document(answer, findings)
        session.output.show(answer.explanation.label, document) {
            TraceText.pieces(answer, all: all) + FindingText.pieces(findings)
        }
    }

    private func send(
        _ request: EdgeRequest, at place: TracePlace, _ plane: ControlPlane, _ session: Session
    ) async throws {
        let run = LiveTraceRun(session: session, plane: plane, options: live, url: try WebURL(url), place: place)
        let result = try await run.run(request)
        var document = try TraceText.document(result.trace, result.findings)
        if case .object(let members) = document {
            document = .object(members + [DocumentMember("live", LiveTraceText.document(result))])
        }
        session.output.show(result.trace.explanation.label, document) {
            TraceText.pieces(result.trace, all: all) + FindingText.pieces(result.findings)
                + LiveTraceText.pieces(result)
        }
        if !result.differences.isEmpty { throw ExitCode(1) }
    }

    /// A country that the edge takes away before any rule, since not everybody may tell one.
    private func ignoredCountry(_ client: IPAddress?, _ plane: ControlPlane) throws -> [Finding] {
        guard let country else { return [] }
        let settings = try plane.edgeSettings()
        if let client, settings.trusts(client) { return [] }
        let peers = settings.trustedPeers
        let who = client.map { "\($0) is none of the trusted peers" } ?? "nobody may tell it"
        return [
            Finding(
                .warning, "country-ignored", at: "--country \(country)",
                "\(who) (\(peers.isEmpty ? "there are no trusted peers" : peers.joined(separator: ", "))): the edge removes the header",
                remedy: peers.isEmpty
                    ? "signalbox config set \(EdgeSettings.trustedPeersKey) 10.0.0.0/8"
                    : "leave --ip out, or give an address of a trusted peer")
        ]
    }

    private func request(_ plane: ControlPlane, _ session: Session) throws -> EdgeRequest {
        let url = try WebURL(url)
        var headers = try header.map { text in
            let header = try RequestText.header(text, for: "signalbox trace \(ShellWord.quoted(self.url))")
            return EdgeRequest.Header(header.name, header.value)
        }
        let host = headers.first { $0.name.lowercased() == "host" }.map { String(decoding: $0.value, as: UTF8.self) }
        headers.removeAll { $0.name.lowercased() == "host" }
        if let country { headers.append(try countryHeader(country, plane)) }
        let now = session.output.now.milliseconds
        // Only a trusted peer may tell the country, so that is where such a request comes from.
        let peer = country == nil ? nil : try plane.edgeSettings().trustedPeers.first
        return EdgeRequest(
            method: method, host: host ?? url.authority, target: url.target, headers: headers,
            clientAddress: try ip.map { try address($0) } ?? peer.flatMap { EdgeSettings.network($0)?.first },
            destinationPort: url.port, isTLS: url.scheme == .https,
            seconds: now / 1000, milliseconds: now % 1000)
    }

    private func address(_ text: String) throws -> IPAddress {
        guard let address = IPAddress(text) else {
            throw ErrorReport(
                .usage, at: "--ip \(text)", "that is no IP address",
                remedy: "signalbox trace \(ShellWord.quoted(url)) --ip 192.0.2.9")
        }
        return address
    }

    private func countryHeader(_ country: String, _ plane: ControlPlane) throws -> EdgeRequest.Header {
        guard let name = try plane.edgeSettings().countryHeader else {
            throw ErrorReport(
                .refused, at: "--country \(country)", "no header carries the country at this edge",
                remedy: "signalbox config set edge.country_header x-country")
        }
        return EdgeRequest.Header(name, country)
    }
}
