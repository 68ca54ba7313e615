extension Deployment {
    /// Milliseconds for which an entry may be reversed.
    package static let undoWindow: Int64 = 5 * 60_000

    /// Milliseconds that are left; 0: it is too late.
    package func undoLeft(at now: Timestamp) -> Int64 {
        max(0, Self.undoWindow - (now.milliseconds - at.milliseconds))
    }

    package func isUndoable(at now: Timestamp) -> Bool { now.milliseconds - at.milliseconds <= Self.undoWindow }
}
