internal import ArgumentParser
internal import Certificates
internal import ControlPlane
internal import EdgeModel
internal import Glibc
internal import StoreSQLite

struct DoctorVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything Signalbox needs and tell what is wrong; exit 1 when something is.",
        discussion: Examples.text(
            "signalbox doctor", "signalbox doctor --output json",
            "signalbox doctor --listen 192.0.2.7:80 --staging 192.0.2.8:80",
            before: """
                Looks at the state's file and disk, journal and audit, what is live, the server, the nodes and this machine. \
                With --listen and --staging also at whether a node could listen there on this machine.
                """))

    @Option(help: ArgumentHelp("IP:PORT on which a node here is to serve production; repeatable.", valueName: "socket"))
    var listen: [String] = []
    @Option(
        help: ArgumentHelp("IP:PORT on which it is to serve the lower environments; repeatable.", valueName: "socket"))
    var staging: [String] = []
    @OptionGroup var validation: ValidationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() async throws {
        let session = try Session(global)
        let sockets = try NodeOptions.sockets(listen, "--listen") + NodeOptions.sockets(staging, "--staging")
        let host = HostFacts.gather(
            statePath: session.statePath, envoy: session.environment.envoy(given: validation.envoy),
            module: validation.module ?? session.environment.module)
        var checkup = Checkup(session: session, host: host, sockets: sockets)
        await checkup.run(validation.checks(session))
        let findings = checkup.findings
        let isWell = findings.allSatisfy { $0.severity != .error }
        let document: DocumentValue = .object([
            "healthy": .bool(isWell), "program": .string(Program.version), "state": .string(session.statePath),
            "checked": .array(checkup.checked.map { .string($0) }), "findings": .array(findings.map(\.document)),
        ])
        session.output.show(isWell ? "healthy" : "unhealthy", document) {
            checkup.checked.map { Output.Piece("looked at \($0)") } + FindingText.pieces(findings)
                + [
                    Output.Piece(
                        "signalbox \(Program.version): \(FindingText.summary(findings))", isWell ? .good : .bad)
                ]
        }
        if !isWell { throw ExitCode(1) }
    }
}

/// The examinations of `doctor`, each of which may find something and none of which stops the others.
private struct Checkup {
    let session: Session
    let host: HostFacts
    /// Where a node on this machine is to listen.
    let sockets: [ListenAddress]
    var checked: [String] = []
    var findings: [Finding] = []

    /// Whether one runs, and what is wrong with what it publishes: twice in a second, as it may fail once.
    private static func server(of state: String, _ plane: ControlPlane) throws -> (isServed: Bool, [Finding]) {
        for isLast in [false, true] {
            let newest = try plane.newestDeployment()
            switch ServerSocket.published(statePath: state) {
            case .noServer: return (false, [])
            case .untold: return (true, [])
            case .publishes(let publication):
                let findings = try FleetCheck.publication(publication, newest: newest, of: plane)
                if findings.isEmpty || isLast { return (true, findings) }
                usleep(1_000_000)
            }
        }
        return (true, [])
    }

    mutating func run(_ checks: [any PlanCheck]) async {
        let (session, host, sockets) = (session, host, sockets)
        examine("this machine") { HostCheck.findings(host, statePath: session.statePath, sockets: sockets) }
        checked.append("the state \(session.statePath)")
        guard let plane = state() else { return }
        examine("the journal and the audit") { try plane.verifyAudit(head: nil) + plane.verifyContents() }
        examine("what is live") { try plane.compile().1 }
        examine("the server and the nodes") {
            let (isServed, differing) = try Self.server(of: session.statePath, plane)
            return FleetCheck.findings(
                try plane.status(), isServed: isServed, host: host, output: session.output) + differing
        }
        examine("certificates") {
            let status = try plane.status()
            let zones = try plane.zones()
            return CertificateCheck(now: status.at).look(at: try plane.compile().0)
                + status.nodes.flatMap { $0.status?.certificateFindings(zones, at: status.at) ?? [] }
        }
        for check in checks {
            checked.append("what Envoy says (\(check.name))")
            if let plan = try? plane.compile().0 { findings += await check.findings(for: plan) }
        }
    }

    private mutating func state() -> ControlPlane? {
        do {
            findings += try session.store(.reading).integrityFindings()
            return try session.plane(.reading)
        } catch {
            add(error)
            return nil
        }
    }

    private mutating func examine(_ what: String, _ body: () throws -> [Finding]) {
        checked.append(what)
        do { findings += try body() } catch { add(error) }
    }

    private mutating func add(_ error: any Error) {
        let report = ErrorReport(error)
        let isAbsent = report.failure == .stateMissing
        findings.append(
            Finding(
                isAbsent ? .info : .error, report.failure.rawValue, at: report.place ?? session.statePath,
                report.message, remedy: report.remedy))
    }
}
