internal import RulesLanguage

/// Checks a payload once, so that reading it and deciding with it can neither trap nor do what the plan does not say:
/// every offset and count, every program, every header name and fixed header value, every status.
package enum ZonePlanVerifier {
    /// - Returns: a view over `payload`, valid as long as its memory is.
    package static func verify(_ payload: UnsafeRawBufferPointer) throws(PlanRefusal) -> ZonePlanSummary {
        var run = try VerifierRun(payload)
        return try run.verify()
    }
}

struct VerifierRun {
    typealias Bytes = UnsafeRawBufferPointer

    let payload: Bytes
    let base: UnsafeRawPointer
    let view: ZonePlanView
    private let tables: [Int: (offset: Int, count: Int)]
    private var programs: [ProgramSummary] = []
    private var requestFields = FieldSet()
    private var responseFields = FieldSet()
    // How far each table has been claimed: every row belongs to exactly one owner, in order.
    private var nextPhase = 0
    private var nextRule = 0
    private var nextEdit = 0
    private var nextCacheSetting = 0
    var nextLimit: UInt32 = 0

    /// Checks the header and the bounds of the tables.
    init(_ payload: Bytes) throws(PlanRefusal) {
        guard payload.count <= PlanFormat.maximumSize else {
            throw PlanRefusal("header", "\(payload.count) bytes, the limit is \(PlanFormat.maximumSize)")
        }
        guard payload.count >= PlanLayout.Header.size, let base = payload.baseAddress else {
            throw PlanRefusal("header", "\(payload.count) bytes are too few")
        }
        guard Int(base.word(PlanLayout.Header.length)) == payload.count else {
            throw PlanRefusal("header", "it announces \(base.word(PlanLayout.Header.length)) bytes of \(payload.count)")
        }
        guard base.word(PlanLayout.Header.format) == PlanFormat.number else {
            throw PlanRefusal("header", "plan format \(base.word(PlanLayout.Header.format)) is unknown")
        }
        let rows = [
            (PlanLayout.Header.hosts, PlanLayout.Row.host), (PlanLayout.Header.peers, PlanLayout.Row.peer),
            (PlanLayout.Header.selectors, PlanLayout.Row.selector),
            (PlanLayout.Header.configurations, PlanLayout.Row.configuration),
            (PlanLayout.Header.phases, PlanLayout.Row.phase), (PlanLayout.Header.rules, PlanLayout.Row.rule),
            (PlanLayout.Header.edits, PlanLayout.Row.edit),
            (PlanLayout.Header.cacheSettings, PlanLayout.Row.cacheSetting),
            (PlanLayout.Header.programs, PlanLayout.Row.program), (PlanLayout.Header.pool, 1),
        ]
        var tables: [Int: (offset: Int, count: Int)] = [:]
        var expected = PlanLayout.Header.size
        for (field, size) in rows {
            let (offset, count) = (Int(base.word(field)), Int(base.word(field + 4)))
            // The tables follow one another without gaps, so none can overlap another.
            guard offset == expected, count <= (payload.count - offset) / size else {
                throw PlanRefusal("header", "the table at byte \(field) does not fit")
            }
            tables[field] = (offset, count)
            expected = offset + count * size
        }
        guard expected == payload.count else { throw PlanRefusal("header", "bytes after the end") }
        self.payload = payload
        self.base = base
        self.tables = tables
        view = ZonePlanView(unchecked: base)
    }

    private func count(_ field: Int) -> Int { tables[field]?.count ?? 0 }
    func row(_ field: Int, _ index: Int, _ size: Int) -> UnsafeRawPointer {
        base + (tables[field]?.offset ?? 0) + index * size
    }

