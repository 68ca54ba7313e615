package import EdgePlan
internal import RulesLanguage

/// A zone's plan, checked and ready to decide: its bytes, its regular expressions compiled, what it reads.
///
/// Immutable, so that any number of threads may use it at once.
package struct AcceptedPlan: ~Copyable, @unchecked Sendable {
    package let view: ZonePlanView
    /// Fields that selectors and request rules read.
    let requestFields: WantedFields
    /// Fields that response rules read, of the request too.
    let responseFields: WantedFields
    package let usual: UsualChoice
    /// Where a request goes for which the routes were laid out.
    package let usualOrigin: UnsafeRawBufferPointer?
    /// What of a request the plan wants to know.
    package let needs: RequestNeeds
    private let memory: UnsafeMutableRawBufferPointer
    private let regexes: RegexTable
    /// For each program the place of its first pattern.
    private let firstRegex: UnsafeMutablePointer<Int>
    /// What passes over rules whose conditions cannot hold.
    private let ruleGates: GateTable
    /// The same for selectors; apart, so that a request's answers for one are not lost by asking the other.
    private let selectorGates: GateTable
    /// For each configuration its label.
    private let labels: UnsafeMutablePointer<UnsafeRawBufferPointer>
    /// For each configuration what responses and limits ask of it.
    private let uses: UnsafeMutablePointer<ConfigurationUse>
    private let limits: UnsafeMutablePointer<PlannedLimit>
    private let countedApart: CountedApart

    /// Copies and checks a payload. Throws `PlanRefusal` for whatever could not be served exactly as it says.
    package init(_ payload: UnsafeRawBufferPointer) throws(PlanRefusal) {
        let summary = try ZonePlanVerifier.verify(payload)
        var table = RegexTable(capacity: summary.regexCount)
        let firsts = UnsafeMutablePointer<Int>.allocate(capacity: max(summary.programs.count, 1))
        for index in summary.programs.indices {
            (firsts + index).initialize(to: table.count)
            for pattern in ProgramVerifier.regexPatterns(in: summary.view.program(index)) {
                do throws(RegexError) {
                    try table.append(pattern)
                } catch {
                    firsts.deallocate()
                    throw PlanRefusal("program \(index)", "regular expression: \(error.reason)")
                }
            }
        }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(payload.count, 1), alignment: 16)
        copy.copyMemory(from: payload)
        view = summary.view.moved(to: UnsafeRawBufferPointer(copy))
        requestFields = WantedFields(summary.requestFields)
        responseFields = WantedFields(summary.responseFields)
        labels = Self.store(view.labels())
        let view = view
        usual = UsualChoice(view)
        usualOrigin = view.configuration(usual.configuration).defaultOrigin
        needs = RequestNeeds(view, requestFields, responseFields)
        uses = .allocate(capacity: max(view.configurationCount, 1))
        limits = .allocate(capacity: max((0..<view.ruleCount).count { view.rule($0).kind == .limit }, 1))
        for index in 0..<view.configurationCount {
            (uses + index).initialize(to: ConfigurationUse(view, index, limits))
        }
        countedApart = CountedApart(view)
        ruleGates = GateTable((0..<view.ruleCount).map { view.program(view.rule($0).program) })
        selectorGates = GateTable((0..<view.selectorCount).map { view.program(view.selector($0).program) })
        memory = copy
        regexes = table
        firstRegex = firsts
    }

    /// The same for a plan that is not encoded yet.
    package init(_ plan: ZonePlan) throws(PlanRefusal) {
        let bytes = ZonePlanEncoder.encode(plan)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        try self.init(UnsafeRawBufferPointer(start: copy.baseAddress, count: bytes.count))
    }

    deinit {
        memory.deallocate()
        firstRegex.deallocate()
        for index in 0..<view.configurationCount { labels[index].deallocate() }
        labels.deallocate()
        uses.deallocate()
        limits.deallocate()
    }

    /// What people call a configuration: `shop@2`, or `777:123` for a zone's own.
    package func label(_ configuration: Int) -> UnsafeRawBufferPointer { labels[configuration] }

    /// As plain memory: reading an array would count references.
    private static func store(_ texts: [[UInt8]]) -> UnsafeMutablePointer<UnsafeRawBufferPointer> {
        let stored = UnsafeMutablePointer<UnsafeRawBufferPointer>.allocate(capacity: max(texts.count, 1))
        for (index, text) in texts.enumerated() {
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
            copy.copyBytes(from: text)
            (stored + index).initialize(to: UnsafeRawBufferPointer(copy))
        }
        return stored
    }

    /// Whether it was made of these bytes.
    package func isSame(as payload: UnsafeRawBufferPointer) -> Bool {
        memory.count == payload.count && memory.elementsEqual(payload)
    }

    /// The first rule from `start` on whose condition may hold; those before it do not match. `end` when there is none.
    @inline(__always)
    func nextRule(_ start: Int, _ end: Int, _ workspace: borrowing Workspace) -> Int {
        ruleGates.next(start, end, workspace.fields)
    }

    /// The same for selectors.
    @inline(__always)
    func nextSelector(_ start: Int, _ workspace: borrowing Workspace) -> Int {
        selectorGates.next(start, view.selectorCount, workspace.fields)
    }

    /// Whether a configuration has rules for responses, or limits that count them.
    @inline(__always)
    package func hasResponseRules(_ configuration: Int) -> Bool {
        uses[configuration].hasResponseRules || uses[configuration].countsResponses
    }

    /// Whether a configuration has limits that count responses.
    @inline(__always)
    func countsResponses(_ configuration: Int) -> Bool { uses[configuration].countsResponses }

    /// Whether a configuration has limits that count other requests than they limit.
    @inline(__always)
    func countsApart(_ configuration: Int) -> Bool { uses[configuration].countsApart }

    /// The first rule from `start` on that may match, or may count the request without matching.
    func nextRuleOrCount(_ start: Int, _ end: Int, _ workspace: borrowing Workspace) -> Int {
        min(nextRule(start, end, workspace), countedApart.next(start, end, workspace.fields))
    }

    @inline(__always)
    func limit(_ number: Int) -> PlannedLimit { limits[number] }

    /// Whether settings change a response: a version header, or cache settings that rules made for its request.
    package func changesResponse(_ ticket: ResponseTicket) -> Bool {
        ticket.cache.changesResponse || view.configuration(ticket.configuration).versionHeader != nil
    }

    @inline(__always)
    func regexBase(_ program: Int) -> UnsafePointer<OpaquePointer?> { regexes.base(at: firstRegex[program]) }
}
