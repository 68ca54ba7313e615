package import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// A list that stands alone, as a row of the table: the word that leads to it, its keys, its screen.
///
/// Another list is a file with its ``ListScreen`` and a row here: keys, help, `:`, `--at`, completion and breadcrumbs
/// follow. One whose rows are not in the ``Picture`` says how they are read; one beside the edge has ``Place/added(_:item:)``
/// as its place.
struct ScreenRow: Sendable {
    /// What `:` and `--at` take.
    let word: String
    let keys: String
    let title: TerminalText
    let place: Place
    let screen: any ListScreen.Type
    /// What the command line and other tools call it.
    var synonyms: [String] = []
    /// The screen of one of its items, for ``Place/added(_:item:)``.
    var inner: (any ListScreen.Type)?
    /// What one of its items says, in place of a screen of its own.
    var facts: (@Sendable (ScreenContext) -> [(TerminalText, StyledLine)])?
    /// Reads what is shown when somebody looks; nil: the picture has it.
    var read: (@Sendable (ControlPlane, Place) throws -> Content)?
}

enum ScreenTable {
    static let rows: [ScreenRow] = [
        ScreenRow(
            word: "applications", keys: "g a", title: "applications", place: .applications,
            screen: ApplicationsScreen.self, synonyms: ["apps", "app", "status"]),
        ScreenRow(
            word: "routing", keys: "g r", title: "routing rules", place: .routing, screen: RoutingScreen.self,
            synonyms: ["rule", "rules"]),
        ScreenRow(
            word: "effective", keys: "g e", title: "effective rules", place: .effective(nil),
            screen: EffectiveScreen.self),
        ScreenRow(
            word: "environments", keys: "g v", title: "environments", place: .environments,
            screen: EnvironmentsScreen.self, synonyms: ["env", "envs"]),
        ScreenRow(
            word: "staging", keys: "g i", title: "staging addresses", place: .staging, screen: StagingScreen.self),
        ScreenRow(
            word: "zones", keys: "g z", title: "zones", place: .zones, screen: ZonesScreen.self, synonyms: ["zone"]),
        ScreenRow(
            word: "map", keys: "g m", title: "map of it all", place: .map,
            screen: MapScreen.self, synonyms: ["tree"]),
        ScreenRow(
            word: "deployments", keys: "g d", title: "deployments", place: .deployments(nil),
            screen: DeploymentsScreen.self, synonyms: ["history"]),
        ScreenRow(
            word: "nodes", keys: "g n", title: "nodes", place: .nodes, screen: NodesScreen.self,
            synonyms: ["node", "fleet"]),
        ScreenRow(word: "audit", keys: "g u", title: "audit", place: .audit, screen: AuditScreen.self),
        ScreenRow(word: "findings", keys: "g f", title: "findings", place: .findings, screen: FindingsScreen.self),
        ScreenRow(word: "traffic", keys: "g t", title: "traffic", place: .traffic, screen: TrafficScreen.self),
        ScreenRow(
            word: "failing", keys: "g x", title: "failing requests", place: .failing, screen: FailingScreen.self),
        ScreenRow(word: "events", keys: "g l", title: "events", place: .events, screen: EventsScreen.self),
        ScreenRow(
            word: "lists", keys: "g s", title: "named lists", place: .lists, screen: NamedListsScreen.self,
            synonyms: ["list"], read: { plane, _ in .lists(try plane.lists()) }),
        ScreenRow(
            word: MailRulesScreen.word, keys: "g M", title: "email domains",
            place: .added(MailRulesScreen.word, item: nil), screen: MailDomainsScreen.self, synonyms: ["mail"],
            inner: MailRulesScreen.self, read: MailPicture.read),
        ScreenRow(
            word: "destinations", keys: "g D", title: "email destinations",
            place: .added("destinations", item: nil), screen: MailDestinationsScreen.self,
            synonyms: ["destination"], read: MailPicture.read),
        ScreenRow(
            word: MailActivityScreen.word, keys: "g A", title: "email activity",
            place: .added(MailActivityScreen.word, item: nil), screen: MailActivityScreen.self,
            facts: MailMessageFacts.facts, read: MailPicture.read),
        ScreenRow(
            word: "workers", keys: "g W", title: "email workers", place: .added("workers", item: nil),
            screen: MailWorkersScreen.self, synonyms: ["worker"], read: MailPicture.read),
        ScreenRow(
            word: "images", keys: "g p", title: "migrations of images", place: .added("images", item: nil),
            screen: ImageRunsScreen.self, synonyms: ["migrations"], inner: ImageRunScreen.self,
            read: { .added(try ImagesContent.read($0, $1)) }),
        ScreenRow(
            word: "sources", keys: "g o", title: "sources of images", place: .added("sources", item: nil),
            screen: ImageStoresScreen.self, synonyms: ["source"], inner: ImageRunsScreen.self,
            read: { .added(try ImagesContent.read($0, $1)) }),
        ScreenRow(
            word: "targets", keys: "g w", title: "targets for images", place: .added("targets", item: nil),
            screen: ImageStoresScreen.self, synonyms: ["target"], inner: ImageRunsScreen.self,
            read: { .added(try ImagesContent.read($0, $1)) }),
        ScreenRow(
            word: "operations", keys: "@", title: "what I did", place: .operations, screen: OperationsScreen.self,
            synonyms: ["log"]),
    ]

