package import EdgeModel
internal import EdgePlan

/// One look at everything an operator asks first.
package struct AccountStatus: Sendable {
    package var zones: Int
    package var applications: [ApplicationSummary]
    package var environments: [Environment]
    package var nodes: [NodeRow]
    package var expected: NetworkDigests
    package var lastDeployments: [HistoryRow]
    package var findings: [Finding]
    package var at: Timestamp

    /// Live nodes that do not serve what the store says is live.
    package var behind: [ResourceName] {
        nodes.filter { row in
            guard let status = row.status, status.isLive(at: at) else { return false }
            return Network.allCases.contains { network in
                let serves = status.description.map { !$0.addresses(of: network).isEmpty } ?? true
                let wanted = network == .production ? expected.production : expected.lower
                return serves && status.plan(of: network) != wanted
            }
        }.map(\.node.name)
    }
}

extension ControlPlane {
    package func status() throws -> AccountStatus {
        let (plan, findings) = try compile()
        let zones = try zones()
        let nodes = try nodes()
        let certificates = nodes.flatMap { $0.status?.certificateFindings(zones, at: now()) ?? [] }
        return AccountStatus(
            zones: zones.count, applications: try applications(),
            environments: try environments().map(\.environment),
            nodes: nodes, expected: NetworkDigests(plan), lastDeployments: try history(stream: nil, last: 5),
            findings: findings + certificates, at: now())
    }

    /// Nodes that a deployment still waits for: live ones without an acknowledgement.
    package func awaiting(_ deployment: Deployment) throws -> (acknowledged: [ResourceName], missing: [ResourceName]) {
        try store.read { tx in
            let acknowledged = Set(try tx.acknowledgements(of: deployment.id).map(\.node))
            let statuses = try Self.statuses(in: tx)
            let moment = now()
            let live = try tx.nodes().map(\.name).filter { statuses[$0]?.isLive(at: moment) ?? false }
            return (acknowledged.sorted(), live.filter { !acknowledged.contains($0) })
        }
    }
}
