internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import NodeAgent

/// What is wrong between the state, the server and the nodes. Status in, findings out.
enum FleetCheck {
    /// Nodes need a moment for every change; after this, in milliseconds, something keeps them.
    static let patience: Int64 = 30_000
    /// Milliseconds by which clocks may differ before times in logs and traces mislead, and before certificates do.
    static let skewNoticed: Int64 = 2_000
    static let skewHarmful: Int64 = 60_000

    static func findings(_ status: AccountStatus, isServed: Bool, host: HostFacts, output: Output) -> [Finding] {
        server(status, isServed: isServed)
            + status.nodes.flatMap { node($0, status, isServed: isServed, output) + versions($0) + clock($0) }
            + staging(status, host)
    }

    static func server(_ status: AccountStatus, isServed: Bool) -> [Finding] {
        guard !isServed, !status.nodes.isEmpty else { return [] }
        return [
            Finding(
                .error, "server-not-running", at: "serve",
                "no server runs on this state, so \(status.nodes.count == 1 ? "the node hears" : "\(status.nodes.count) nodes hear") of no change",
                remedy: "signalbox serve")
        ]
    }

    /// A server that publishes what no deployment says: of another build, which reads the state in another way, or unable
    /// to publish.
    /// - Parameters:
    ///   - publication: what it says.
    ///   - newest: of the deployments when it was asked; others may have gone on meanwhile.
    static func publication(
        _ publication: Publication, newest: Deployment?, of plane: ControlPlane
    ) throws -> [Finding] {
        guard let newest, let due = newest.production,
            !publication.isOf([newest]), try !publication.isOf(plane.deployments(since: newest.id))
        else { return [] }
        let said =
            publication.production.map { "it publishes \($0.short) for production" }
            ?? "it does not say what it publishes for production"
        return [
            Finding(
                .error, "server-differs", at: "serve",
                "\(said), deployment \(newest.id) stands for \(due.short): it is of another build than this program, or its log tells why it cannot",
                remedy: "install the same version for both, and start the server again")
        ]
    }

    static func node(_ row: NodeRow, _ status: AccountStatus, isServed: Bool, _ output: Output) -> [Finding] {
        let name = row.node.name
        let remedy = "signalbox node show \(name)"
        guard let node = row.status, let seen = node.lastSeen else {
            return [
                Finding(
                    .info, "node-never-seen", at: "node \(name)", "it never asked for its configuration",
                    remedy: "signalbox node run \(name) --token-file FILE")
            ]
        }
        for network in Network.allCases {
            guard let refusal = node.openRefusal(of: network) else { continue }
            return [
                Finding(
                    .error, "node-refuses", at: "node \(name)",
                    "it refuses \(refusal.plan?.short ?? refusal.version): \(refusal.reason ?? "reason not known")",
                    remedy: remedy)
            ]
        }
        guard node.isLive(at: status.at) else {
            // Without a server nobody hears of any node; that is told once.
            guard isServed else { return [] }
            return [
                Finding(
                    .error, "node-lost", at: "node \(name)", "nothing was heard of it since \(output.time(seen))",
                    remedy: remedy)
            ]
        }
        guard status.behind.contains(name) else { return [] }
        let last = status.lastDeployments.last?.deployment.at
        let isLate = last.map { status.at.milliseconds - $0.milliseconds > patience } ?? true
        return [
            Finding(
                isLate ? .error : .info, "node-behind", at: "node \(name)",
                "it does not serve what is live\(last.map { " since \(output.time($0))" } ?? "")", remedy: remedy)
        ]
    }

    static func versions(_ row: NodeRow) -> [Finding] {
        guard let description = row.status?.description else { return [] }
        var findings: [Finding] = []
        if let envoy = description.envoyVersion, !envoy.hasPrefix(EnvoyVersion.supported + ".") {
            findings.append(
                Finding(
                    .warning, "envoy-untested", at: "node \(row.node.name)",
                    "it runs Envoy \(envoy); the module was tested with \(EnvoyVersion.supported)",
                    remedy: "install Envoy \(EnvoyVersion.supported) on it"))
        }
        if let module = description.moduleVersion, module != Program.version {
            findings.append(
                Finding(
                    .warning, "module-other-version", at: "node \(row.node.name)",
                    "its module is \(module), this program is \(Program.version)",
                    remedy: "install the same version on it; the older of the two first"))
        }
        return findings
    }

    static func clock(_ row: NodeRow) -> [Finding] {
        guard let offset = row.status?.clockOffset, abs(offset) > skewNoticed else { return [] }
        return [
            Finding(
                abs(offset) > skewHarmful ? .error : .warning, "clock-skew", at: "node \(row.node.name)",
                "its clock is \(abs(offset) / 1000) s \(offset > 0 ? "ahead of" : "behind") the server's: times in logs, traces and certificates do not fit",
                remedy: "timedatectl set-ntp true on both")
        ]
    }

    /// An address that is promised to testers and that nobody listens on.
    static func staging(_ status: AccountStatus, _ host: HostFacts) -> [Finding] {
        let live = status.nodes.compactMap(\.status).filter { $0.isLive(at: status.at) }
        let listened = live.flatMap { $0.description?.staging ?? [] }.map(\.address)
        let isTold = live.contains { $0.description != nil }
        return status.environments.flatMap { environment in
            environment.stagingAddresses.compactMap { address -> Finding? in
                let place = "environment \(environment.name), staging address \(address)"
                if isTold {
                    let any = address.contains(":") ? "::" : "0.0.0.0"
                    guard !listened.contains(address), !listened.contains(any) else { return nil }
                    return Finding(
                        .warning, "staging-unserved", at: place, "no live node listens on it",
                        remedy: "start a node with --staging \(address.contains(":") ? "[\(address)]" : address):8080")
                }
                guard !host.has(address) else { return nil }
                return Finding(
                    .warning, "address-absent", at: place,
                    "no interface of this machine has it, and no node that runs elsewhere is known",
                    remedy: "signalbox env change \(environment.name) --staging-address 127.0.0.20")
            }
        }
    }
}
