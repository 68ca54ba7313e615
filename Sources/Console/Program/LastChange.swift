internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// What `u` takes back where neither the console itself nor the selected row has a change to undo.
enum LastChange {
    /// The operator's own last change of anything; another person's is only named, as it is undone from its own row.
    ///
    /// - Parameter own: what the screen offers for the selected row.
    static func undo(_ own: Offer, _ context: ScreenContext) -> Offer {
        if case .operation = own { return own }
        // Newest first.
        let recent = context.picture.deployments.lazy.map(\.deployment).prefix { $0.isUndoable(at: context.now) }
        if let mine = recent.first(where: { $0.actor.label == context.actor }) { return .operation(.undo(mine.id)) }
        guard let last = recent.first else {
            return own == .none ? .unavailable("nothing was deployed in the last 5 minutes") : own
        }
        let keys = context.keys
        var text: TerminalText =
            "the last change is deployment \(last.id) of \(Words.text(last.actor.label)), \(Words.ago(last.at, at: context.now))"
        if let list = keys.key(for: .go("deployments"), in: []) { text += ": \(list) and \(keys.key(.undo)) undo it" }
        return .unavailable(text)
    }
}