    mutating func verify() throws(PlanRefusal) -> ZonePlanSummary {
        try verifyPrograms()
        try requireUTF8(base + PlanLayout.Header.name, "zone name")
        if let header = try text(base + PlanLayout.Header.countryHeader, "country header") {
            try requireName(header, "country header")
        }
        for index in 0..<view.hostCount {
            try requireText(row(PlanLayout.Header.hosts, index, PlanLayout.Row.host), "host \(index)")
        }
        for index in 0..<view.peerCount { try verifyPeer(index) }
        guard view.configurationCount > 0 else {
            throw PlanRefusal("configurations", "the zone's own configuration is missing")
        }
        for index in 0..<view.selectorCount { try verifySelector(index) }
        for index in 0..<view.configurationCount { try verifyConfiguration(index) }
        guard nextPhase == count(PlanLayout.Header.phases), nextRule == view.ruleCount,
            nextEdit == count(PlanLayout.Header.edits), nextCacheSetting == count(PlanLayout.Header.cacheSettings)
        else { throw PlanRefusal("header", "rows that belong to nothing") }
        return ZonePlanSummary(
            view: view, programs: programs, requestFields: requestFields, responseFields: responseFields,
            regexCount: programs.reduce(0) { $0 + $1.regexCount })
    }

    private mutating func verifyPrograms() throws(PlanRefusal) {
        var regexes = 0
        let pool = count(PlanLayout.Header.pool)
        for index in 0..<view.programCount {
            let place = row(PlanLayout.Header.programs, index, PlanLayout.Row.program)
            let (offset, length) = (Int(place.word(0)), Int(place.word(4)))
            guard offset <= pool, length <= pool - offset else {
                throw PlanRefusal("program \(index)", "it does not fit")
            }
            do throws(ProgramError) {
                let summary = try ProgramVerifier.verify(view.program(index))
                regexes += summary.regexCount
                programs.append(summary)
            } catch {
                throw PlanRefusal("program \(index)", "byte \(error.offset): \(error.reason)")
            }
        }
        guard regexes <= PlanFormat.maximumRegexes else {
            throw PlanRefusal("programs", "\(regexes) regular expressions, the limit is \(PlanFormat.maximumRegexes)")
        }
    }

    private func verifyPeer(_ index: Int) throws(PlanRefusal) {
        let place = row(PlanLayout.Header.peers, index, PlanLayout.Row.peer)
        let text = try requireText(place, "trusted peer \(index)")
        let range = IPRange(String(decoding: text, as: UTF8.self))
        let halves = [range?.first.high, range?.first.low, range?.last.high, range?.last.low]
        guard let range, place.word(8) == (range.first.isIPv6 ? 6 : 4),
            halves.enumerated().allSatisfy({ UInt64(bitPattern: place.number(16 + $0.offset * 8)) == $0.element })
        else { throw PlanRefusal("trusted peer \(index)", "it is no network, or not the one its text says") }
    }

    private mutating func verifySelector(_ index: Int) throws(PlanRefusal) {
        let place = row(PlanLayout.Header.selectors, index, PlanLayout.Row.selector)
        try requireUTF8(place, "selector \(index)")
        try requireUTF8(place + 8, "selector \(index)")
        let selector = view.selector(index)
        requestFields.formUnion(try program(selector.program, .filter, "selector \(index)"))
        guard selector.configuration < view.configurationCount else {
            throw PlanRefusal("selector \(index)", "there is no configuration \(selector.configuration)")
        }
    }