    static func row(_ word: String) -> ScreenRow? { rows.first { $0.word == word } }

    static func row(of place: Place) -> ScreenRow? {
        if case .added(let word, _) = place { return row(word) }
        return rows.first { $0.place == place }
    }

    /// A list by its word or by what others call it.
    static func named(_ word: String) -> ScreenRow? {
        row(word) ?? rows.first { $0.synonyms.contains(word) }
    }
}

extension Place {
    /// The list that shows it; nil: it is shown as text.
    var screen: (any ListScreen.Type)? {
        switch self {
        case .versions: VersionsScreen.self
        case .version, .zone: ConfigurationScreen.self
        case .effective: EffectiveScreen.self
        case .deployments, .history: DeploymentsScreen.self
        case .list: NamedListScreen.self
        case .added(let word, .some): ScreenTable.row(word)?.inner
        case .difference, .deployment, .node: nil
        default: ScreenTable.row(of: self)?.screen
        }
    }

    /// Whether it shows something that is not in the picture.
    var needsContent: Bool {
        switch self {
        case .version, .zone, .difference, .list: true
        default: ScreenTable.row(of: self)?.read != nil
        }
    }

    /// Whether it holds sentences, addresses of requests, differences: what is read and not only counted.
    var isText: Bool {
        switch self {
        case .audit, .events, .failing, .findings, .difference, .staging, .operations: true
        default: false
        }
    }

    /// Whether the newest come first, so that one may stay with them.
    var isTail: Bool {
        switch self {
        case .events, .failing, .audit, .deployments, .history, .operations, .added(MailActivityScreen.word, nil): true
        default: false
        }
    }

    /// What places of its kind have in common, such as the columns that are shown; a word without blanks.
    var kind: String {
        switch self {
        case .versions: "versions"
        case .version, .zone: "configuration"
        case .effective: "effective"
        case .deployments, .history: "deployments"
        case .list: "list"
        case .added(let word, .some): word + "-item"
        default: path
        }
    }

    /// Reads what is not in the picture.
    package func content(_ plane: ControlPlane) throws -> Content {
        switch self {
        case .version(let name, let number):
            let version = try plane.resolve(VersionReference(application: name, selector: .number(number)))
            return .configuration(try plane.configuration(of: version), version)
        case .zone(let name): return .configuration(try plane.zone(named: name).content.configuration, nil)
        case .list(let name): return .lists([try plane.list(named: name)])
        case .difference(let left, let right):
            return .difference(
                try plane.diff(
                    VersionReference(application: left.application, selector: .number(left.number)),
                    VersionReference(application: right.application, selector: .number(right.number))))
        default:
            guard let read = ScreenTable.row(of: self)?.read else {
                throw Problem(at: path, "there is nothing to read")
            }
            return try read(plane, self)
        }
    }
}
