internal import RulesLanguage

/// Turns a zone's plan into its canonical payload: the same value gives the same bytes on every machine.
///
/// Texts and programs are stored once each, in the order of their first use. Nothing is checked here; numbers out of
/// range are clamped, and what cannot be served is refused by `ZonePlanVerifier`.
package enum ZonePlanEncoder {
    package static func encode(_ plan: ZonePlan) -> [UInt8] {
        var run = EncoderRun()
        return run.encode(plan)
    }
}

private struct EncoderRun {
    private var pool = PlanPool()
    private var hosts = ByteWriter()
    private var peers = ByteWriter()
    private var selectors = ByteWriter()
    private var configurations = ByteWriter()
    private var phases = ByteWriter()
    private var rules = ByteWriter()
    private var edits = ByteWriter()
    private var cacheSettings = ByteWriter()
    private var programs = ByteWriter()
    private var limitCount: UInt32 = 0

    mutating func encode(_ plan: ZonePlan) -> [UInt8] {
        let count = plan.configurations.reduce(0) { $0 + $1.phases.reduce(0) { $0 + $1.rules.count } }
        pool.reserve(rules: count)
        rules.reserve(count * PlanLayout.Row.rule)
        programs.reserve(count * PlanLayout.Row.program)
        var header = ByteWriter()
        header.append(UInt32(0))
        header.append(PlanFormat.number)
        header.append(Int64(plan.account.rawValue))
        header.append(Int64(plan.zone.rawValue))
        header.append(words(plan.name))
        header.append(words(plan.trust.countryHeader))
        for host in plan.hosts { hosts.append(words(host)) }
        for peer in plan.trust.trustedPeers { append(peer: peer) }
        for selector in plan.selectors { append(selector) }
        for configuration in plan.configurations { append(configuration) }
        return join(header)
    }

    /// Puts the tables behind the header and fills in where they stand.
    private func join(_ start: ByteWriter) -> [UInt8] {
        let tables: [(ByteWriter, Int)] = [
            (hosts, PlanLayout.Row.host), (peers, PlanLayout.Row.peer), (selectors, PlanLayout.Row.selector),
            (configurations, PlanLayout.Row.configuration), (phases, PlanLayout.Row.phase),
            (rules, PlanLayout.Row.rule), (edits, PlanLayout.Row.edit),
            (cacheSettings, PlanLayout.Row.cacheSetting), (programs, PlanLayout.Row.program), (pool.writer, 1),
        ]
        var header = start
        var offset = PlanLayout.Header.size
        for (table, size) in tables {
            header.append(UInt32(clamping: offset))
            header.append(UInt32(clamping: table.bytes.count / size))
            offset += table.bytes.count
        }
        header.patch(UInt32(clamping: offset), at: PlanLayout.Header.length)
        header.reserve(offset)
        for (table, _) in tables { header.append(contentsOf: table.bytes) }
        return header.bytes
    }

    /// Offset and length of a text.
    private mutating func words(_ text: String?) -> [UInt32] {
        guard var text else { return [PlanLayout.absent, 0] }
        return text.withUTF8 { [pool.intern(UnsafeRawBufferPointer($0)), UInt32(clamping: $0.count)] }
    }

    private mutating func words(bytes: [UInt8]) -> [UInt32] {
        [bytes.withUnsafeBytes { pool.intern($0) }, UInt32(clamping: bytes.count)]
    }

    private mutating func program(_ bytes: [UInt8]) -> UInt32 {
        let (number, place) = pool.program(bytes)
        if let place {
            programs.append(place)
            programs.append(UInt32(clamping: bytes.count))
        }
        return number
    }

    private mutating func words(_ value: ValuePlan?) -> [UInt32] {
        switch value {
        case nil: [PlanLayout.ValueKind.none, 0, 0]
        case .literal(let bytes): [PlanLayout.ValueKind.literal] + words(bytes: bytes)
        case .program(let bytes): [PlanLayout.ValueKind.program, program(bytes), 0]
        }
    }

    /// A text that is no network gets family 0, which the verifier refuses.
    private mutating func append(peer text: String) {
        let range = IPRange(text)
        peers.append(words(text))
        peers.append(UInt32(range.map { $0.first.isIPv6 ? 6 : 4 } ?? 0))
        peers.append(UInt32(0))
        for number in [range?.first.high, range?.first.low, range?.last.high, range?.last.low] {
            peers.append(Int64(bitPattern: number ?? 0))
        }
    }

    private mutating func append(_ selector: SelectorPlan) {
        selectors.append(words(selector.environment))
        selectors.append(words(selector.routingRule))
        selectors.append(program(selector.condition))
        selectors.append(UInt32(clamping: selector.configuration))
    }

    private mutating func append(_ plan: ConfigurationPlan) {
        configurations.append(Int64(plan.id.rawValue))
        configurations.append(Int64(plan.version ?? 0))
        for text in [plan.application, plan.defaultOrigin, plan.clientHostHeader, plan.versionHeader] {
            configurations.append(words(text))
        }
        configurations.append(UInt32(clamping: phases.bytes.count / PlanLayout.Row.phase))
        configurations.append(UInt32(clamping: plan.phases.count))
        configurations.append(UInt32(plan.version == nil ? 0 : 1))
        configurations.append(UInt32(0))
        for phase in plan.phases {
            phases.append(UInt32(clamping: phase.phase.order))
            phases.append(UInt32(clamping: rules.bytes.count / PlanLayout.Row.rule))
            phases.append(UInt32(clamping: phase.rules.count))
            phases.append(UInt32(0))
            for rule in phase.rules { append(rule) }
        }
    }