    private mutating func verifyConfiguration(_ index: Int) throws(PlanRefusal) {
        let name = "configuration \(index)"
        let place = row(PlanLayout.Header.configurations, index, PlanLayout.Row.configuration)
        guard place.word(56) <= 1 else { throw PlanRefusal(name, "its version mark is \(place.word(56))") }
        for offset in [16, 24] {
            guard let text = try text(place + offset, name) else { continue }
            try requireValue(text, name)
            try requireUTF8(place + offset, name)
        }
        for offset in [32, 40] {
            guard let header = try text(place + offset, name) else { continue }
            let own = header.starts(with: "x-edge-") && !header.equals("x-edge-origin")
            guard HeaderNames.isLowerCaseToken(header), own || !HeaderNames.isProtected(header) else {
                throw PlanRefusal(name, "no rule may write the header \(printable(header))")
            }
        }
        let phases = try claim(
            place.word(48), place.word(52), &nextPhase, count(PlanLayout.Header.phases), name, "phases")
        var last = -1
        for phase in phases {
            let row = view.phase(phase)
            guard row.number > last, row.number < Phase.ordered.count else {
                throw PlanRefusal(name, "phase number \(row.number) is out of order")
            }
            last = row.number
            let place = self.row(PlanLayout.Header.phases, phase, PlanLayout.Row.phase)
            let rules = try claim(place.word(4), place.word(8), &nextRule, view.ruleCount, name, "rules")
            for rule in rules { try verifyRule(rule, in: Phase.ordered[row.number]) }
        }
    }

    /// The next rows of a table, which nobody has claimed before.
    private func claim(
        _ first: UInt32, _ number: UInt32, _ next: inout Int, _ total: Int, _ owner: String, _ what: String
    ) throws(PlanRefusal) -> Range<Int> {
        guard Int(first) == next, Int(number) <= total - next else {
            throw PlanRefusal(owner, "its \(what) are not the next \(number) of \(total)")
        }
        let claimed = next..<next + Int(number)
        next = claimed.upperBound
        return claimed
    }

    private mutating func verifyRule(_ index: Int, in phase: Phase) throws(PlanRefusal) {
        let place = row(PlanLayout.Header.rules, index, PlanLayout.Row.rule)
        let ref = try requireUTF8(place, "rule \(index)")
        let name = "rule \(index) (\(printable(ref)))"
        note(try program(view.rule(index).program, .filter, name), in: phase)
        guard let kind = ActionKind(rawValue: place.word(12)) else {
            throw PlanRefusal(name, "action number \(place.word(12)) is unknown")
        }
        guard kind.isAllowed(in: phase) else { throw PlanRefusal(name, "\(kind) is no action of \(phase.rawValue)") }
        let (one, other) = (try value(place + 24, name, phase), try value(place + 36, name, phase))
        let (first, second) = (place.word(16), place.word(20))
        switch kind {
        case .redirect:
            guard [301, 302, 303, 307, 308].contains(first), second <= 1, !one.isNone, other.isNone else {
                throw PlanRefusal(name, "redirect with status \(first)")
            }
        case .rewrite:
            guard !one.isNone || !other.isNone else { throw PlanRefusal(name, "a rewrite of nothing") }
        case .route:
            guard !one.isProgram, !other.isProgram else { throw PlanRefusal(name, "a computed origin") }
        case .block:
            guard (200...599).contains(first), case .literal = one, case .literal(let body) = other,
                body.count <= PlanFormat.maximumBody
            else { throw PlanRefusal(name, "block with status \(first), or its body is too large") }
        case .skip:
            guard first <= 1, second >> UInt32(Phase.ordered.count) == 0 else {
                throw PlanRefusal(name, "a skip of unknown phases")
            }
        case .log: break
        case .editRequestHeaders, .editResponseHeaders:
            let list = try claim(first, second, &nextEdit, count(PlanLayout.Header.edits), name, "edits")
            for edit in list { try verifyEdit(edit, name, phase) }
        case .cache:
            let list = try claim(
                first, second, &nextCacheSetting, count(PlanLayout.Header.cacheSettings), name, "settings")
            try verifyCacheSettings(list, name)
        case .limit:
            guard other.isNone else { throw PlanRefusal(name, "a limit with a second value") }
            return try verifyLimit(one, number: first, name, phase)
        case .configure:
            guard first <= 1, second <= first, one.isNone, other.isNone else {
                throw PlanRefusal(name, "settings that are unknown")
            }
        }
        // Bodies may hold anything; what becomes a header may not.
        if case .literal(let bytes) = one { try requireValue(bytes, name) }
        if kind != .block, case .literal(let bytes) = other { try requireValue(bytes, name) }
    }

