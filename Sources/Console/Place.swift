package import EdgeModel

/// Where the console is: what its table or text shows. A place has a path, which `--at` takes and `Y l` copies.
package enum Place: Hashable, Sendable {
    case applications
    case versions(ResourceName)
    /// Rules of a version by phase.
    case version(ResourceName, Int)
    /// From the left version to the right one.
    case difference(VersionLabel, VersionLabel)
    case routing
    /// What the edge evaluates, in order; nil: in all environments.
    case effective(ResourceName?)
    case environments
    case staging
    case zones
    case zone(String)
    /// Changes of what is served; nil: of all streams.
    case deployments(ResourceName?)
    case deployment(Int)
    /// Changes of one application.
    case history(ResourceName)
    case nodes
    case node(ResourceName)
    case audit
    case findings
    /// Named lists of the account, and the items of one.
    case lists
    case list(ListName)
    /// Who is asked how much, and how it is answered: versions, zones, nodes, origins.
    case traffic
    /// Requests that failed lately.
    case failing
    case events
    /// What this console did.
    case operations
    /// Zones, applications and versions as a tree.
    case map
    /// A list of another domain, or one of its items: by its word in the table of screens.
    case added(String, item: String?)

    package struct VersionLabel: Hashable, Sendable, CustomStringConvertible {
        package var application: ResourceName
        package var number: Int
        package init(_ application: ResourceName, _ number: Int) {
            self.application = application
            self.number = number
        }
        package var description: String { "\(application)@\(number)" }

        init?(_ text: Substring) {
            guard let reference = VersionReference(String(text)), case .number(let number) = reference.selector else {
                return nil
            }
            self.init(reference.application, number)
        }
    }

    // MARK: paths

    /// `applications/shop/versions/3`; reads back as the same place.
    package var path: String {
        switch self {
        case .versions(let application): "applications/\(application)/versions"
        case .version(let application, let number): "applications/\(application)/versions/\(number)"
        case .difference(let left, let right): "diff/\(left)/\(right)"
        case .effective(let environment?): "effective/\(environment)"
        case .zone(let name): "zones/\(name)"
        case .deployments(let stream?): "deployments/\(stream)"
        case .deployment(let id): "deployments/\(id)"
        case .node(let name): "nodes/\(name)"
        case .list(let name): "lists/\(name)"
        case .history(let application): "applications/\(application)/history"
        case .added(let word, let item?): "\(word)/\(item)"
        default: ScreenTable.row(of: self)?.word ?? "applications"
        }
    }

    /// Reads a path as people write it: `shop`, `shop/versions`, `production/shop/versions`, `apps/shop/3`, `shop@3`,
    /// `nodes/fra1`, `deployments/12`.
    ///
    /// - Parameters:
    ///   - environments: a first part of such a name is the environment that is meant, and nothing else.
    ///   - applications: words without a list before them are names of these.
    /// - Returns: nil when the path leads nowhere.
    package static func read(
        _ path: String, environments: [ResourceName] = [], applications: [ResourceName] = []
    ) -> (place: Place, environment: ResourceName?)? {
        var parts = path.split(separator: "/")
        var environment: ResourceName?
        if let first = parts.first, let name = ResourceName(rawValue: String(first)), environments.contains(name) {
            environment = name
            parts.removeFirst()
        }
        guard let first = parts.first else { return environment.map { (.applications, $0) } }
        let rest = parts.dropFirst()
        if let row = ScreenTable.named(first.lowercased()) { return inside(row.place, rest).map { ($0, environment) } }
        if first.lowercased() == "diff", rest.count == 2, let left = VersionLabel(rest[1]),
            let right = VersionLabel(rest[2])
        {
            return (.difference(left, right), environment)
        }
        if let label = VersionLabel(first), rest.isEmpty {
            return (.version(label.application, label.number), environment)
        }
        guard let name = ResourceName(rawValue: String(first)), applications.contains(name) else { return nil }
        return inside(.applications, parts[...]).map { ($0, environment) }
    }

    private static func inside(_ root: Place, _ rest: ArraySlice<Substring>) -> Place? {
        guard let first = rest.first else { return root }
        let name = ResourceName(rawValue: String(first))
        switch (root, rest.count) {
        case (.applications, _):
            guard let name else { return nil }
            var tail = rest.dropFirst()
            if tail.first == "history", tail.count == 1 { return .history(name) }
            if tail.first == "versions" { tail = tail.dropFirst() }
            guard let number = tail.first else { return .versions(name) }
            guard tail.count == 1, let number = Int(number), number > 0 else { return nil }
            return .version(name, number)
        case (.effective, 1): return name.map { .effective($0) }
        case (.zones, 1): return .zone(String(first))
        case (.deployments, 1):
            if let id = Int(first) { return id > 0 ? .deployment(id) : nil }
            return name.map { .deployments($0) }
        case (.nodes, 1): return name.map { .node($0) }
        case (.added(let word, nil), _) where ScreenTable.row(word).map({ $0.inner != nil || $0.facts != nil }) ?? false:
            return .added(word, item: rest.joined(separator: "/"))
        case (.lists, 1): return ListName(rawValue: String(first)).map { .list($0) }
        default: return nil
        }
    }

    // MARK: crumbs

    /// The lists on the way to the place, outermost first, the place itself last.
    package var trail: [(title: String, place: Place)] {
        switch self {
        case .versions(let application): Place.applications.trail + [("\(application)", self)]
        case .version(let application, let number): Place.versions(application).trail + [("@\(number)", self)]
        case .difference(let left, let right):
            left.application == right.application
                ? Place.versions(left.application).trail + [("@\(left.number) → @\(right.number)", self)]
                : Place.applications.trail + [("\(left) → \(right)", self)]
        case .effective(let environment?): Place.effective(nil).trail + [("\(environment)", self)]
        case .zone(let name): Place.zones.trail + [(name, self)]
        case .deployments(let stream?): Place.deployments(nil).trail + [("\(stream)", self)]
        case .deployment(let id): Place.deployments(nil).trail + [("\(id)", self)]
        case .node(let name): Place.nodes.trail + [("\(name)", self)]
        case .list(let name): Place.lists.trail + [("\(name)", self)]
        case .history(let application): Place.versions(application).trail + [("history", self)]
        case .added(let word, let item?): Place.added(word, item: nil).trail + [(item, self)]
        default: [(path, self)]
        }
    }
}
