internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// What is said at the foot of the screen: deployments on their way to the nodes, and what was said last.
enum MessageView {
    static func toasts(_ model: ConsoleModel, at now: Instant) -> Toasts {
        var toasts = Toasts()
        if let following = model.following.last, following.isShown(at: now) {
            toasts.show(progress(following, model, at: now))
        }
        for toast in model.toasts.toasts { toasts.show(toast) }
        return toasts
    }

    /// `✓ roll back shop in production: fra1 ✓ hil1 ✓ after 42 ms, u undoes it (4:52)`, and the command below.
    private static func progress(
        _ following: ConsoleModel.Following, _ model: ConsoleModel, at now: Instant
    ) -> Toasts.Toast {
        let acknowledged = following.acknowledged
        let glyphs = model.theme.glyphs
        var text = Words.text(following.title)
        var tone = Toasts.Tone.info
        switch acknowledged.state {
        case .waiting: break
        case .done: tone = .ok
        case .unserved:
            tone = .warning
            text += ": committed; no server runs that would tell the nodes"
        case .held(let why):
            tone = .error
            text += ": committed, held: \(Words.line(why))"
        case .timedOut:
            tone = .error
            text += ": committed, not all nodes serve it after 30 s"
        }
        if !acknowledged.nodes.isEmpty || !acknowledged.missing.isEmpty { text += ":" }
        for node in acknowledged.nodes.prefix(12) { text += " \(Words.name(node)) \(glyphs.sign(.toastOk))" }
        for node in acknowledged.missing.prefix(12) { text += " \(Words.name(node)) \u{2026}" }
        if acknowledged.state == .done { text += " after \(acknowledged.after) ms" }
        let left = following.deployment.undoLeft(at: model.time(at: now))
        if left > 0 { text += ", \(model.setup.keys.key(.undo)) undoes it" }
        let record = model.log.last { $0.deployment == following.deployment.id }
        let all = acknowledged.nodes.count + acknowledged.missing.count
        return Toasts.Toast(
            tone, text, detail: record.map { "= \(Words.text($0.command))" } ?? .empty, id: "deployment",
            deadline: left > 0 ? now.adding(left) : nil,
            progress: acknowledged.state == .waiting && all > 0
                ? Double(acknowledged.nodes.count) / Double(all) : nil)
    }
}
