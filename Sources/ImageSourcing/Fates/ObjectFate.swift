/// What became of one listed object in one run.
package enum ObjectFate: Hashable, Sendable {
    /// Listed, and nothing decided yet.
    case pending
    /// Stored at the target; true: over an object that was there.
    case imported(replaced: Bool)
    /// The target has an object of that name, and it was left alone.
    case kept
    case skipped(Reason)
    case failed(Reason)

    /// Skipped or failed, as the reason's kind is.
    package init(_ reason: Reason) { self = reason.isFailure ? .failed(reason) : .skipped(reason) }

    /// Whether this run put it into the target.
    package var isStored: Bool { if case .imported = self { true } else { false } }

    package var reason: Reason? {
        switch self {
        case .pending, .imported, .kept: nil
        case .skipped(let reason), .failed(let reason): reason
        }
    }
}
