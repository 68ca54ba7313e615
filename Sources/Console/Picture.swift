package import ControlPlane
package import EdgeModel
internal import ImageSourcing

/// What the console shows of the state as lists, read at one moment: what every screen has, and the parts that the open
/// screens need.
///
/// Contents of versions and zones are not in it: they are read when somebody looks at one.
package struct Picture: Sendable {
    /// Lists that only some screens show, and that cost more than they are worth elsewhere.
    package enum Part: Hashable, Sendable {
        case effective, staging, audit
        /// All events; else there are as many as fit beside a list.
        case allEvents
    }

    package var status: AccountStatus
    /// By application, newest first.
    package var versions: [ResourceName: [VersionSummary]]
    package var zones: [Zone]
    package var routing: [RoutingRule]
    package var effective: [EffectiveRule]
    /// By rank, lowest first.
    package var environments: [EnvironmentSummary]
    package var staging: [StagingAddress]
    /// Newest first, at most `longest`.
    package var deployments: [HistoryRow]
    package var audit: [AuditEntry]
    /// What was done and what happened at nodes, newest first.
    package var events: [ActivityEvent]
    package var mail: MailHealth
    /// Words of screens that have something to show in a state without zones.
    package var beside: [String]
    /// What is in it beside what always is.
    package var parts: Set<Part>
    private var mark: Mark
    private var compiled: CompiledAccount

    /// By what one knows that nothing was written since.
    private struct Mark: Hashable, Sendable {
        var revision: Int
        var note: FleetNote?
        /// Decisions alone: nodes that report do not count. Its head tells this state from any other.
        var mutation: JournalPosition?
        var mail: MailHealth
    }

    /// Entries of journals that are shown; the command line shows all.
    package static let longest = 1_000
    /// Events that fit beside a list, those left out that nobody acts on.
    private static let eventsBeside = 200

    /// Of one transaction.
    ///
    /// - Parameter old: what is known; as far as nothing was decided since, it is taken from there.
    /// - Returns: nil when it would be the same.
    package static func read(_ plane: ControlPlane, _ parts: Set<Part> = [], after old: Picture? = nil) throws
        -> Picture?
    {
        let note = try plane.lastNote()
        let mail = try MailHealth.read(plane)
        let events = parts.contains(.allEvents) ? longest : eventsBeside
        return try plane.atOneMoment(notes: events) { plane in
            let mark = Mark(
                revision: try plane.revision(), note: note, mutation: try plane.journalPosition(), mail: mail)
            if let old, old.mark == mark, parts.isSubset(of: old.parts) { return nil }
            let same = old.flatMap { $0.mark.mutation == mark.mutation ? $0 : nil }
            /// Read, unless it is known or nobody looks at it.
            func part<T>(_ part: Part, _ path: KeyPath<Picture, [T]>, _ read: () throws -> [T]) throws -> [T] {
                guard parts.contains(part) else { return [] }
                if let same, same.parts.contains(part) { return same[keyPath: path] }
                return try read()
            }
            let compiled = try same?.compiled ?? plane.compiledAccount()
            var status = try plane.status(compiled)
            status.findings += mail.findings
            let zones = try same?.zones ?? plane.zones()
            return Picture(
                status: status, versions: try same?.versions ?? versions(status, plane),
                zones: zones, routing: try same?.routing ?? plane.routingRules(),
                effective: try part(.effective, \.effective) { try plane.effectiveRules() },
                environments: try same?.environments ?? plane.environments(),
                staging: try part(.staging, \.staging) { try plane.stagingAddresses() },
                // With their acknowledgements, which are no mutations.
                deployments: try plane.history(stream: nil, last: longest).reversed(),
                audit: try part(.audit, \.audit) { try plane.auditEntries(last: longest).reversed() },
                events: try plane.events(last: events), mail: mail,
                beside: zones.isEmpty ? try mail.lists + imageLists(plane) : [], parts: parts, mark: mark,
                compiled: compiled)
        }
    }

    private static func imageLists(_ plane: ControlPlane) throws -> [String] {
        let sources = try plane.imageStores(.source).isEmpty ? [] : ["sources"]
        return try sources + (plane.imageStores(.target).isEmpty ? [] : ["targets"])
    }

    private static func versions(_ status: AccountStatus, _ plane: ControlPlane) throws -> [ResourceName:
        [VersionSummary]]
    {
        var versions: [ResourceName: [VersionSummary]] = [:]
        for summary in status.applications {
            let name = summary.application.name
            versions[name] = try plane.versions(of: name).reversed()
        }
        return versions
    }

    /// Another with every decision: what was shown before it may not hold any more.
    var mutation: JournalPosition? { mark.mutation }
}

extension Place {
    /// What its screen needs of a picture.
    var parts: Set<Picture.Part> {
        switch self {
        case .effective: [.effective]
        case .staging, .versions, .version, .difference: [.staging]
        case .audit: [.audit]
        case .events: [.allEvents]
        default: []
        }
    }

    /// False where it would be an empty list of something that is not there; what is read when it is opened says so itself.
    func mayBe(in picture: Picture) -> Bool {
        switch self {
        case .versions(let name), .history(let name): picture.summary(of: name) != nil
        case .effective(let name?): picture.environments.contains { $0.environment.name == name }
        case .node(let name): picture.status.nodes.contains { $0.node.name == name }
        default: true
        }
    }

    /// Whether it shows what happened to mail, which is no change of the state.
    var showsMail: Bool {
        guard case .added(let word, _) = self else { return false }
        return [MailRulesScreen.word, "destinations", MailActivityScreen.word, "workers"].contains(word)
    }

    /// Whether it shows how long ago a node was last heard of.
    var showsNodes: Bool {
        switch self {
        case .nodes, .node: true
        default: false
        }
    }
}

extension Picture {
    package func summary(of application: ResourceName) -> ApplicationSummary? {
        status.applications.first { $0.application.name == application }
    }

    /// What an environment serves of an application by an assignment of its own.
    package func served(_ application: ResourceName, in environment: ResourceName) -> Int? {
        summary(of: application)?.assignments.first { $0.environment == environment }?.version
    }

    /// Environments one rank below and above.
    package func neighbours(of environment: ResourceName) -> (below: ResourceName?, above: ResourceName?) {
        let names = environments.map(\.environment.name)
        guard let index = names.firstIndex(of: environment) else { return (nil, nil) }
        return (index > 0 ? names[index - 1] : nil, index + 1 < names.count ? names[index + 1] : nil)
    }

    package var highest: ResourceName? { environments.last?.environment.name }
    package var lowest: ResourceName? { environments.first?.environment.name }

    /// Changes of an application in an environment, newest first.
    package func deployments(of application: ResourceName, in environment: ResourceName) -> [HistoryRow] {
        deployments.filter { row in
            if case .assignment(application, environment, _, _) = row.deployment.change { return true }
            return false
        }
    }
}
