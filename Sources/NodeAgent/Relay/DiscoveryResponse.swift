internal import EdgeModel
internal import FoundationEssentials

/// An answer of `serve` as Envoy gets it, byte for byte, and its version.
struct DiscoveryResponse: Hashable, Sendable {
    let version: String
    let body: [UInt8]
    /// The place in `serve`'s journal that it stands for; nil: not told.
    let journal: JournalPosition?

    init(version: String, body: [UInt8], journal: JournalPosition? = nil) {
        self.version = version
        self.body = body
        self.journal = journal
    }

    /// - Returns: nil when the body is no JSON object with a version.
    init?(body: [UInt8], journal: JournalPosition? = nil) {
        let name = "version_info"
        guard let member = JSONScan.members(of: body, until: name)?.last, member.key == Array(name.utf8),
            let version = try? JSONDecoder().decode(String.self, from: Data(body[member.value])), !version.isEmpty
        else { return nil }
        self.init(version: version, body: body, journal: journal)
    }

    /// What the listeners or scopes in an answer lead to.
    struct References: Sendable {
        /// Names of the route tables that are fetched; sorted, each once.
        var routes: [String]
        /// Whether route tables are chosen by scopes that are fetched.
        var scopes: Bool
    }

    /// Reads the whole body: not for every request.
    var references: References {
        let tree = try? JSONDecoder().decode(Tree.self, from: Data(body))
        var names: Set<String> = []
        tree?.collect(into: &names)
        return References(routes: names.sorted(), scopes: tree?.has("scoped_rds") ?? false)
    }

    /// JSON reduced to what can lead to a listener's `rds.route_config_name` or a scope's `route_configuration_name`.
    private indirect enum Tree: Decodable {
        case object([String: Tree])
        case array([Tree])
        case string(String)
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .string(text)
            } else if let fields = try? container.decode([String: Tree].self) {
                self = .object(fields)
            } else if let items = try? container.decode([Tree].self) {
                self = .array(items)
            } else {
                self = .other
            }
        }

        func collect(into names: inout Set<String>) {
            switch self {
            case .object(let fields):
                if case .object(let rds) = fields["rds"], case .string(let name) = rds["route_config_name"] {
                    names.insert(name)
                }
                if case .string(let name) = fields["route_configuration_name"] { names.insert(name) }
                for field in fields.values { field.collect(into: &names) }
            case .array(let items): for item in items { item.collect(into: &names) }
            case .string, .other: break
            }
        }

        func has(_ key: String) -> Bool {
            switch self {
            case .object(let fields): fields[key] != nil || fields.values.contains { $0.has(key) }
            case .array(let items): items.contains { $0.has(key) }
            case .string, .other: false
            }
        }
    }
}
