internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import TerminalUI

/// The question before a change of what is served: what it does, to whom, what stands against it, and the command.
///
/// The key that opened it never confirms it, and for a moment after it opened no key does: keys typed ahead were meant
/// for something else.
package struct ChangeDialog: Sendable {
    /// Names one opening of a dialog, so that answers to an earlier one are not taken for this one's.
    package struct Token: Hashable, Sendable {
        package let number: Int
        package init(_ number: Int) { self.number = number }
    }

    enum Stage: Sendable {
        case planning
        case review(Plan)
        case failed(Problem)
        case applying(Plan)
    }

    /// Where the question is asked.
    struct Around: Sendable {
        /// `on edge1  state /var/lib/…`
        var place: StyledLine
        var picture: Picture?
        var time: Timestamp
        /// Options that make a command mean this state.
        var commandOptions: [String]
        var size: TerminalSize
        /// What was pressed for it.
        var key: KeyPress?
        /// `2 of 3`, where several are asked about one after the other.
        var turn: TerminalText = .empty
    }

    let token: Token
    let operation: Operation
    let around: Around
    private(set) var stage = Stage.planning
    private(set) var dialog: Dialog
    /// What checks outside of the store said.
    var evidence: [String: String] = [:]

    init(_ token: Token, _ operation: Operation, _ around: Around, at now: Instant) {
        self.token = token
        self.operation = operation
        self.around = around
        dialog = Dialog("", buttons: [.cancel], openedAt: now)
        show(.planning, at: now)
    }

    /// Keys typed before it was on the screen, or within a moment after, were not meant for it.
    mutating func show(_ next: Stage, at now: Instant) {
        stage = next
        let isProduction = plan?.touchesProduction ?? false
        var title: TerminalText = isProduction ? "change production" : "change"
        if !around.turn.isEmpty { title += "  " + around.turn }
        dialog = Dialog(
            title, id: "change.\(stage.number)",
            banner: [StyledLine(Words.text(plan?.title ?? operation.title), .textStrong, .bold), around.place],
            body: body, diff: plan.map { DiffView(PlanLines.difference($0)) }, switches: switches, fields: fields,
            buttons: buttons, isDanger: isProduction, openedAt: now, openedBy: around.key)
        dialog.resize(around.size)
        settle()
    }

    var plan: Plan? {
        switch stage {
        case .review(let plan), .applying(let plan): plan
        case .planning, .failed: nil
        }
    }

    mutating func resize(_ size: TerminalSize) { dialog.resize(size) }

    // MARK: what it says

    private var body: [StyledLine] {
        switch stage {
        case .planning: [StyledLine("planning…", .textMuted)]
        case .failed(let problem): ProblemPage.lines(problem)
        case .review(let plan), .applying(let plan): PlanLines.lines(plan, around.picture, at: around.time)
        }
    }

    private var switches: [Dialog.Switch] {
        guard case .review(let plan) = stage else { return [] }
        var list: [Dialog.Switch] = []
        guard plan.isGated else { return list }
        if plan.staleBase != nil {
            list.append(.init("stale", "it was not made from what is served now: go on anyway", key: .character("s")))
        }
        if !plan.thresholds.isEmpty {
            list.append(.init("force", "it exceeds a safety threshold: force it and say why", key: .character("f")))
        }
        if !plan.warnings.isEmpty {
            list.append(
                .init(
                    "warnings", "accept \(Words.count(plan.warnings.count, "warning", "warnings"))",
                    key: .character("w")))
        }
        return list
    }

    private var fields: [Dialog.Field] {
        guard case .review = stage else { return [] }
        return [
            Dialog.Field("reason", "why", key: .character("r"), placeholder: "kept in the journal; not needed")
        ]
    }

    private var buttons: [Dialog.Button] {
        switch stage {
        case .review: [Dialog.Button("apply", "Apply", key: .character("y")), .cancel]
        case .failed: [Dialog.Button("close", "Close", key: .character("n"))]
        case .planning, .applying: [.cancel]
        }
    }

    /// Why it cannot be applied as it is; nil: it can.
    private var obstacle: TerminalText? {
        guard case .review(let plan) = stage else { return nil }
        guard !plan.isGated || plan.errors.isEmpty else { return "mend the errors and plan again" }
        guard dialog.switches.allSatisfy(\.isOn) else { return "tick what you take on" }
        return isOn("force") && reason.isEmpty ? "say why" : nil
    }

    private func isOn(_ name: String) -> Bool { dialog.switches.contains { $0.id == name && $0.isOn } }

    private var reason: String { dialog.text(of: "reason") }

    /// Makes the button and the command true after each key.
    private mutating func settle() {
        dialog.disable("apply", obstacle)
        dialog.command = Words.text(
            (["signalbox"] + words + around.commandOptions).map(ShellWord.quoted).joined(separator: " "))
    }

    // MARK: what comes of it

    var options: ApplyOptions {
        var options = ApplyOptions()
        options.acceptWarnings = isOn("warnings")
        options.allowStaleBase = isOn("stale")
        options.force = isOn("force")
        options.evidence = evidence
        options.reason = reason.isEmpty ? nil : reason
        return options
    }

    /// The command that does exactly this, the plan's checksum included; without the program's name.
    var words: [String] {
        var words = operation.words
        if !reason.isEmpty { words += ["--reason", reason] }
        if isOn("warnings") { words.append("--accept-warnings") }
        if isOn("stale") { words.append("--allow-stale-base") }
        if isOn("force") { words.append("--force") }
        if let plan { words += ["--plan", plan.checksum.short] }
        return words
    }

    enum Answer: Hashable {
        case stay
        case close
        case apply
    }

    /// Whether it is the key that says yes to what is shown.
    func isAnswered(by event: InputEvent) -> Bool {
        guard case .key(let key) = event, case .review = stage else { return false }
        return dialog.buttons.first?.key == key
    }

    mutating func handle(_ event: InputEvent, at now: Instant) -> Answer {
        // What is being committed cannot be called back by closing the question.
        if case .applying = stage { return .stay }
        let outcome = dialog.handle(event, at: now)
        if outcome == .switched("force"), isOn("force"), reason.isEmpty { dialog.focus(on: "reason") }
        settle()
        switch outcome {
        case .cancelled: return .close
        case .pressed("apply"): return confirm(at: now)
        default: return .stay
        }
    }

    /// For what is done without a question: the plan, when nothing stands against it and production does not notice.
    mutating func applyAtOnce() -> Plan? {
        guard case .review(let plan) = stage, !plan.touchesProduction, dialog.switches.isEmpty, obstacle == nil else {
            return nil
        }
        stage = .applying(plan)
        return plan
    }

    private mutating func confirm(at now: Instant) -> Answer {
        guard case .review(let plan) = stage, obstacle == nil else { return .stay }
        // The options are read after this: what was ticked stays.
        stage = .applying(plan)
        dialog.disable("apply", "committing…")
        return .apply
    }
}