    private mutating func verifyEdit(_ index: Int, _ name: String, _ phase: Phase) throws(PlanRefusal) {
        let place = row(PlanLayout.Header.edits, index, PlanLayout.Row.edit)
        let header = try requireText(place, name)
        guard HeaderNames.isLowerCaseToken(header), !HeaderNames.isProtected(header) else {
            throw PlanRefusal(name, "no rule may write the header \(printable(header))")
        }
        let value = try value(place + 12, name, phase)
        guard place.word(8) <= 2, (place.word(8) == 2) == value.isNone else {
            throw PlanRefusal(
                name, "operation \(place.word(8)) on \(printable(header)) and its value do not go together")
        }
        if case .literal(let bytes) = value { try requireValue(bytes, name) }
    }

    // MARK: parts

    mutating func note(_ fields: FieldSet, in phase: Phase) {
        if phase.isResponse { responseFields.formUnion(fields) } else { requestFields.formUnion(fields) }
    }

    func program(_ index: Int, _ mode: Expression.Mode, _ name: String) throws(PlanRefusal) -> FieldSet {
        guard index < programs.count else { throw PlanRefusal(name, "there is no program \(index)") }
        guard programs[index].mode == mode else { throw PlanRefusal(name, "program \(index) is no \(mode.rawValue)") }
        return programs[index].fields
    }

    private mutating func value(_ place: UnsafeRawPointer, _ name: String, _ phase: Phase) throws(PlanRefusal)
        -> ValueView
    {
        switch place.word(0) {
        case PlanLayout.ValueKind.none: return .none
        case PlanLayout.ValueKind.literal: return .literal(try requireText(place + 4, name))
        case PlanLayout.ValueKind.program:
            note(try program(Int(place.word(4)), .value, name), in: phase)
            return .program(Int(place.word(4)))
        default: throw PlanRefusal(name, "value of kind \(place.word(0))")
        }
    }

    func text(_ place: UnsafeRawPointer, _ name: String) throws(PlanRefusal) -> Bytes? {
        let (offset, length) = (place.word(0), place.word(4))
        if offset == PlanLayout.absent { return nil }
        let pool = count(PlanLayout.Header.pool)
        guard Int(offset) <= pool, Int(length) <= pool - Int(offset) else {
            throw PlanRefusal(name, "a text does not fit")
        }
        return view.text(place)
    }

    @discardableResult
    func requireText(_ place: UnsafeRawPointer, _ name: String) throws(PlanRefusal) -> Bytes {
        guard let text = try text(place, name) else { throw PlanRefusal(name, "a text is missing") }
        return text
    }

    /// What ends up in logs and figures must be text.
    @discardableResult
    func requireUTF8(_ place: UnsafeRawPointer, _ name: String) throws(PlanRefusal) -> Bytes {
        let text = try requireText(place, name)
        guard String(validating: text, as: UTF8.self) != nil else { throw PlanRefusal(name, "a text is not UTF-8") }
        return text
    }

    private func requireName(_ header: Bytes, _ name: String) throws(PlanRefusal) {
        guard HeaderNames.isLowerCaseToken(header), !HeaderNames.isProtected(header) else {
            throw PlanRefusal(name, "\(printable(header)) cannot be used")
        }
    }

    func requireValue(_ bytes: Bytes, _ name: String) throws(PlanRefusal) {
        guard HeaderNames.isSafeValue(bytes) else { throw PlanRefusal(name, "a value holds control characters") }
    }

    /// At most 80 bytes, anything but printable ASCII as `?`: reasons end up in logs and terminals.
    private func printable(_ bytes: Bytes) -> String {
        String(decoding: bytes.prefix(80).map { (32..<127).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}

extension ValueView {
    var isNone: Bool { if case .none = self { true } else { false } }
    var isProgram: Bool { if case .program = self { true } else { false } }
}
