/// What holds a running migration back now.
package enum Limiter: String, Hashable, Sendable, CaseIterable {
    /// Transfers wait for names.
    case listing
    /// Transfers wait for bytes to come.
    case source
    /// This machine has no more to give.
    case cpu
    /// Transfers wait for bytes to be taken.
    case target
    /// The target's allowance is used up.
    case quota
    /// The limits that were set for this run.
    case cap
}
