internal import ControlPlane
internal import EdgeEngine
internal import EdgeModel
internal import EdgePlan
internal import RulesLanguage
internal import WebTransport

/// Sends real requests to the staging addresses that serve the version about to be promoted, on every live node.
///
/// A canary fails when the edge answers with another version, or with an error of its own or of the origin (5xx) that
/// the rules do not ask for. One that gets no answer is a warning, unless none gets any.
struct CanaryCheck: PlanCheck {
    let name = "canary"
    let plane: ControlPlane
    let application: ResourceName
    let target: ResourceName
    let transport: any WebTransport

    /// So many hosts of a zone, and so many requests in all.
    static let hostsPerZone = 3
    static let mostRequests = 24
    /// Another than the version on staging answered, or it answered badly.
    static let failed = "canary-failed"
    private static let unanswered = "canary-unanswered"

    func findings(for plan: EdgePlan) async -> [Finding] {
        do {
            let canaries = try canaries(plan)
            guard !canaries.isEmpty else {
                return [
                    Finding(
                        .info, "canary-skipped", at: "edge",
                        "no live node listens on a staging address of the environment below: no request was tried",
                        remedy: "signalbox staging list")
                ]
            }
            var findings = await send(canaries)
            if findings.count(where: { $0.code == Self.unanswered }) == canaries.count {
                for index in findings.indices { findings[index].severity = .error }
            }
            return findings
        } catch {
            return [Finding(.info, "canary-skipped", at: "edge", "no request was tried: \(ErrorReport(error).message)")]
        }
    }

    private func send(_ canaries: [Canary]) async -> [Finding] {
        // All nodes are asked the same of a zone: it is compiled once.
        var tracers: [String: ZoneTracer] = [:]
        for canary in canaries where tracers[canary.zone] == nil {
            tracers[canary.zone] = try? plane.tracer(of: canary.zone, at: .environment(canary.environment))
        }
        return await withTaskGroup(of: Finding?.self, returning: [Finding].self) { group in
            for canary in canaries {
                guard let tracer = tracers[canary.zone] else { continue }
                group.addTask { await send(canary, expecting: tracer) }
            }
            var found: [Finding] = []
            for await finding in group {
                if let finding { found.append(finding) }
            }
            return found.sorted { $0.place < $1.place }
        }
    }

    struct Canary: Hashable, Sendable {
        var node: ResourceName
        var socket: ListenAddress
        var zone: String
        var host: String
        var environment: ResourceName
        /// Label of the version that must answer, and the header that tells it.
        var label: String
        var versionHeader: String?
    }

    private func canaries(_ plan: EdgePlan) throws -> [Canary] {
        let environments = try plane.environments()
        guard let rank = environments.first(where: { $0.environment.name == target })?.environment.rank,
            let source = environments.last(where: { $0.environment.rank < rank }),
            let number = source.assignments.first(where: { $0.application == application })?.version
        else { return [] }
        let addresses = Set(source.environment.stagingAddresses)
        let sockets = try plane.liveNodes().flatMap { row -> [(ResourceName, ListenAddress)] in
            (row.status?.description?.staging ?? []).filter {
                // A load balancer in front tells where a request was sent to; without it there is no way in.
                addresses.contains($0.address) && !$0.isProxied
            }.map {
                (row.node.name, $0)
            }
        }
        var canaries: [Canary] = []
        for zone in plan.lower.zones {
            let served = zone.configurations.indices.filter {
                zone.configurations[$0].application == application.rawValue && zone.configurations[$0].version == number
            }
            let chosen = zone.selectors.contains {
                $0.environment == source.environment.name.rawValue && served.contains($0.configuration)
            }
            guard chosen, let configuration = served.first.map({ zone.configurations[$0] }) else { continue }
            for host in zone.hosts.filter({ !$0.hasPrefix("*.") }).prefix(Self.hostsPerZone) {
                let isTLS = plan.certificates.contains { $0.zone == zone.name }
                canaries += sockets.filter { isTLS || !$0.1.isTLS }.map { node, socket in
                    Canary(
                        node: node, socket: socket, zone: zone.name, host: host, environment: source.environment.name,
                        label: "\(application)@\(number)", versionHeader: configuration.versionHeader)
                }
            }
        }
        return Array(canaries.prefix(Self.mostRequests))
    }

    private func send(_ canary: Canary, expecting tracer: ZoneTracer) async -> Finding? {
        let url = "\(canary.socket.isTLS ? "https" : "http")://\(canary.host)/"
        let place = "\(url) at \(canary.socket.place) (\(canary.node))"
        func failed(_ message: String) -> Finding {
            Finding(
                .error, Self.failed, at: place, message,
                remedy: "signalbox trace \(url) --env \(canary.environment)")
        }
        let expected = tracer.explanation(
            of: EdgeRequest(
                host: canary.host, destinationAddress: IPAddress(canary.socket.address),
                destinationPort: canary.socket.port, isTLS: canary.socket.isTLS))
        // Rules may send this request to another application; then this version has nothing to say to it.
        guard expected.label == canary.label else { return nil }
        do throws(WebError) {
            let answer = try await transport.send(
                WebRequest(
                    .get, try WebURL(url), connectTo: try WebAddress(canary.socket.place),
                    // It is about the version; who the nodes say they are is looked at for itself.
                    trust: .insecure))
            if let header = canary.versionHeader {
                let told = answer.headers.first(header)
                guard told == canary.label else {
                    return failed("\(told ?? "no version") answered, not \(canary.label)")
                }
            }
            guard answer.status < 500 || answer.status == expected.outcome.status else {
                return failed("\(canary.label) answers with \(answer.status)")
            }
            return nil
        } catch {
            // A node that does not answer says nothing about the version: it may be dead, and is named as such.
            var finding = failed("no answer: \(error.message)")
            (finding.severity, finding.code) = (.warning, Self.unanswered)
            return finding
        }
    }
}
