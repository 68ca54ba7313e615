internal import EdgeModel
internal import EdgePlan

/// Rules of rulesets: as they are where the edge carries them out, changed where the difference can be told in a
/// sentence, kept disabled or left out otherwise.
extension ImportRun {
    mutating func importRulesets() {
        var catalogue: [String: Int] = [:]
        for ruleset in export.list(.ruleset) {
            let phase = ruleset.value.text("phase") ?? "?"
            let kind = ruleset.value.text("kind") ?? "zone"
            guard let rules = ruleset.value.list("rules") else {
                if kind == "zone" {
                    var item = ImportItem(.ruleset, ruleset.value.text("id") ?? phase, at: phase)
                    item.refuse(
                        "its rules are not in the export",
                        do: "export it by itself: GET /zones/ZONE/rulesets/phases/\(phase)/entrypoint")
                    item.source = ruleset.value
                    report.items.append(item)
                } else {
                    catalogue[kind, default: 0] += 1
                }
                continue
            }
            for (index, rule) in rules.enumerated() {
                importRule(rule, phase: phase, kind: kind, at: "\(phase)[\(index)]")
            }
        }
        for (kind, count) in catalogue.sorted(by: { $0.key < $1.key }) {
            report.notes.append(
                "\(count) \(kind) ruleset\(count == 1 ? "" : "s") only listed, without rules: not imported")
        }
    }

    /// Members of a rule that tell of it and say nothing of what it does.
    private static let metadata: Set<String> = [
        "id", "ref", "version", "last_updated", "modified_on", "categories", "logging", "action", "action_parameters",
        "expression", "description", "enabled", "ratelimit",
    ]

    private mutating func importRule(_ source: DocumentValue, phase name: String, kind: String, at place: String) {
        let value = source.withoutNulls
        let wanted = value.text("ref").flatMap { $0.isEmpty ? nil : $0 } ?? value.text("id")
        let title = wanted ?? value.text("description").flatMap { $0.isEmpty ? nil : $0 } ?? place
        var item = ImportItem(.rule, title, at: place)
        defer { report.items.append(item) }
        guard kind == "zone", let phase = Phase(rawValue: name) else {
            item.source = source
            if kind == "zone" {
                let (why, remedy) = PhaseAdvice.of(name)
                return item.refuse(why, do: remedy)
            }
            return item.refuse("it belongs to a \(kind) ruleset, which rules of the zone would have to execute")
        }
        guard let action = value.text("action"), let expression = value.text("expression") else {
            item.source = source
            return item.refuse("it has no \(value.text("action") == nil ? "action" : "expression")")
        }
        var parameters = value["action_parameters"]
        let limit = value["ratelimit"]
        if parameters?.asMembers?.isEmpty == true { parameters = nil }
        let ref = claimRef(wanted ?? value.text("description").flatMap { ImportName.ref($0) } ?? "\(name)-rule")
        if let wanted, wanted != ref { item.change("its ref is '\(ref)' here") }
        let rule = Rule(
            ref: ref, expression: expression, action: action, parameters: parameters?.sorted,
            description: value.text("description").flatMap { $0.isEmpty ? nil : $0 },
            enabled: value.flag("enabled") ?? true, rateLimit: limit?.sorted)
        let odd = (value.asMembers ?? []).map(\.key).filter { !Self.metadata.contains($0) }
        if !odd.isEmpty {
            item.refuse("it also says \(odd.joined(separator: ", ")), which this edge does not carry out")
            return keepDisabled(rule, in: phase, source, &item)
        }
        settle(rule, in: phase, source, &item)
    }

