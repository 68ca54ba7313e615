package import EdgePlan
internal import RulesLanguage

/// Model → plan of the whole edge. Pure and total: problems become findings, and what cannot be served is left out.
package struct PlanCompiler {
    private let snapshot: EdgeSnapshot
    private let memory: PlanMemory
    /// What was used of the memory, and what is new.
    private var next = PlanMemory()
    private var findings: [Finding] = []

    private init(_ snapshot: EdgeSnapshot, _ memory: PlanMemory) {
        self.snapshot = snapshot
        self.memory = memory
        next.takeDigests(from: memory)
        next.round = memory.round
    }

    package static func compile(_ snapshot: EdgeSnapshot) -> (EdgePlan, [Finding]) {
        var memory = PlanMemory()
        return compile(snapshot, &memory)
    }

    /// - Parameter memory: of the compilation before; then of this one.
    package static func compile(_ snapshot: EdgeSnapshot, _ memory: inout PlanMemory) -> (EdgePlan, [Finding]) {
        var compiler = PlanCompiler(snapshot, memory)
        let result = compiler.compile()
        let unused = memory.configurations.filter { id, kept in
            compiler.next.configurations[id] == nil && memory.round - kept.lastUsed < PlanMemory.rounds
        }
        memory = compiler.next
        memory.round += 1
        memory.configurations.merge(unused) { used, _ in used }
        return result
    }

    private mutating func compile() -> (EdgePlan, [Finding]) {
        checkEnvironments()
        let rows = EffectiveRule.rows(snapshot)
        let production = network(rows.filter { !$0.isOnStagingAddress }, addresses: [])
        let lower = network(rows, addresses: snapshot.environments.flatMap(\.stagingAddresses))
        var used: [String: OriginPlan] = [:]
        for compiled in next.configurations.values { used.merge(compiled.origins) { first, _ in first } }
        let plan = EdgePlan(
            account: snapshot.account, production: production, lower: lower,
            origins: used.values.sorted { $0.name < $1.name }, certificates: certificates)
        return (plan, findings)
    }

    private var certificates: [CertificatePlan] {
        snapshot.zones.map(\.zone).sorted { $0.name < $1.name }.compactMap { zone in
            zone.tls.map { CertificatePlan(zone: zone.name, hosts: zone.hosts.sorted(), files: $0) }
        }
    }

    /// Staging zones are only built where something listens.
    private mutating func network(_ rows: [EffectiveRule], addresses: [String]) -> NetworkPlan {
        NetworkPlan(
            addresses: addresses.sorted(),
            zones: snapshot.zones.sorted { $0.zone.name < $1.zone.name }.map { zone($0, rows: rows) })
    }

    private mutating func zone(_ content: EdgeSnapshot.ZoneContent, rows: [EffectiveRule]) -> ZonePlan {
        var configurations = [configuration(content.content)]
        var selectors: [SelectorPlan] = []
        for row in rows {
            guard let condition = condition(row, zone: content.zone.name) else { continue }
            var index = 0
            if let label = row.servedLabel, let version = snapshot.versions[label] {
                let plan = configuration(version)
                if let known = configurations.firstIndex(where: { $0.id == plan.id }) {
                    index = known
                } else {
                    configurations.append(plan)
                    index = configurations.count - 1
                }
            }
            selectors.append(
                SelectorPlan(
                    environment: row.environment.rawValue, routingRule: row.routingRule.rawValue,
                    condition: condition.program, configuration: index))
            if condition.isAlways { break }
        }
        return ZonePlan(
            account: snapshot.account, zone: content.zone.id, name: content.zone.name,
            hosts: content.zone.hosts.sorted(),
            selectors: selectors, configurations: configurations,
            trust: TrustPlan(
                countryHeader: snapshot.settings.countryHeader, trustedPeers: snapshot.settings.trustedPeers))
    }

    private mutating func configuration(_ content: EdgeSnapshot.Content) -> ConfigurationPlan {
        if let known = next.configurations[content.id] { return known.plan }
        let compiled: PlanMemory.Compiled
        if let kept = memory.configurations[content.id], kept.content == content,
            kept.lists == snapshot.lists.digests(of: kept.lists.keys)
        {
            compiled = kept
        } else {
            var compiler = ConfigurationCompiler(content, lists: snapshot.lists)
            let plan = compiler.compile()
            compiled = .init(
                content: content, plan: plan, origins: compiler.origins, findings: compiler.findings,
                lists: snapshot.lists.digests(of: compiler.usedLists))
        }
        next.configurations[content.id] = compiled
        next.configurations[content.id]?.lastUsed = next.round
        findings += compiled.findings
        return compiled.plan
    }

    /// The row's condition with the zone's name resolved; nil when it can never hold in this zone.
    private mutating func condition(_ row: EffectiveRule, zone: String) -> PlanMemory.Condition {
        let texts = row.conditions
        let hasLists = texts.contains { $0.utf8.contains(UInt8(ascii: "$")) }
        let key = PlanMemory.ConditionKey(zone: zone, texts: texts, lists: hasLists ? snapshot.lists.digest : nil)
        if let known = next.conditions[key] ?? memory.conditions[key] {
            next.conditions[key] = .some(known)
            return known
        }
        do throws(ExpressionErrors) {
            let condition = try Self.condition(key, ProgramCompiler(lists: snapshot.lists.contents))
            next.conditions[key] = .some(condition)
            return condition
        } catch {
            let found = error.errors.map {
                Finding(
                    .error, $0.code.rawValue, at: "rule \(row.routingRule) in environment \(row.environment)",
                    $0.message,
                    remedy: $0.remedy, excerpt: $0.rendered(in: error.text))
            }
            for finding in found where !findings.contains(finding) { findings.append(finding) }
            return nil
        }
    }

    private static func condition(
        _ key: PlanMemory.ConditionKey, _ compiler: ProgramCompiler
    ) throws(ExpressionErrors) -> PlanMemory.Condition {
        var parts: [Expression] = []
        for text in key.texts { parts.append(try Expression(text)) }
        let whole = RulesLanguage.Node.combining(.and, parts.map(\.root), span: ByteSpan(0, 0))
        let expression = parts.count == 1 ? parts[0] : Expression(unchecked: whole)
        switch expression.partiallyEvaluated(known: [.zoneName: .bytes(Array(key.zone.utf8))]) {
        case .always(false): return nil
        case .always(true): return (try compiler.compile(Expression("true")).bytes, true)
        case .simplified(let rest): return (try compiler.compile(rest).bytes, false)
        }
    }

    private mutating func checkEnvironments() {
        var owner: [String: ResourceName] = [:]
        for environment in snapshot.environments {
            for address in environment.stagingAddresses {
                if let other = owner.updateValue(environment.name, forKey: address), other != environment.name {
                    findings.append(
                        Finding(
                            .error, "shared-staging-address", at: "environment \(environment.name)",
                            "staging address \(address) already belongs to environment \(other)",
                            remedy: "give each environment addresses of its own"))
                }
            }
            if !environment.isProduction, environment.stagingAddresses.isEmpty, environment.filter == nil {
                findings.append(
                    Finding(
                        .warning, "environment-unreachable", at: "environment \(environment.name)",
                        "it has neither a staging address nor a filter: no request reaches it",
                        remedy: "signalbox env change \(environment.name) --staging-address ADDRESS"))
            }
        }
    }
}
