internal import EdgePlan
internal import RulesLanguage

// Rows of a plan as deciding reads them, laid out once when the plan is accepted: a request would take the same numbers
// out of the plan's bytes again and again. Plain bits all of them: copying one counts no references.

/// A condition.
struct PlannedCondition: BitwiseCopyable {
    let program: UnsafeRawBufferPointer
    let regexes: UnsafePointer<OpaquePointer?>
    /// It is the constant `true`: nothing need be evaluated.
    let isAlways: Bool

    init(_ program: UnsafeRawBufferPointer, _ regexes: UnsafePointer<OpaquePointer?>) {
        self.program = program
        self.regexes = regexes
        isAlways = Program.isAlways(program)
    }
}

struct PlannedRule {
    let row: RuleRow
    let kind: ActionKind
    /// Rows of edits or cache settings.
    let list: Range<Int>
    let condition: PlannedCondition

    init(_ row: RuleRow, _ condition: PlannedCondition) {
        self.row = row
        self.condition = condition
        kind = row.kind
        switch kind {
        case .editRequestHeaders, .editResponseHeaders, .cache: list = row.list
        default: list = 0..<0
        }
    }
}

struct PlannedEdit: BitwiseCopyable {
    let name: UnsafeRawBufferPointer
    let operation: HeaderEditPlan.Operation
    let value: ValueView

    init(_ row: EditRow) {
        name = row.name
        operation = row.operation
        value = row.value
    }
}

struct PlannedPhase {
    let row: PhaseRow
    let number: Int
    let bit: UInt32
    let rules: Range<Int>

    init(_ row: PhaseRow) {
        self.row = row
        number = row.number
        bit = row.bit
        rules = row.rules
    }
}

/// A configuration, and what its rules ask for beyond the request.
struct PlannedConfiguration {
    let row: ConfigurationRow
    let defaultOrigin: UnsafeRawBufferPointer?
    let clientHostHeader: UnsafeRawBufferPointer?
    let versionHeader: UnsafeRawBufferPointer?
    /// Numbers of the phases that need no response.
    let requestPhases: Range<Int>
    let responsePhase: PlannedPhase?
    private(set) var countsResponses = false
    private(set) var countsApart = false

    /// Lays its limits down, too.
    init(_ view: ZonePlanView, _ index: Int, _ limits: UnsafeMutablePointer<PlannedLimit>) {
        let row = view.configuration(index)
        self.row = row
        (defaultOrigin, clientHostHeader, versionHeader) = (row.defaultOrigin, row.clientHostHeader, row.versionHeader)
        // Phases stand in the order in which they run.
        let last = row.phases.last.map { PlannedPhase(view.phase($0)) }
        responsePhase = last?.number == Phase.responseHeadersTransform.order ? last : nil
        requestPhases = responsePhase == nil ? row.phases : row.phases.dropLast()
        for number in row.phases.lazy.flatMap({ view.phase($0).rules }) {
            let rule = view.rule(number)
            guard rule.kind == .limit, let limit = rule.limit else { continue }
            (limits + rule.limitNumber).initialize(to: PlannedLimit(limit, rule: rule, row, view))
            if limit.countsAtResponse { countsResponses = true }
            if limit.counting != nil, !limit.countsAtResponse { countsApart = true }
        }
    }
}
