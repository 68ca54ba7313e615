import EdgeEngine
import RulesLanguage

/// How often each kind of action, each field and each function held and did not hold, by the engine's own explanation.
struct Coverage {
    struct Count {
        var yes = 0
        var no = 0
        var least: Int { min(yes, no) }
    }

    private(set) var actions: [String: Count] = [:]
    private(set) var fields: [String: Count] = [:]
    private(set) var functions: [String: Count] = [:]
    private(set) var outcomes: [String: Int] = [:]
    private(set) var selectors = Count()

    /// Everything that must have happened often.
    init() {
        for kind in Self.kinds { actions[kind] = Count() }
        for field in Schema.http.fields where field.filledByEdge { fields[field.name] = Count() }
        for function in Schema.http.functions where function.supportedByEdge { functions[function.name] = Count() }
    }

    static let kinds = [
        "redirect fixed", "redirect computed", "redirect with query", "redirect without query", "rewrite path fixed",
        "rewrite path computed", "rewrite query fixed", "rewrite query computed", "set request header fixed",
        "set request header computed", "remove request header", "route host_header", "route origin", "route port",
        "block",
        "block default", "skip current", "skip phases", "log", "cache eligible", "cache edge_ttl", "cache browser_ttl",
        "cache status_code_ttl", "cache serve_stale", "cache cache_key", "cache bypass_by_default",
        "set response header fixed", "set response header computed", "add response header fixed",
        "add response header computed", "remove response header", "limit block", "limit log", "limit by response",
        "limit by other requests", "limit with mitigation", "hotlink protection on", "hotlink protection off",
        "settings without effect",
    ]

    mutating func count(outcome: String) { outcomes[outcome, default: 0] += 1 }

    mutating func count(_ explanation: Explanation, _ rules: RuleIndex) {
        count(outcome: explanation.outcome.kind.rawValue)
        for selector in explanation.selectors {
            guard let holds = selector.holds else { continue }
            if holds { selectors.yes += 1 } else { selectors.no += 1 }
        }
        let configuration = explanation.configurations.last ?? ""
        for step in explanation.phases {
            for rule in step.rules where rule.state != .notEvaluated {
                guard let known = rules["\(configuration) \(rule.ref)"] else { continue }
                for kind in known.kinds { Self.add(Self.acted(rule, kind), to: &actions[kind]) }
                for part in rule.parts {
                    guard let test = known.tests[RuleIndex.Place(start: part.start, end: part.end)] else { continue }
                    for field in test.fields { Self.add(part.truth == .yes, to: &fields[field]) }
                    for function in test.functions { Self.add(part.truth == .yes, to: &functions[function]) }
                }
            }
        }
    }

    /// Limits act when there were too many, protection against hotlinks when it refuses a picture.
    private static func acted(_ rule: Explanation.Rule, _ kind: String) -> Bool {
        if kind.hasPrefix("limit ") {
            return rule.effects.contains { $0 == "logged" || $0.hasPrefix("ends the request") }
        }
        if kind == "hotlink protection on" { return rule.effects.contains { $0.hasPrefix("ends the request") } }
        return rule.state == .matched
    }

    private static func add(_ holds: Bool, to count: inout Count?) {
        var new = count ?? Count()
        if holds { new.yes += 1 } else { new.no += 1 }
        count = new
    }

    /// What held or failed to hold less often than asked for.
    func short(of least: Int) -> [String] {
        (actions.map { ("action \($0.key)", $0.value) } + fields.map { ("field \($0.key)", $0.value) }
            + functions.map { ("function \($0.key)", $0.value) })
            .filter { $0.1.least < least }.map { "\($0.0): \($0.1.yes) matching, \($0.1.no) not" }.sorted()
    }

    var table: String {
        func lines(_ title: String, _ counts: [String: Count]) -> [String] {
            [title]
                + counts.sorted { $0.key < $1.key }.map { name, count in
                    "  \(name)\(String(repeating: " ", count: max(1, 46 - name.utf8.count)))\(count.yes) matching, \(count.no) not"
                }
        }
        let all = lines("actions", actions) + lines("fields", fields) + lines("functions in conditions", functions)
        let ends = outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return (all + ["selectors: \(selectors.yes) matching, \(selectors.no) not", "outcomes: \(ends)"]).joined(
            separator: "\n")
    }
}
