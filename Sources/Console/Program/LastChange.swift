internal import ControlPlane
internal import EdgeModel
internal import MailRouting
internal import TerminalUI

/// What `u` takes back where neither the console itself nor the selected row has a change to undo.
enum LastChange {
    /// The operator's own last change of anything, of the edge or of mail; another person's is only named, as it is undone
    /// from its own row or by its command.
    ///
    /// - Parameter own: what the screen offers for the selected row.
    static func undo(_ own: Offer, _ context: ScreenContext) -> Offer {
        if case .operation = own { return own }
        // Newest first.
        let recent = context.picture.deployments.lazy.map(\.deployment).prefix { $0.isUndoable(at: context.now) }
        let mine = recent.first { $0.actor.label == context.actor }
        if let entry = ownOfMail(since: mine?.at, context) { return .command(["email", "undo", "\(entry.id)"]) }
        if let mine { return .operation(.undo(mine.id)) }
        let keys = context.keys
        let last = recent.first
        if let entry = mail(context).first, last.map({ $0.at <= entry.at }) ?? true {
            var text = told("mail deployment \(entry.id)", entry.actor, entry.at, context)
            text += ": :email undo \(entry.id) undoes it"
            return .unavailable(text)
        }
        guard let last else {
            return own == .none ? .unavailable("nothing was deployed in the last 5 minutes") : own
        }
        var text = told("deployment \(last.id)", last.actor, last.at, context)
        if let list = keys.key(for: .go("deployments"), in: []) { text += ": \(list) and \(keys.key(.undo)) undo it" }
        return .unavailable(text)
    }

    /// The operator's own newest change of mail, unless one of the edge came after it.
    static func ownOfMail(since other: Timestamp?, _ context: ScreenContext) -> MailDeployment? {
        guard let entry = mail(context).first(where: { $0.actor.label == context.actor }),
            other.map({ $0 <= entry.at }) ?? true
        else { return nil }
        return entry
    }

    /// Newest first.
    private static func mail(_ context: ScreenContext) -> ArraySlice<MailDeployment> {
        context.picture.mail.changes.prefix { $0.isUndoable(at: context.now) }
    }

    private static func told(
        _ what: TerminalText, _ actor: Actor, _ at: Timestamp, _ context: ScreenContext
    ) -> TerminalText {
        "the last change is \(what) of \(Words.text(actor.label)), \(Words.ago(at, at: context.now))"
    }
}
