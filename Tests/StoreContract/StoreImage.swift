package import EdgeModel
package import EdgePlan

/// All that a store holds, for comparing.
package struct StoreImage: Hashable, Sendable {
    package var revision: Int
    package var zones: [Zone]
    package var applications: [HTTPApplication]
    package var versions: [Version]
    package var configurations: [ConfigurationID: String]
    package var rules: [RoutingRule]
    package var environments: [Environment]
    package var assignments: [Assignment]
    package var deployments: [Deployment]
    package var acknowledgements: [Acknowledgement]
    package var audit: [AuditEntry]
    package var nodes: [Node]
    package var statuses: [ResourceName: String]
    package var settings: [String: String]
    package var lists: [NamedList]
    package var items: [ListName: [ListItem]]

    package init(of store: any ConfigurationStore) throws { self = try store.read(Self.init) }

    package init(_ tx: any StoreReading) throws {
        revision = try tx.revision()
        zones = try tx.zones()
        applications = try tx.applications()
        versions = try applications.flatMap { try tx.versions(of: $0.name) }
        configurations = [:]
        for id in zones.map(\.id) + versions.map(\.id) { configurations[id] = try tx.configuration(id) }
        rules = try tx.routingRules()
        environments = try tx.environments()
        assignments = try tx.assignments()
        deployments = try tx.deployments(stream: nil, last: nil)
        acknowledgements = try deployments.flatMap { try tx.acknowledgements(of: $0.id) }
        audit = try tx.auditEntries(last: nil)
        nodes = try tx.nodes()
        statuses = try tx.nodeStatuses()
        settings = try tx.settings()
        lists = try tx.lists()
        items = [:]
        for list in lists { items[list.name] = try tx.items(of: list.name) }
    }
}
