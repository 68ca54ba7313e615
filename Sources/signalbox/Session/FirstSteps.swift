internal import ControlPlane
internal import EdgeModel

/// The way from nothing to a first promotion, as far as it is gone: what tells a newcomer the next command.
struct FirstSteps: Hashable, Sendable {
    struct Application: Hashable, Sendable {
        var name: String
        /// Label of the latest version; nil: there is none.
        var latest: String?
    }

    /// A list that may be empty.
    enum Subject: CaseIterable, Sendable {
        case zones, applications, versions, rules, environments, staging, nodes, history, audit, lists
    }

    /// Name of the first zone.
    var zone: String?
    /// The first application.
    var application: Application?
    var hasRoutingRule = false
    /// Rank 0: where the first version is put; nil when there is production only.
    var lowest: String?
    /// The first staging address of any environment.
    var stagingAddress: String?
    var isServerRunning = false
    /// The first node and whether any was ever seen.
    var node: String?
    /// Where its token was written; nil: nobody knows.
    var tokenFile: String?
    var wasNodeSeen = false
    /// Whether any version is in the lowest environment, and was ever in production.
    var isStaged = false
    var isInProduction = false

    /// The next command; nil when there is nothing left that everybody has to do.
    var next: String? {
        if let command = beforeRules ?? rule { return command }
        // What is live reaches nobody before a server and a node were there.
        if isInProduction { return server ?? nodeToBe }
        return address ?? server ?? nodeToBe ?? staged ?? promoted
    }

    /// The command that makes the first row of a list.
    func command(for subject: Subject) -> String {
        switch subject {
        case .zones: imported
        case .applications, .versions: beforeRules ?? made
        case .rules: beforeRules ?? rule ?? "signalbox rule list"
        case .environments: "signalbox env create qa --rank 0"
        case .staging: address ?? "signalbox env list"
        case .nodes: created
        case .lists: "signalbox list create office --kind ip 192.0.2.0/24"
        case .history, .audit: next ?? "signalbox status"
        }
    }

    /// Whether a command goes on until it is stopped.
    static func isLasting(_ command: String) -> Bool {
        command.hasPrefix("signalbox serve") || command.hasPrefix("signalbox node run")
    }

    // MARK: step by step

    private var imported: String { "signalbox zone example example.com > zone.yaml" }

    private var made: String {
        let zone = zone ?? "example.com"
        // The label before the top-level one is what people call a site.
        let label = zone.split(separator: ".").dropLast().last.map { String($0) } ?? "shop"
        let name = ResourceName(rawValue: label)?.rawValue ?? "shop"
        return "signalbox app create \(name) --zone \(zone)"
    }

    private var beforeRules: String? { zone == nil ? imported : application == nil ? made : nil }

    private var rule: String? {
        guard !hasRoutingRule, let zone, let application else { return nil }
        return "signalbox rule add \(application.name) --if 'cf.zone.name eq \"\(zone)\"' --use \(application.name)"
    }

    private var address: String? {
        guard stagingAddress == nil, let lowest else { return nil }
        return "signalbox env change \(lowest) --staging-address 127.0.0.20"
    }

    private var server: String? { isServerRunning ? nil : "signalbox serve" }

    private var created: String { "signalbox node create node1 --region home --token-file node1.token" }

    private var nodeToBe: String? {
        guard let node else { return created }
        guard !wasNodeSeen else { return nil }
        let staging = stagingAddress.map { " --staging \($0.contains(":") ? "[\($0)]" : $0):8080" } ?? ""
        let token = ShellWord.quoted(tokenFile ?? "\(node).token")
        return "signalbox node run \(node) --token-file \(token) --listen 127.0.0.1:8080\(staging)"
    }

    private var staged: String? {
        guard !isStaged, let lowest, let latest = application?.latest else { return nil }
        return "signalbox env assign \(lowest) \(latest)"
    }

    private var promoted: String? { application.map { "signalbox promote \($0.name)" } }
}

extension FirstSteps {
    init(_ plane: ControlPlane, isServerRunning: Bool) throws {
        zone = try plane.zones().first?.name
        let applications = try plane.applications()
        application = applications.first.map {
            Application(name: $0.application.name.rawValue, latest: $0.latest?.label)
        }
        hasRoutingRule = try !plane.routingRules().isEmpty
        let environments = try plane.environments()
        lowest = environments.first.flatMap { $0.environment.isProduction ? nil : $0.environment.name.rawValue }
        stagingAddress = environments.flatMap(\.environment.stagingAddresses).first
        self.isServerRunning = isServerRunning
        let nodes = try plane.nodes()
        node = nodes.first?.node.name.rawValue
        wasNodeSeen = nodes.contains { $0.status?.lastSeen != nil }
        isStaged = environments.first.map { !$0.assignments.isEmpty } ?? false
        // What was taken back again is no first step any more, and nobody is told to repeat it.
        isInProduction =
            try environments.last.map { last in
                try !last.assignments.isEmpty
                    || plane.history(stream: last.environment.name, last: nil).contains {
                        if case .assignment = $0.deployment.change { true } else { false }
                    }
            } ?? false
    }
}
