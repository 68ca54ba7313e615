package import EdgePlan
internal import RulesLanguage

/// A zone's plan, checked and ready to decide: its bytes, its regular expressions compiled, what it reads.
///
/// Immutable, so that any number of threads may use it at once.
package struct AcceptedPlan: ~Copyable, @unchecked Sendable {
    /// Everything, at one address: lending a noncopyable value to a function copies the bytes of its struct, and a
    /// request lends its plan some forty times.
    private let parts: UnsafeMutablePointer<Parts>

    private struct Parts: ~Copyable {
        let view: ZonePlanView
        let requestFields: WantedFields
        let responseFields: WantedFields
        let usual: UsualChoice
        let usualOrigin: UnsafeRawBufferPointer?
        let needs: RequestNeeds
        let memory: UnsafeMutableRawBufferPointer
        let regexes: RegexTable
        /// For each program the place of its first pattern.
        let firstRegex: UnsafeMutablePointer<Int>
        /// What passes over rules whose conditions cannot hold.
        let ruleGates: GateTable
        /// The same for selectors; apart, so that a request's answers for one are not lost by asking the other.
        let selectorGates: GateTable
        /// For each configuration its label.
        let labels: UnsafeMutablePointer<UnsafeRawBufferPointer>
        let rules: UnsafeMutablePointer<PlannedRule>
        let edits: UnsafeMutablePointer<PlannedEdit>
        let phases: UnsafeMutablePointer<PlannedPhase>
        let configurations: UnsafeMutablePointer<PlannedConfiguration>
        let limits: UnsafeMutablePointer<PlannedLimit>
        let countedApart: CountedApart

        deinit {
            memory.deallocate()
            firstRegex.deallocate()
            for index in 0..<view.configurationCount { labels[index].deallocate() }
            labels.deallocate()
            rules.deallocate()
            edits.deallocate()
            phases.deallocate()
            configurations.deallocate()
            limits.deallocate()
        }
    }

    package var view: ZonePlanView { parts.pointee.view }
    /// Fields that selectors and request rules read.
    var requestFields: WantedFields { parts.pointee.requestFields }
    /// Fields that response rules read, of the request too.
    var responseFields: WantedFields { parts.pointee.responseFields }
    package var usual: UsualChoice { parts.pointee.usual }
    /// Where a request goes for which the routes were laid out.
    package var usualOrigin: UnsafeRawBufferPointer? { parts.pointee.usualOrigin }
    /// What of a request the plan wants to know.
    package var needs: RequestNeeds { parts.pointee.needs }

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
        let view = summary.view.moved(to: UnsafeRawBufferPointer(copy))
        let (requestFields, responseFields) = (
            WantedFields(summary.requestFields), WantedFields(summary.responseFields)
        )
        let usual = UsualChoice(view)
        let patterns = table.base(at: 0)
        let rules = Self.store(0..<view.ruleCount) { index in
            let row = view.rule(index)
            return PlannedRule(row, PlannedCondition(view.program(row.program), patterns + firsts[row.program]))
        }
        let limits = UnsafeMutablePointer<PlannedLimit>.allocate(
            capacity: max((0..<view.ruleCount).count { rules[$0].kind == .limit }, 1))
        let ruleGates = GateTable((0..<view.ruleCount).map { rules[$0].condition.program })
        parts = .allocate(capacity: 1)
        parts.initialize(
            to: Parts(
                view: view, requestFields: requestFields, responseFields: responseFields, usual: usual,
                usualOrigin: view.configuration(usual.configuration).defaultOrigin,
                needs: RequestNeeds(view, requestFields, responseFields), memory: copy, regexes: table,
                firstRegex: firsts, ruleGates: ruleGates,
                selectorGates: GateTable((0..<view.selectorCount).map { view.program(view.selector($0).program) }),
                labels: Self.store(view.labels()), rules: rules,
                edits: Self.store(0..<view.editCount) { PlannedEdit(view.edit($0)) },
                phases: Self.store(0..<view.phaseCount) { PlannedPhase(view.phase($0)) },
                configurations: Self.store(0..<view.configurationCount) { PlannedConfiguration(view, $0, limits) },
                limits: limits, countedApart: CountedApart(view)))
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
        parts.deinitialize(count: 1)
        parts.deallocate()
    }

    /// What people call a configuration: `shop@2`, or `777:123` for a zone's own.
    package func label(_ configuration: Int) -> UnsafeRawBufferPointer { parts.pointee.labels[configuration] }

    /// As plain memory: reading an array would count references.
    private static func store<Row>(
        _ numbers: Range<Int>, _ row: (Int) -> Row
    ) -> UnsafeMutablePointer<Row> {
        let stored = UnsafeMutablePointer<Row>.allocate(capacity: max(numbers.count, 1))
        for number in numbers { (stored + number).initialize(to: row(number)) }
        return stored
    }

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
        parts.pointee.memory.count == payload.count && parts.pointee.memory.elementsEqual(payload)
    }

    /// The first rule from `start` on whose condition may hold; those before it do not match. `end` when there is none.
    @inline(__always)
    func nextRule(_ start: Int, _ end: Int, _ workspace: borrowing Workspace) -> Int {
        parts.pointee.ruleGates.next(start, end, workspace.fields)
    }

    /// The same for selectors.
    @inline(__always)
    func nextSelector(_ start: Int, _ workspace: borrowing Workspace) -> Int {
        parts.pointee.selectorGates.next(start, view.selectorCount, workspace.fields)
    }

    @inline(__always)
    func rule(_ number: Int) -> UnsafePointer<PlannedRule> { UnsafePointer(parts.pointee.rules + number) }

    @inline(__always)
    func edit(_ number: Int) -> UnsafePointer<PlannedEdit> { UnsafePointer(parts.pointee.edits + number) }

    @inline(__always)
    func phase(_ number: Int) -> UnsafePointer<PlannedPhase> { UnsafePointer(parts.pointee.phases + number) }

    @inline(__always)
    func configuration(_ number: Int) -> UnsafePointer<PlannedConfiguration> {
        UnsafePointer(parts.pointee.configurations + number)
    }

    /// Whether a configuration has rules for responses, or limits that count them.
    package func hasResponseRules(_ configuration: Int) -> Bool {
        let planned = self.configuration(configuration)
        return planned.pointee.responsePhase != nil || planned.pointee.countsResponses
    }

    /// The first rule from `start` on that may match, or may count the request without matching.
    func nextRuleOrCount(_ start: Int, _ end: Int, _ workspace: borrowing Workspace) -> Int {
        min(nextRule(start, end, workspace), parts.pointee.countedApart.next(start, end, workspace.fields))
    }

    @inline(__always)
    func limit(_ number: Int) -> PlannedLimit { parts.pointee.limits[number] }

    /// Whether settings change a response: a version header, or cache settings that rules made for its request.
    package func changesResponse(_ ticket: ResponseTicket) -> Bool {
        ticket.cache.changesResponse || configuration(ticket.configuration).pointee.versionHeader != nil
    }

    /// A program that is no rule's condition.
    func condition(_ program: Int) -> PlannedCondition { PlannedCondition(view.program(program), regexBase(program)) }

    func regexBase(_ program: Int) -> UnsafePointer<OpaquePointer?> {
        parts.pointee.regexes.base(at: parts.pointee.firstRegex[program])
    }
}
