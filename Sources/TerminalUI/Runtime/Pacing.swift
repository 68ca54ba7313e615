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
    /// Work that a key has started, and until when its picture waits for it.
    private var held: (work: Set<Int>, until: Instant)?

    /// Milliseconds that a key's picture waits for the work that the key starts. What is read in that time is shown at
    /// once: over a slow line a picture that says "reading…" costs more than the reading, and nobody sees it.
    static let patience: Int64 = 20

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
        if need != .nothing, let held, held.until > now { return .wait(until: held.until) }
        switch need {
        case .nothing: return .wait(until: wakeUp)
        case .soon where due > now: return .wait(until: due)
        case .soon, .now: return .draw
        }
    }

    /// A key, or work that one has started, starts this work: the picture waits for it too, and no longer for that.
    mutating func hold(for work: some Sequence<Int>, at now: Instant) {
        var all = held ?? ([], now.adding(Self.patience))
        all.work.formUnion(work)
        held = all.work.isEmpty ? nil : all
    }

    /// Whether a picture waits for this work.
    func waits(for work: Int) -> Bool { held?.work.contains(work) ?? false }

    mutating func ended(_ work: Int) {
        held?.work.remove(work)
        if held?.work.isEmpty ?? false { held = nil }
    }

    /// What was made was as the one before, and nothing went to the terminal.
    mutating func passed(at now: Instant) {
        lastFrame = now
        need = .nothing
        held = nil
    }

    mutating func drew(at now: Instant) {
        lastFrame = now
        need = .nothing
        held = nil
        isPresenting = true
    }
}
