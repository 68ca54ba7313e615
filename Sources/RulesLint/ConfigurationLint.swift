package import EdgeModel
internal import EdgePlan
internal import RulesLanguage
internal import RulesReasoning

/// Looks at a whole configuration: each expression, and rules among each other.
package struct ConfigurationLint {
    /// A rule with its condition, ready to be compared.
    struct Entry {
        var rule: Rule
        var phase: Phase
        /// Index in its phase, from 0.
        var index: Int
        var place: String
        var condition: Expression
        var action: RuleAction?
        /// Values for which the condition holds; nil: none was found.
        var witness: Witness?
    }

    let configuration: Configuration
    /// Names of the hosts that the zone serves; empty: unknown.
    let hosts: [String]
    let label: String
    let now: Int64?
    let lists: KnownLists
    let prover: Prover
    private(set) var entries: [Phase: [Entry]] = [:]
    var findings: [Finding] = []

    /// - Parameters:
    ///   - label: what the places of findings begin with, such as `version shop@3`.
    ///   - hosts: the zone's hosts, `*.` in front for all below; without them nothing is said about redirect loops to
    ///     absolute addresses.
    ///   - now: seconds since 1970, for conditions on the time.
    ///   - lists: what `$name` stands for; proofs take the items of today.
    package static func findings(
        _ configuration: Configuration, label: String, hosts: [String] = [], now: Int64? = nil,
        lists: KnownLists = .none
    ) -> [Finding] {
        var lint = ConfigurationLint(configuration: configuration, hosts: hosts, label: label, now: now, lists: lists)
        lint.run()
        return lint.findings
    }

    private init(configuration: Configuration, hosts: [String], label: String, now: Int64?, lists: KnownLists) {
        self.lists = lists
        prover = Prover(lists: lists.contents)
        self.configuration = configuration
        self.hosts = hosts
        self.label = label
        self.now = now
    }

    private mutating func run() {
        for phase in Phase.allCases {
            read(phase)
            order(phase)
        }
        redirects()
        caches()
        skips()
        origins()
    }

    private mutating func read(_ phase: Phase) {
        var read: [Entry] = []
        for (index, rule) in configuration.rules(in: phase).enumerated() {
            let place = "\(label): rules.\(phase.rawValue)[\(index)]"
            guard rule.enabled else {
                findings.append(
                    LintKind.disabled.finding(
                        at: place, "rule '\(rule.ref)' is disabled", remedy: "enable it, or remove it"))
                continue
            }
            guard let condition = try? Expression(rule.expression) else {
                findings += ExpressionCheck.syntaxFindings(rule.expression, at: place + ".expression")
                continue
            }
            let own = ExpressionLint.findings(
                condition, in: phase, at: place + ".expression", now: now, prover: prover)
            findings += own.map { named($0, rule) }
            findings += ExpressionCheck.listFindings(condition, lists.contents, at: place + ".expression").map {
                named($0, rule)
            }
            let (action, problems) = RuleActionReader.read(rule, in: phase, at: place)
            findings += problems
            if let action { findings += values(action, phase, place).map { named($0, rule) } }
            if case .rateLimit(let limit)? = action { findings += counting(limit, place).map { named($0, rule) } }
            guard !own.contains(where: { $0.code == LintKind.neverMatches.rawValue }) else { continue }
            read.append(
                Entry(
                    rule: rule, phase: phase, index: index, place: place, condition: condition, action: action,
                    witness: prover.example(of: condition)))
        }
        entries[phase] = read
    }

    private func named(_ finding: Finding, _ rule: Rule) -> Finding {
        var named = finding
        named.message = "rule '\(rule.ref)': \(finding.message)"
        return named
    }

    /// Expressions that give targets, paths and header values.
    private func values(_ action: RuleAction, _ phase: Phase, _ place: String) -> [Finding] {
        let sources: [(ValueSource?, String)] =
            switch action {
            case .redirect(let target, _, _): [(target, "from_value.target_url")]
            case .rewriteURI(let path, let query): [(path, "uri.path"), (query, "uri.query")]
            case .rewriteHeaders(let edits): edits.map { ($0.value, "headers.\($0.name)") }
            case .route, .block, .skip, .log, .cache, .rateLimit, .configure: []
            }
        return sources.flatMap { source, name -> [Finding] in
            guard case .expression(let text)? = source else { return [] }
            let at = "\(place).action_parameters.\(name)"
            guard let value = try? Expression(text, mode: .value) else {
                return ExpressionCheck.syntaxFindings(text, mode: .value, at: at)
            }
            return ExpressionLint.findings(value, in: phase, at: at, now: now, prover: prover)
        }
    }

    /// What a rate limit counts; it may ask for the response.
    private func counting(_ limit: RateLimit, _ place: String) -> [Finding] {
        guard let text = limit.counting else { return [] }
        let at = place + ".ratelimit.counting_expression"
        guard let expression = try? Expression(text) else { return ExpressionCheck.syntaxFindings(text, at: at) }
        return ExpressionLint.findings(expression, in: .rateLimit, at: at, now: now, prover: prover).filter {
            $0.code != LintKind.responseField.rawValue
        }
    }

    mutating func report(_ kind: LintKind, _ entry: Entry, _ message: String, remedy: String? = nil) {
        findings.append(kind.finding(at: entry.place, "rule '\(entry.rule.ref)': \(message)", remedy: remedy))
    }
}