extension ChangeDialog.Stage {
    /// Another stage is another dialog to whoever listens.
    fileprivate var number: Int {
        switch self {
        case .planning: 0
        case .review: 1
        case .applying: 2
        case .failed: 3
        }
    }
}

/// The question before something that is written and not served yet.
enum AskDialog {
    static func make(_ operation: Operation, _ what: String, _ around: ChangeDialog.Around, at now: Instant) -> Dialog {
        var dialog = Dialog(
            "change", id: "ask",
            banner: [StyledLine(Words.text(operation.title), .textStrong, .bold), around.place],
            body: [StyledLine(Words.text(what), .text)],
            command: Words.text(
                (["signalbox"] + operation.words + around.commandOptions).map(ShellWord.quoted).joined(separator: " ")),
            buttons: [Dialog.Button("confirm", "Go on", key: .character("y")), .cancel], openedAt: now,
            openedBy: around.key)
        dialog.resize(around.size)
        return dialog
    }
}

/// The question before something that cannot be taken back: its name has to be typed.
enum TypedDialog {
    static func make(_ operation: Operation, word: String, _ around: ChangeDialog.Around, at now: Instant) -> Dialog {
        var dialog = Dialog(
            "for good", id: "typed",
            banner: [StyledLine(Words.text(operation.title), .textStrong, .bold), around.place],
            body: [
                StyledLine("This cannot be taken back. Type ", .text)
                    + StyledLine(Words.text(word), .textStrong, .bold) + StyledLine(" to go on.", .text)
            ],
            command: Words.text(
                (["signalbox"] + operation.words + around.commandOptions).map(ShellWord.quoted).joined(separator: " ")),
            fields: [Dialog.Field("word", "name", required: word)],
            buttons: [Dialog.Button("confirm", "Go on"), .cancel], isDanger: true, openedAt: now,
            openedBy: around.key)
        dialog.resize(around.size)
        return dialog
    }
}
