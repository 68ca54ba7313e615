internal import TerminalUI

extension Place {
    /// The list that shows it; nil: it is shown as text.
    var screen: (any ListScreen.Type)? {
        switch self {
        case .applications: ApplicationsScreen.self
        case .versions: VersionsScreen.self
        case .version, .zone: ConfigurationScreen.self
        case .routing: RoutingScreen.self
        case .effective: EffectiveScreen.self
        case .environments: EnvironmentsScreen.self
        case .staging: StagingScreen.self
        case .zones: ZonesScreen.self
        case .deployments: DeploymentsScreen.self
        case .nodes: NodesScreen.self
        case .audit: AuditScreen.self
        case .findings: FindingsScreen.self
        case .operations: OperationsScreen.self
        case .traffic: TrafficScreen.self
        case .lists: NamedListsScreen.self
        case .list: NamedListScreen.self
        case .failing: FailingScreen.self
        case .events: EventsScreen.self
        case .difference, .deployment, .node: nil
        }
    }

    /// Whether it shows something that is not in the picture.
    var needsContent: Bool {
        switch self {
        case .version, .zone, .difference, .lists, .list: true
        default: false
        }
    }
}
