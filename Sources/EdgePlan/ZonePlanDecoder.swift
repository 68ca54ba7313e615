internal import RulesLanguage

/// Back from a payload to the plan. Texts that are no UTF-8 come back repaired; programs and values byte for byte.
package enum ZonePlanDecoder {
    /// Checks the payload first; throws what `ZonePlanVerifier` throws.
    package static func decode(_ payload: UnsafeRawBufferPointer) throws(PlanRefusal) -> ZonePlan {
        let view = try ZonePlanVerifier.verify(payload).view
        return ZonePlan(
            account: AccountID(rawValue: Int(view.account)), zone: ConfigurationID(rawValue: Int(view.zone)),
            name: text(view.name), hosts: (0..<view.hostCount).map { text(view.host($0)) },
            selectors: (0..<view.selectorCount).map { selector(view.selector($0), view) },
            configurations: (0..<view.configurationCount).map { configuration(view.configuration($0), view) },
            trust: TrustPlan(
                countryHeader: optional(view.countryHeader),
                trustedPeers: (0..<view.peerCount).map { text(view.peerText($0)) }))
    }

    private static func text(_ bytes: UnsafeRawBufferPointer?) -> String { optional(bytes) ?? "" }

    private static func optional(_ bytes: UnsafeRawBufferPointer?) -> String? {
        bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func selector(_ row: SelectorRow, _ view: ZonePlanView) -> SelectorPlan {
        SelectorPlan(
            environment: text(row.environment), routingRule: text(row.routingRule),
            condition: Array(view.program(row.program)), configuration: row.configuration)
    }

    private static func configuration(_ row: ConfigurationRow, _ view: ZonePlanView) -> ConfigurationPlan {
        ConfigurationPlan(
            id: ConfigurationID(rawValue: Int(row.id)), application: optional(row.application),
            version: row.version.map { Int($0) }, defaultOrigin: optional(row.defaultOrigin),
            clientHostHeader: optional(row.clientHostHeader), versionHeader: optional(row.versionHeader),
            phases: row.phases.map { index in
                let phase = view.phase(index)
                return PhasePlan(
                    phase: Phase.ordered[phase.number], rules: phase.rules.map { rule(view.rule($0), view) })
            })
    }

    private static func rule(_ row: RuleRow, _ view: ZonePlanView) -> RulePlan {
        RulePlan(ref: text(row.ref), condition: Array(view.program(row.program)), action: action(row, view))
    }

    private static func action(_ row: RuleRow, _ view: ZonePlanView) -> ActionPlan {
        switch row.kind {
        case .redirect:
            .redirect(
                target: value(row.first, view) ?? .literal([]), status: row.status,
                preserveQueryString: row.preservesQueryString)
        case .rewrite: .rewrite(path: value(row.first, view), query: value(row.second, view))
        case .route: .route(hostHeader: literal(row.first), origin: literal(row.second))
        case .block: .block(status: row.status, contentType: literal(row.first) ?? "", body: literal(row.second) ?? "")
        case .skip:
            .skip(
                SkipPlan(
                    restOfPhase: row.skipsRestOfPhase,
                    phases: Phase.ordered.filter { row.skippedPhases & $0.bit != 0 }))
        case .log: .log
        case .editRequestHeaders: .editRequestHeaders(row.list.map { edit(view.edit($0), view) })
        case .editResponseHeaders: .editResponseHeaders(row.list.map { edit(view.edit($0), view) })
        case .cache: .cache(row.list.map { view.cacheSetting($0).setting })
        case .limit: row.limit.map { .limit(limit($0, view)) } ?? .log
        case .configure: .configure(hotlinkProtection: row.hotlinkProtection)
        }
    }

    private static func edit(_ row: EditRow, _ view: ZonePlanView) -> HeaderEditPlan {
        HeaderEditPlan(name: text(row.name), operation: row.operation, value: value(row.value, view))
    }

    private static func value(_ view: ValueView, _ plan: ZonePlanView) -> ValuePlan? {
        switch view {
        case .none: nil
        case .literal(let bytes): .literal(Array(bytes))
        case .program(let index): .program(Array(plan.program(index)))
        }
    }

    private static func literal(_ view: ValueView) -> String? {
        if case .literal(let bytes) = view { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
}
