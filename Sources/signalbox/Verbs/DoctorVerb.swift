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
        discussion: Examples.text("signalbox doctor", "signalbox doctor --output json"))

    @OptionGroup var validation: ValidationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() async throws {
        let session = try Session(global)
        var checkup = Checkup(session: session)
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
    var checked: [String] = []
    var findings: [Finding] = []

    mutating func run(_ checks: [any PlanCheck]) async {
        checked.append("the state \(session.statePath)")
        guard let plane = state() else { return }
        examine("the journal and the audit") { try plane.verifyAudit(head: nil) }
        examine("what is live") { try plane.compile().1 }
        let session = session
        examine("the nodes") { try Self.nodes(plane, session.output) }
        examine("certificates") {
            let status = try plane.status()
            let zones = try plane.zones()
            return CertificateCheck(now: status.at).look(at: try plane.compile().0)
                + status.nodes.flatMap { $0.status?.certificateFindings(zones, at: status.at) ?? [] }
        }
        examine("the server") { try Self.server(plane, session.statePath) }
        for check in checks {
            checked.append("what Envoy says (\(check.name))")
            if let plan = try? plane.compile().0 { findings += await check.findings(for: plan) }
        }
    }

    private mutating func state() -> ControlPlane? {
        do {
            findings += permissions()
            let store = try session.store(.reading)
            findings += try store.integrityFindings()
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
                report.message,
                remedy: report.remedy))
    }

    /// Journal and tokens' digests are nobody else's business, and whoever may write the file may change what is served.
    private func permissions() -> [Finding] {
        var status = stat()
        guard stat(session.statePath, &status) == 0, status.st_mode & 0o007 != 0 else { return [] }
        return [
            Finding(
                .warning, "state-open", at: session.statePath, "every user of this machine may read or write the state",
                remedy: "chmod o= \(ShellWord.quoted(session.statePath))*")
        ]
    }

    private static func server(_ plane: ControlPlane, _ statePath: String) throws -> [Finding] {
        guard !ServerSocket.isAnswering(statePath: statePath), try !plane.nodes().isEmpty else { return [] }
        return [
            Finding(
                .warning, "server-not-running", at: "serve", "no server runs, so nodes hear of no change",
                remedy: "signalbox serve")
        ]
    }

    private static func nodes(_ plane: ControlPlane, _ output: Output) throws -> [Finding] {
        let status = try plane.status()
        return status.nodes.compactMap { row in
            let (text, style) = StatusText.state(
                row, isBehind: status.behind.contains(row.node.name), at: status.at, output)
            guard style == .bad || style == .warning else { return nil }
            return Finding(
                style == .bad ? .error : .warning, "node-unwell", at: "node \(row.node.name)", text.text,
                remedy: "signalbox node show \(row.node.name)")
        }
    }
}
