internal import EdgeModel
internal import EdgePlan

/// Has the live nodes take on the origins of a plan before it is committed: what a node refuses is never committed, and
/// what is committed waits for no origin.
struct OriginCheck: PlanCheck {
    let name = "origins"
    let statePath: String

    func findings(for plan: EdgePlan) async -> [Finding] {
        guard !plan.origins.isEmpty else { return [] }
        guard let readiness = await ServerSocket.prepare(plan.origins, statePath: statePath) else {
            // One of another build, one that has just ended, or more origins than fit into a question.
            return [skipped("the server did not take the question")]
        }
        guard !readiness.askedNobody else { return [skipped("no node lives that could be asked")] }
        let refused = readiness.refused.map { refusal in
            Finding(
                .error, "origins-refused", at: "node \(refusal.node)",
                "its Envoy does not take an origin of this change: \(refusal.reason ?? "its log tells why")",
                remedy: "mend the origin that it names")
        }
        let waiting = readiness.waiting.map { node in
            Finding(
                .info, "origins-not-ready", at: "node \(node)",
                "it cannot use an origin of this change yet, and serves the change as soon as it can",
                remedy: "signalbox node list")
        }
        let stuck = readiness.stuck.map { node in
            Finding(
                .info, "origins-not-ready", at: "node \(node)",
                "it refuses what is published already, and takes no other origin before that is mended",
                remedy: "signalbox node show \(node)")
        }
        return refused + waiting + stuck
    }

    private func skipped(_ reason: String) -> Finding {
        Finding(.info, "origins-skipped", at: "edge", "the nodes were not asked to take the origins first: \(reason)")
    }
}