    private mutating func settle(_ rule: Rule, in phase: Phase, _ source: DocumentValue, _ item: inout ImportItem) {
        var rule = rule
        if phase == .origin { nameOrigin(&rule, &item) }
        let problems = check.problems(rule, in: phase)
        if problems.isEmpty {
            put(rule, in: phase, .ruleset)
            item.becomes = ["rule \(rule.ref)"]
            if phase == .origin { overrideEveryOrigin(rule, &item) }
            return
        }
        if let reduced = ParameterReduction.reduce(rule, in: phase) {
            guard reduced.parameters?.asMembers?.isEmpty == false else {
                for word in reduced.words { item.refuse(word) }
                item.refuse("nothing is left of it")
                return keepDisabled(rule, in: phase, source, &item)
            }
            var lesser = rule
            lesser.parameters = reduced.parameters?.sorted
            if check.problems(lesser, in: phase).isEmpty {
                for word in reduced.words { item.change(word) }
                put(lesser, in: phase, .ruleset)
                item.becomes = ["rule \(rule.ref)"]
                return
            }
        }
        let (why, remedy) = ActionAdvice.of(rule.action)
        if let why {
            item.refuse(why, do: remedy)
        } else {
            for (why, remedy) in RuleCheck.reasons(problems, of: rule, in: phase) { item.refuse(why, do: remedy) }
        }
        keepDisabled(rule, in: phase, source, &item)
    }

    /// Its words stay where people look for them, and answer no request.
    private mutating func keepDisabled(
        _ rule: Rule, in phase: Phase, _ source: DocumentValue, _ item: inout ImportItem
    ) {
        let isObject = [rule.parameters, rule.rateLimit].allSatisfy { $0.map { $0.asMembers != nil } ?? true }
        guard isObject, RuleCheck.isReadable(rule.expression) else {
            item.source = source
            return
        }
        var rule = rule
        rule.enabled = false
        put(rule, in: phase, .ruleset)
        item.becomes = ["disabled rule \(rule.ref)"]
    }

    // MARK: origins

    /// There the parameter is a host name, here the name of an origin.
    mutating func nameOrigin(_ rule: inout Rule, _ item: inout ImportItem) {
        guard let origin = rule.parameters?["origin"], let written = origin.text("host"),
            let host = HostName.normalized(written, wildcard: false)
        else { return }
        let name = originName(for: host)
        rule.parameters = rule.parameters?.setting("origin", origin.setting("host", .string(name)))
        item.change("origin.host \(host) is the origin '\(name)' here")
    }

    /// The origin that answers for a host, made when there is none.
    mutating func originName(for host: String) -> String {
        if let group = groups.first(where: { $0.hosts.contains(host) }) { return group.origin }
        if let made = madeOrigins[host] { return made }
        let name = add(
            Origin(name: host, endpoints: [Origin.Endpoint(address: host, port: mode.port)]), tls: mode.tls(host))
        madeOrigins[host] = name
        if defaultOrigin == nil { defaultOrigin = name }
        return name
    }

    /// A rule that changes port or TLS name and names no origin changes the default origin here, and every origin there.
    private mutating func overrideEveryOrigin(_ rule: Rule, _ item: inout ImportItem) {
        guard rule.parameters?["origin"]?.text("host") == nil,
            rule.parameters?["origin"]?.number("port") != nil || rule.parameters?["sni"] != nil
        else { return }
        for host in hostConditions() {
            var copy = rule
            copy.expression = "(\(rule.expression)) and (\(host.condition))"
            let origin = (rule.parameters?["origin"] ?? .object([])).setting("host", .string(host.origin))
            copy.parameters = rule.parameters?.setting("origin", origin).sorted
            copy.ref = claimRef("\(rule.ref)-\(host.name)")
            guard check.problems(copy, in: .origin).isEmpty else {
                item.refuse(
                    "for hosts of origin '\(host.origin)' it cannot be written",
                    do:
                        "write it by hand for requests with \(host.condition.utf8.count > 200 ? "those hosts" : host.condition)"
                )
                continue
            }
            put(copy, in: .origin, .ruleset)
            if item.outcome != .notExpressible { item.change("it is one rule for each origin here") }
            item.becomes.append("rule \(copy.ref)")
        }
    }
}
