package import EdgePlan
internal import RulesLanguage

/// Model → plan of the whole edge. Pure and total: problems become findings, and what cannot be served is left out.
package struct PlanCompiler {
    private let snapshot: EdgeSnapshot
    private var memory: PlanMemory
    /// What was found out about contents and conditions, as far as the memory does not know it or it was used.
    private var configurations: [ConfigurationID: PlanMemory.Compiled] = [:]
    private var conditions: [PlanMemory.ConditionKey: PlanMemory.Condition] = [:]
    private var findings: [Finding] = []
    /// Whether some condition could not be compiled. What is found then belongs to no content.
    private var hasFailedConditions = false

    private init(_ snapshot: EdgeSnapshot, _ memory: PlanMemory) {
        self.snapshot = snapshot
        self.memory = memory
    }

    package static func compile(_ snapshot: EdgeSnapshot) -> (EdgePlan, [Finding]) {
        var memory = PlanMemory()
        return compile(snapshot, &memory)
    }

    /// - Parameter memory: of the compilation before; then of this one.
    package static func compile(_ snapshot: EdgeSnapshot, _ memory: inout PlanMemory) -> (EdgePlan, [Finding]) {
        if let last = memory.last, let touched = snapshot.zonesTouched(since: last.snapshot),
            touched.count <= snapshot.zones.count / 2
        {
            var compiler = PlanCompiler(snapshot.only(touched), memory)
            let part = compiler.networks()
            if !compiler.hasFailedConditions {
                return compiler.finish(snapshot, touched, part, last, &memory)
            }
        }
        var compiler = PlanCompiler(snapshot, memory)
        let whole = compiler.networks()
        return compiler.finish(snapshot, nil, whole, nil, &memory)
    }

    private typealias Zones = (production: [ZonePlan], lower: [ZonePlan])

    /// Plans of the snapshot's zones, sorted by name.
    private mutating func networks() -> Zones {
        checkEnvironments()
        let rows = EffectiveRule.rows(snapshot)
        let zones = snapshot.zones.sorted { $0.zone.name < $1.zone.name }
        let production = RowIndex(rows.filter { !$0.isOnStagingAddress })
        let lower = RowIndex(rows)
        return (zones.map { zone($0, production) }, zones.map { zone($0, lower) })
    }

    /// - Parameter touched: names of the zones that were compiled, to be put into the plan before; nil: all.
    private mutating func finish(
        _ snapshot: EdgeSnapshot, _ touched: Set<String>?, _ zones: Zones, _ last: PlanMemory.Last?,
        _ memory: inout PlanMemory
    ) -> (EdgePlan, [Finding]) {
        let old = memory.last
        let replaced: Zones
        let whole: Zones
        if let touched, let last {
            replaced = (last.plan.production.zones(touched), last.plan.lower.zones(touched))
            whole = (
                last.plan.production.zones(replacing: touched, by: zones.production),
                last.plan.lower.zones(replacing: touched, by: zones.lower)
            )
        } else {
            replaced = (old?.plan.production.zones ?? [], old?.plan.lower.zones ?? [])
            whole = zones
        }
        var uses = last?.uses ?? ContentUses()
        if last != nil { uses.release([replaced.production, replaced.lower].joined()) }
        uses.retain([zones.production, zones.lower].joined(), configurations)
        uses.sortOrigins()
        let plan = EdgePlan(
            account: snapshot.account, production: NetworkPlan(addresses: [], zones: whole.production),
            lower: NetworkPlan(
                addresses: snapshot.environments.flatMap(\.stagingAddresses).sorted(), zones: whole.lower),
            origins: uses.origins, certificates: certificates(of: snapshot, touched, last))
        if last != nil { findings = environmentFindings + uses.findings([whole.production, whole.lower]) }
        // Nobody else holds what is added to, so it is not copied.
        self.memory = PlanMemory()
        memory.configurations.merge(configurations) { _, new in new }
        if last == nil || memory.conditions.count > 4 * (whole.lower.count + 1_000) { memory.conditions = [:] }
        memory.conditions.merge(conditions) { _, new in new }
        let released = [replaced.production, replaced.lower].joined().lazy.flatMap { $0.configurations.lazy.map(\.id) }
        memory.note(.init(snapshot: snapshot, plan: plan, uses: uses), compiled: touched, released: released)
        if hasFailedConditions { memory.forgetLast() }
        return (plan, findings)
    }

    private func certificates(
        of snapshot: EdgeSnapshot, _ touched: Set<String>?, _ last: PlanMemory.Last?
    ) -> [CertificatePlan] {
        if let last, touched?.isEmpty == true || last.snapshot.zones == snapshot.zones { return last.plan.certificates }
        return snapshot.zones.map(\.zone).filter { $0.tls != nil }.sorted { $0.name < $1.name }.compactMap { zone in
            zone.tls.map { CertificatePlan(zone: zone.name, hosts: zone.hosts.sorted(), files: $0) }
        }
    }

    private mutating func zone(_ content: EdgeSnapshot.ZoneContent, _ rows: RowIndex) -> ZonePlan {
        var configurations = [configuration(content.content)]
        var selectors: [SelectorPlan] = []
        for row in rows.rows(in: content.zone.name) {
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
        if let known = configurations[content.id] { return known.plan }
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
        configurations[content.id] = compiled
        findings += compiled.findings
        return compiled.plan
    }

    /// The row's condition with the zone's name resolved; nil when it can never hold in this zone.
    private mutating func condition(_ row: EffectiveRule, zone: String) -> PlanMemory.Condition {
        let texts = row.conditions
        let hasLists = texts.contains { $0.utf8.contains(UInt8(ascii: "$")) }
        let key = PlanMemory.ConditionKey(zone: zone, texts: texts, lists: hasLists ? snapshot.lists.digest : nil)
        if let known = conditions[key] ?? memory.conditions[key] {
            conditions[key] = .some(known)
            return known
        }
        do throws(ExpressionErrors) {
            let condition = try Self.condition(key, ProgramCompiler(lists: snapshot.lists.contents))
            conditions[key] = .some(condition)
            return condition
        } catch {
            hasFailedConditions = true
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

    private mutating func checkEnvironments() { findings += environmentFindings }

    private var environmentFindings: [Finding] {
        var findings: [Finding] = []
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
        return findings
    }
}

extension NetworkPlan {
    /// Where a zone is, or would be.
    private func index(of name: String) -> Int {
        var (low, high) = (0, zones.count)
        while low < high {
            let middle = (low + high) / 2
            if zones[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The zones of these names, as far as they are there.
    fileprivate func zones(_ names: Set<String>) -> [ZonePlan] {
        names.compactMap { name in
            let index = index(of: name)
            return index < zones.count && zones[index].name == name ? zones[index] : nil
        }
    }

    /// All zones with others in the places of those of these names; one that has none is gone.
    fileprivate func zones(replacing names: Set<String>, by new: [ZonePlan]) -> [ZonePlan] {
        var places: [(index: Int, zone: ZonePlan)] = []
        var gone = names
        for zone in new {
            let index = index(of: zone.name)
            guard index < zones.count, zones[index].name == zone.name else { continue }
            places.append((index, zone))
            gone.remove(zone.name)
        }
        var zones = zones
        for (index, zone) in places { zones[index] = zone }
        guard !gone.isEmpty else { return zones }
        let known = Set(places.map(\.zone.name))
        zones.removeAll { gone.contains($0.name) }
        zones += new.filter { !known.contains($0.name) }
        return zones.sorted { $0.name < $1.name }
    }
}
