/// When to draw. A pure decision: input at once, feeds at most 15 times a second, nothing while the terminal is still
/// busy with the last frame, and no timer when nothing will change.
struct Pacing {
    /// Milliseconds between two frames that nobody asked for with a key: 15 a second.
    static let feedInterval: Int64 = 67

    private(set) var lastFrame: Instant?
    /// A frame is with the terminal.
    var isPresenting = false
    /// Another program has the terminal.
    var isOutside = false
    /// What changed since the last frame, if anything.
    private(set) var need = Need.nothing

    enum Need: Comparable { case nothing, soon, now }

    enum Decision: Equatable {
        case draw
        /// Nothing before this instant; nil: nothing at all until something happens.
        case wait(until: Instant?)
    }

    mutating func note(_ more: Need) { need = max(need, more) }

    /// - Parameter wakeUp: when the picture changes by itself.
    mutating func decide(at now: Instant, wakeUp: Instant?) -> Decision {
        if let wakeUp, wakeUp <= now { note(.soon) }
        // The end of what is under way asks again.
        if isPresenting || isOutside { return .wait(until: nil) }
        let due = lastFrame.map { $0.adding(Self.feedInterval) } ?? now
        switch need {
        case .nothing: return .wait(until: wakeUp)
        case .soon where due > now: return .wait(until: due)
        case .soon, .now: return .draw
        }
    }

    /// What was made was as the one before, and nothing went to the terminal.
    mutating func passed(at now: Instant) {
        lastFrame = now
        need = .nothing
    }

    mutating func drew(at now: Instant) {
        lastFrame = now
        need = .nothing
        isPresenting = true
    }
}
