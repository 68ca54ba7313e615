import EdgeModel
import EdgePlan

final class MemoryTransaction: StoreWriting {
    var state: MemoryState
    private(set) var wrote = false

    init(_ state: MemoryState) { self.state = state }

    /// One resource's changes: all or none.
    func change(_ place: String, _ body: (inout MemoryState) throws -> Void) throws {
        var changed = state
        try body(&changed)
        state = changed
        wrote = true
    }

    func revision() -> Int { state.revision }
    func account() -> AccountID { state.account }
    func zones() -> [Zone] { state.zones.values.sorted { $0.name < $1.name } }
    func zone(named name: String) -> Zone? { state.zones[name] }
    func configuration(_ id: ConfigurationID) -> String? { state.configurations[id] }
    func applications() -> [HTTPApplication] { state.applications.values.sorted { $0.name < $1.name } }
    func application(named name: ResourceName) -> HTTPApplication? { state.applications[name] }

    func versions(of application: ResourceName) -> [Version] {
        (state.versions[application] ?? [:]).values.sorted { $0.number < $1.number }
    }

    func version(_ number: Int, of application: ResourceName) -> Version? { state.versions[application]?[number] }
    func routingRules() -> [RoutingRule] { state.rules }

    func environments() -> [Environment] {
        state.environments.values.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }
    }

    func assignments() -> [Assignment] {
        let ranked = state.assignments.map { key, version in
            (
                rank: state.environments[key.environment]?.rank ?? 0,
                value: Assignment(application: key.application, environment: key.environment, version: version)
            )
        }
        return ranked.sorted {
            ($0.value.application, $0.rank, $0.value.environment)
                < ($1.value.application, $1.rank, $1.value.environment)
        }.map(\.value)
    }

    func deployments(stream: ResourceName?, last: Int?) -> [Deployment] {
        let entries = state.deployments.filter { stream == nil || $0.stream == stream }
        return last.map { Array(entries.suffix(max(0, $0))) } ?? entries
    }

    func deployment(_ id: Int) -> Deployment? { state.deployments.first { $0.id == id } }

    func acknowledgements(of deployment: Int) -> [Acknowledgement] {
        (state.acknowledgements[deployment] ?? [:])
            .map { Acknowledgement(deployment: deployment, node: $0.key, at: $0.value) }
            .sorted { $0.node < $1.node }
    }

    func auditEntries(last: Int?) -> [AuditEntry] {
        last.map { Array(state.audit.suffix(max(0, $0))) } ?? state.audit
    }

    func nodes() -> [Node] { state.nodes.values.sorted { $0.name < $1.name } }
    func node(named name: ResourceName) -> Node? { state.nodes[name] }
    func nodeStatuses() -> [ResourceName: String] { state.statuses }
    func settings() -> [String: String] { state.settings }

    func refuse(_ place: String, _ why: String) -> StoreError {
        StoreError(.refused, at: place, why, remedy: "Nothing was changed; look at the resource and repeat.")
    }
}