    private mutating func append(_ rule: RulePlan) {
        rules.append(words(rule.ref))
        rules.append(program(rule.condition))
        switch rule.action {
        case .redirect(let target, let status, let preserve):
            append(.redirect, UInt32(clamping: status), preserve ? 1 : 0, target, nil)
        case .rewrite(let path, let query): append(.rewrite, 0, 0, path, query)
        case .route(let host, let origin): append(.route, 0, 0, literal(host), literal(origin))
        case .block(let status, let type, let body):
            append(.block, UInt32(clamping: status), 0, literal(type), literal(body))
        case .skip(let skip):
            append(.skip, skip.restOfPhase ? 1 : 0, skip.phases.reduce(0) { $0 | $1.bit }, nil, nil)
        case .log: append(.log, 0, 0, nil, nil)
        case .editRequestHeaders(let list): append(.editRequestHeaders, firstEdit, UInt32(clamping: list.count), list)
        case .editResponseHeaders(let list): append(.editResponseHeaders, firstEdit, UInt32(clamping: list.count), list)
        case .cache(let settings):
            append(
                .cache, UInt32(clamping: cacheSettings.bytes.count / PlanLayout.Row.cacheSetting),
                UInt32(clamping: settings.count), nil, nil)
            for setting in settings { append(setting) }
        case .limit(let limit):
            rules.append(ActionKind.limit.rawValue)
            rules.append(limitCount)
            rules.append(UInt32(0))
            rules.append(record(limit))
            rules.append(words(nil as ValuePlan?))
            limitCount += 1
        case .configure(let hotlinkProtection):
            append(.configure, hotlinkProtection == nil ? 0 : 1, hotlinkProtection == true ? 1 : 0, nil, nil)
        }
    }

    /// The limit's record, as a value of the rule.
    private mutating func record(_ limit: LimitPlan) -> [UInt32] {
        var record = ByteWriter()
        record.append(
            [limit.period, limit.requests, limit.mitigation, limit.answer?.status ?? 0].map { UInt32(clamping: $0) })
        record.append(words(limit.answer?.contentType))
        record.append(words(limit.answer?.body))
        record.append(limit.counting.map { program($0.condition) } ?? PlanLayout.absent)
        record.append(UInt32(limit.counting?.atResponse == true ? 1 : 0))
        record.append([UInt32(clamping: limit.characteristics.count), 0])
        for characteristic in limit.characteristics {
            let (kind, name): (CharacteristicKind, String?) =
                switch characteristic {
                case .client: (.client, nil)
                case .host: (.host, nil)
                case .path: (.path, nil)
                case .header(let name): (.header, name)
                case .cookie(let name): (.cookie, name)
                }
            record.append([kind.rawValue, 0])
            record.append(words(name))
        }
        return [PlanLayout.ValueKind.literal, pool.appendAligned(record.bytes), UInt32(clamping: record.bytes.count)]
    }

    private var firstEdit: UInt32 { UInt32(clamping: edits.bytes.count / PlanLayout.Row.edit) }

    private func literal(_ text: String?) -> ValuePlan? { text.map { .literal(Array($0.utf8)) } }

    private mutating func append(
        _ kind: ActionKind, _ first: UInt32, _ second: UInt32, _ one: ValuePlan?, _ other: ValuePlan?
    ) {
        rules.append(kind.rawValue)
        rules.append(first)
        rules.append(second)
        rules.append(words(one))
        rules.append(words(other))
    }

    private mutating func append(_ kind: ActionKind, _ first: UInt32, _ count: UInt32, _ list: [HeaderEditPlan]) {
        append(kind, first, count, nil, nil)
        for edit in list {
            edits.append(words(edit.name))
            edits.append(UInt32(edit.operation.rawValue))
            edits.append(words(edit.value))
        }
    }

    private mutating func append(_ setting: CacheSettingPlan) {
        func append(_ kind: CacheSettingKind, _ number: Int, statuses: UInt32 = 0) {
            cacheSettings.append(kind.rawValue)
            cacheSettings.append(statuses)
            cacheSettings.append(Int64(number))
        }
        switch setting {
        case .eligible(let eligible): append(.eligible, eligible ? 1 : 0)
        case .edgeTTL(let seconds): append(.edgeTTL, seconds)
        case .browserTTL(let seconds): append(.browserTTL, seconds)
        case .statusTTL(let first, let last, let seconds):
            append(
                .statusTTL, seconds, statuses: UInt32(UInt16(clamping: last)) << 16 | UInt32(UInt16(clamping: first)))
        case .staleWhileUpdating(let allowed): append(.staleWhileUpdating, allowed ? 1 : 0)
        case .key(let text):
            cacheSettings.append([CacheSettingKind.key.rawValue, 0])
            cacheSettings.append(words(text))
        }
    }
}

extension Phase {
    /// The phase's place in a set of phases.
    package var bit: UInt32 { 1 << UInt32(order) }

    /// Phases by their number in an encoded plan.
    package static let ordered: [Phase] = allCases
}
