internal import ControlPlane
internal import CurlTransport
internal import EdgeModel

/// Tests of a plan outside of the store, before it is committed.
enum PlanChecks {
    /// Those that a change is given: an Envoy's own judgement, and for a promotion real requests.
    ///
    /// - Parameters:
    ///   - plane: over a store that is open already; nil: one is opened.
    ///   - pause: how they wait.
    static func of(
        _ request: ChangeRequest, _ validation: ValidationOptions, _ session: Session, plane: ControlPlane? = nil,
        pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) throws -> [any PlanCheck] {
        var checks = validation.checks(session, pause: pause)
        if case .promote(let application, let target) = request {
            checks.append(
                CanaryCheck(
                    plane: try plane ?? session.plane(.reading), application: application, target: target,
                    transport: CurlTransport()))
        }
        return checks
    }

    /// Last, and only about a plan that nothing speaks against, a server that runs asks the nodes.
    static func run(
        _ checks: [any PlanCheck], on plan: Plan, statePath: String
    ) async -> (findings: [Finding], evidence: [String: String]) {
        var findings: [Finding] = []
        var evidence: [String: String] = [:]
        func carryOut(_ check: any PlanCheck) async {
            let found = await check.findings(for: plan.edge)
            findings += found
            evidence[check.name] = found.isEmpty ? "passed" : found.map(\.code).joined(separator: ", ")
        }
        for check in checks { await carryOut(check) }
        let isServed = ServerSocket.isAnswering(statePath: statePath)
        if !isServed, findings.contains(where: { $0.code == CanaryCheck.failed }) {
            findings.insert(
                Finding(
                    .error, "server-not-running", at: "serve",
                    "no server runs that would have told the nodes what is on staging", remedy: "signalbox serve"),
                at: 0)
        }
        let isRefused = (plan.findings + findings).contains { $0.severity == .error }
        if !isRefused, isServed { await carryOut(OriginCheck(statePath: statePath)) }
        return (findings, evidence)
    }
}
