import EdgeModel
import EdgePlan
import RulesLanguage

/// The rules of a snapshot by configuration and name, with the places of the tests within their text.
struct RuleIndex {
    struct Place: Hashable {
        var start: Int
        var end: Int
    }

    struct Test {
        var fields: [String]
        var functions: [String]
    }

    struct Entry {
        var rule: Rule
        var kinds: [String]
        var tests: [Place: Test]
    }

    private var entries: [String: Entry] = [:]

    init(_ snapshot: EdgeSnapshot) throws {
        for content in snapshot.zones.map(\.content) + snapshot.versions.values {
            for phase in Phase.allCases {
                for rule in content.configuration.rules(in: phase) where rule.enabled {
                    entries["\(snapshot.account):\(content.id) \(rule.ref)"] = Entry(
                        rule: rule, kinds: Self.kinds(rule, phase), tests: try Self.tests(rule.expression))
                }
            }
        }
    }

    subscript(name: String) -> Entry? { entries[name] }

    private static func tests(_ text: String) throws -> [Place: Test] {
        var tests: [Place: Test] = [:]
        func add(_ node: RulesLanguage.Node, at span: ByteSpan) {
            var fields: Set<String> = []
            var functions: Set<String> = []
            node.visit { part in
                if case .field(let id) = part.kind, let field = Schema.http.field(id) { fields.insert(field.name) }
                if case .call(let id, _) = part.kind, let function = Schema.http.function(id) {
                    functions.insert(function.name)
                }
            }
            tests[Place(start: Int(span.start), end: Int(span.end))] = Test(
                fields: fields.sorted(), functions: functions.sorted())
        }
        func walk(_ node: RulesLanguage.Node) {
            switch node.kind {
            case .combining(_, let parts): parts.forEach(walk)
            case .not(let inner):
                // A field that is always the same is used with `not` as well; that is a test of its own.
                if case .test = inner.kind { add(node, at: node.span) }
                walk(inner)
            case .test, .quantified: add(node, at: node.span)
            default: break
            }
        }
        walk(try Expression(text).root)
        return tests
    }

    private static func kinds(_ rule: Rule, _ phase: Phase) -> [String] {
        guard let action = RuleActionReader.read(rule, in: phase, at: "").0 else { return [] }
        func word(_ source: ValueSource?) -> String {
            if case .expression? = source { "computed" } else { "fixed" }
        }
        switch action {
        case .redirect(let target, _, let preserves):
            return ["redirect \(word(target))", "redirect \(preserves ? "with" : "without") query"]
        case .rewriteURI(let path, let query):
            return [path.map { "rewrite path \(word($0))" }, query.map { "rewrite query \(word($0))" }].compactMap {
                $0
            }
        case .rewriteHeaders(let edits):
            let side = phase.isResponse ? "response" : "request"
            return Set(
                edits.map { edit in
                    edit.operation == .remove
                        ? "remove \(side) header" : "\(edit.operation.rawValue) \(side) header \(word(edit.value))"
                }
            ).sorted()
        case .route(let host, let origin, let port, _):
            return [
                host.map { _ in "route host_header" }, origin.map { _ in "route origin" },
                port.map { _ in "route port" },
            ]
            .compactMap { $0 }
        case .block: return [rule.parameters == nil ? "block default" : "block"]
        case .skip(let rest, let phases):
            return (rest ? ["skip current"] : []) + (phases.isEmpty ? [] : ["skip phases"])
        case .log: return ["log"]
        case .cache(let settings):
            let byStatus = settings.edgeTTL.map { $0.byStatus.isEmpty ? [] : ["cache status_code_ttl"] } ?? []
            let byDefault =
                settings.edgeTTL?.seconds == CacheSettingPlan.asOriginOrNone ? ["cache bypass_by_default"] : []
            return settings.names.sorted().map { $0 == "cache" ? "cache eligible" : "cache \($0)" } + byStatus
                + byDefault
        // Whether they did something is another question than whether their conditions held.
        case .rateLimit(let limit):
            var kinds = [limit.answer == nil ? "limit log" : "limit block"]
            if let counting = limit.counting {
                kinds.append("limit by \(ExpressionCheck.readsResponse(counting) ? "response" : "other requests")")
            }
            if limit.mitigation > 0 { kinds.append("limit with mitigation") }
            return kinds
        case .configure(let settings):
            return [
                settings.hotlinkProtection.map { "hotlink protection \($0 ? "on" : "off")" }
                    ?? "settings without effect"
            ]
        }
    }
}
