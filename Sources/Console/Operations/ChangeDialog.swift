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

    /// What a person may say about what stands against a plan.
    struct Waivers: Hashable, Sendable {
        var acceptsWarnings = false
        var allowsStaleBase = false
        /// Goes past thresholds; needs a reason.
        var isForced = false
    }

    /// Milliseconds for which a new dialog takes no key.
    package static let deafness: Int64 = 300

    let token: Token
    let operation: Operation
    let openedAt: Instant
    private(set) var stage = Stage.planning
    /// When what is asked about came before the eyes.
    private(set) var shownAt: Instant?
    var waivers = Waivers()
    /// What checks outside of the store said.
    var evidence: [String: String] = [:]
    var reason = ""
    var isWritingReason = false
    /// First line shown of the difference.
    var scroll = 0
    /// Cancel has the focus at first; Enter does what has it.
    var isApplyFocused = false

    /// Keys typed before the plan was on the screen, or within a moment after, were not meant for it.
    func isDeaf(at now: Instant) -> Bool { shownAt.map { now.since($0) < Self.deafness } ?? true }

    mutating func show(_ next: Stage, at now: Instant) {
        stage = next
        shownAt = now
    }

    var plan: Plan? {
        switch stage {
        case .review(let plan), .applying(let plan): plan
        case .planning, .failed: nil
        }
    }

    /// What still stands against it, each with the key that lifts it; nil: nothing can lift it here.
    var obstacles: [(text: TerminalText, key: TerminalText?)] {
        guard case .review(let plan) = stage, plan.isGated else { return [] }
        var list: [(TerminalText, TerminalText?)] = []
        if !plan.errors.isEmpty {
            list.append(
                (Words.count(plan.errors.count, "error in what would be served", "errors in what would be served"), nil)
            )
        }
        if plan.staleBase != nil, !waivers.allowsStaleBase {
            list.append(("it was not made from what is served now", "s"))
        }
        if !plan.thresholds.isEmpty, !waivers.isForced || reason.isEmpty {
            list.append(("it exceeds a safety threshold: force it and say why", waivers.isForced ? "r" : "f"))
        }
        if !plan.warnings.isEmpty, !waivers.acceptsWarnings {
            list.append((Words.count(plan.warnings.count, "warning", "warnings"), "w"))
        }
        return list
    }

    var options: ApplyOptions {
        var options = ApplyOptions()
        options.acceptWarnings = waivers.acceptsWarnings
        options.allowStaleBase = waivers.allowsStaleBase
        options.force = waivers.isForced
        options.evidence = evidence
        options.reason = reason.isEmpty ? nil : reason
        return options
    }

    /// The command that does exactly this, the plan's checksum included; without the program's name.
    var words: [String] {
        var words = operation.words
        if !reason.isEmpty { words += ["--reason", reason] }
        if waivers.acceptsWarnings { words.append("--accept-warnings") }
        if waivers.allowsStaleBase { words.append("--allow-stale-base") }
        if waivers.isForced { words.append("--force") }
        if let plan { words += ["--plan", plan.checksum.short] }
        return words
    }

    enum Answer: Hashable {
        case stay
        case close
        case apply
    }

    mutating func handle(_ key: KeyPress, at now: Instant) -> Answer {
        // What is being committed cannot be called back by closing the question.
        if case .applying = stage { return .stay }
        if isWritingReason, key.name != "Ctrl-C" { return write(key) }
        if ["Esc", "n", "q", "Ctrl-C"].contains(key.name) { return .close }
        if case .failed = stage, key.name == "Enter" { return .close }
        guard !isDeaf(at: now) else { return .stay }
        scroll(key)
        guard case .review(let plan) = stage else { return .stay }
        switch key.name {
        case "y": return confirm()
        case "Enter": return isApplyFocused ? confirm() : .close
        case "Tab", "Shift-Tab", "Left", "Right", "h", "l": isApplyFocused.toggle()
        // Only what is told can be waived.
        case "w" where !plan.warnings.isEmpty: waivers.acceptsWarnings.toggle()
        case "s" where plan.staleBase != nil: waivers.allowsStaleBase.toggle()
        case "f" where !plan.thresholds.isEmpty:
            waivers.isForced.toggle()
            isWritingReason = waivers.isForced && reason.isEmpty
        case "r": isWritingReason = true
        default: break
        }
        return .stay
    }

    private mutating func scroll(_ key: KeyPress) {
        switch key.name {
        case "Down", "j": scroll += 1
        case "Up", "k": scroll = max(0, scroll - 1)
        case "PgDn", "Space": scroll += 10
        case "PgUp": scroll = max(0, scroll - 10)
        default: break
        }
    }

    private mutating func confirm() -> Answer {
        guard case .review(let plan) = stage, obstacles.isEmpty else { return .stay }
        stage = .applying(plan)
        return .apply
    }

    private mutating func write(_ key: KeyPress) -> Answer {
        switch key.name {
        case "Enter", "Esc": isWritingReason = false
        case "Backspace": if !reason.isEmpty { reason.removeLast() }
        default: if let scalar = key.typed, reason.utf8.count < 500 { reason.unicodeScalars.append(scalar) }
        }
        return .stay
    }
}

/// The question before something that cannot be taken back: its name has to be typed.
struct TypedDialog: Sendable {
    let operation: Operation
    let word: String
    let openedAt: Instant
    var text = ""

    var isRight: Bool { text == word }

    enum Answer: Hashable { case stay, close, confirm }

    mutating func handle(_ key: KeyPress, at now: Instant) -> Answer {
        switch key.name {
        case "Esc", "Ctrl-C": return .close
        case "Enter": return isRight ? .confirm : .stay
        case "Backspace": if !text.isEmpty { text.removeLast() }
        default:
            guard now.since(openedAt) >= ChangeDialog.deafness, let scalar = key.typed, text.utf8.count < 200 else {
                break
            }
            text.unicodeScalars.append(scalar)
        }
        return .stay
    }
}
