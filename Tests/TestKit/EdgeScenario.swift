import FoundationEssentials
import Synchronization

/// A whole edge on loopback, set up as an operator would: a state, the shop zone and its application, `serve`, and two
/// nodes with real Envoys in front of three origins in two regions. Everything ends with the value.
///
/// Each node has a production and a staging address of its own; all share a port that is free on every one of them, so
/// that scenarios can run side by side.
package final class EdgeScenario: Sendable {
    package static let application = "shop"

    package let folder: TemporaryDirectory
    package let origins: OriginProcess
    package let nodes: [EdgeNode]
    /// Where `serve` listens.
    package let server: HostPort
    let processes = Mutex<[String: ChildProcess]>([:])
    static let serve = "serve"

    private init(folder: TemporaryDirectory, origins: OriginProcess, nodes: [EdgeNode], server: HostPort) {
        self.folder = folder
        self.origins = origins
        self.nodes = nodes
        self.server = server
    }

    /// Whether the parts that are not Swift packages are at hand: Envoy and the edge module.
    package static var isPossible: Bool { EnvoyBinary.locate() != nil && Checkout.edgeModule() != nil }

    package var state: String { folder.path("state.db") }
    /// Production addresses of all nodes.
    package var production: [HostPort] { nodes.map(\.production) }
    package var staging: [HostPort] { nodes.map(\.staging) }

    package subscript(node: String) -> EdgeNode {
        get throws {
            guard let found = nodes.first(where: { $0.name == node }) else { throw UnknownNode(name: node) }
            return found
        }
    }

    package struct UnknownNode: Error {
        package let name: String
    }

    /// Makes the state with the zone, the application in version 1 and its routing rule; nothing runs but the origins.
    ///
    /// - Parameters:
    ///   - count: nodes, at most ten; the regions take turns.
    ///   - zone: changes the text of the zone before it is imported.
    package static func prepared(
        nodes count: Int = 2, zone edit: (String) throws -> String = { $0 }
    ) async throws -> EdgeScenario {
        let folder = try TemporaryDirectory("edge")
        let origins = try await OriginProcess.start(["web-fra:fra", "web-hil:hil", "images:fra"])
        let names = (0..<min(count, 10)).map { index in
            let region = index.isMultiple(of: 2) ? "fra" : "hil"
            return ("\(region)\(index / 2 + 1)", region)
        }
        let hosts = names.indices.flatMap { ["127.0.0.1\($0)", "127.0.0.2\($0)"] }
        let ports = try FreePort.pick(1, on: hosts)
        let nodes = names.enumerated().map { index, name in
            EdgeNode(
                name: name.0, region: name.1, production: HostPort("127.0.0.1\(index)", ports[0]),
                staging: HostPort("127.0.0.2\(index)", ports[0]), directory: folder.path("nodes/" + name.0),
                tokenFile: folder.path(name.0 + ".token"))
        }
        let scenario = EdgeScenario(folder: folder, origins: origins, nodes: nodes, server: try FreePort.one())
        try folder.write(try edit(ShopZone.text(origins: origins.origins.map(\.listening))), to: "shop.yaml")
        // Nobody but a failing test waits so long.
        try folder.write("wait: 120s\n", to: "config/signalbox/config.yaml")
        try await scenario.signalbox(["init"] + nodes.flatMap { ["--staging-address", $0.staging.host] })
        try await scenario.signalbox(["zone", "import", folder.path("shop.yaml"), "--accept-warnings", "--yes"])
        try await scenario.signalbox(["app", "create", application, "--zone", ShopZone.name])
        try await scenario.signalbox([
            "rule", "add", application, "--if", "cf.zone.name eq \"\(ShopZone.name)\"", "--use", application, "--yes",
        ])
        return scenario
    }

    /// The above with `serve` and all nodes running, version 1 in production, and every node serving it.
    ///
    /// - Parameters:
    ///   - options: further options of `node run`.
    ///   - prepare: what is to be done before `serve` runs, e.g. more zones; gives more options of `node run`.
    package static func running(
        nodes count: Int = 2, zone edit: (String) throws -> String = { $0 }, serve serveOptions: [String] = [],
        nodeOptions options: [String] = [],
        prepare: (EdgeScenario) async throws -> [String] = { _ in [] }
    ) async throws -> EdgeScenario {
        let scenario = try await prepared(nodes: count, zone: edit)
        let options = options + (try await prepare(scenario))
        try await scenario.startServe(serveOptions)
        try await scenario.signalbox(["env", "assign", "staging", "shop@1", "--accept-warnings", "--yes"])
        try await scenario.signalbox(["promote", application, "--accept-warnings", "--yes"])
        for node in scenario.nodes {
            try await scenario.register(node)
            try await scenario.startNode(node, options)
        }
        try await scenario.serves("shop@1", at: scenario.production + scenario.staging, within: .seconds(60))
        try await scenario.isSettled()
        return scenario
    }

    /// Ends what runs, in an orderly way.
    package func stop() async {
        let all = processes.withLock { processes in
            defer { processes = [:] }
            return processes
        }
        await withTaskGroup(of: Void.self) { group in
            for child in all.values { group.addTask { await child.terminate() } }
        }
        await origins.stop()
    }
}

/// One node of a scenario.
package struct EdgeNode: Sendable {
    package let name: String
    package let region: String
    package let production: HostPort
    package let staging: HostPort
    /// Its data directory.
    package let directory: String
    let tokenFile: String
}
