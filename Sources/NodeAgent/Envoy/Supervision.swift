/// When Envoy is started, started again and ended: decisions only.
///
/// An end by itself is a restart and is counted; an end that was asked for is not. Pauses grow from 50 ms to 10 s and
/// begin anew after a run of 30 s.
struct Supervision: Sendable {
    enum Event: Hashable, Sendable {
        case begin
        case launched
        case launchFailed
        /// After it had run for so long.
        case ended(after: Duration)
        /// Start it anew, because it cannot go on from where it is.
        case cycle
        /// End it: with grace the first time, at once the second, by force the third.
        case stop
        case timer(Int)
    }

    enum Action: Hashable, Sendable {
        case launch
        /// Let clients go: no new connections to keep, open ones told to close.
        case drain
        case terminate
        case kill
        /// Send `.timer` with this number after so long.
        case wait(Duration, timer: Int)
        case finish
    }

    private enum Phase: Hashable {
        case idle, launching, running, pausing, cycling, finished
        case stoppingBeforeLaunch
        case draining, terminating, killing
    }

    /// How often Envoy was started again after it had ended by itself.
    private(set) var restarts = 0
    private var phase = Phase.idle
    private var timer = 0
    private var backOff = BackOff(first: .milliseconds(50), limit: .seconds(10))
    private let drain: Duration

    /// A run of this length shows that it can run.
    private static let stable = Duration.seconds(30)
    /// An Envoy that was told to end does so within milliseconds.
    private static let patience = Duration.seconds(5)

    init(drain: Duration) { self.drain = drain }

    var isStopping: Bool { [.stoppingBeforeLaunch, .draining, .terminating, .killing, .finished].contains(phase) }

    mutating func handle(_ event: Event) -> [Action] {
        switch (phase, event) {
        case (.idle, .begin): return enter(.launching, [.launch])
        case (.launching, .launched): return enter(.running, [])
        case (.launching, .launchFailed): return pause()
        case (.stoppingBeforeLaunch, .launched): return terminate()
        case (.stoppingBeforeLaunch, .launchFailed): return enter(.finished, [.finish])

        case (.running, .ended(let run)), (.launching, .ended(let run)):
            if run >= Self.stable { backOff.reset() }
            restarts += 1
            return pause()
        case (.pausing, .timer(timer)): return enter(.launching, [.launch])

        case (.running, .cycle): return enter(.cycling, [.terminate], timer: Self.patience)
        case (.cycling, .timer(timer)): return [.kill]
        case (.cycling, .ended): return enter(.launching, [.launch])

        case (.idle, .stop), (.pausing, .stop): return enter(.finished, [.finish])
        case (.launching, .stop): return enter(.stoppingBeforeLaunch, [])
        case (.running, .stop):
            return drain > .zero ? enter(.draining, [.drain], timer: drain) : terminate()
        case (.cycling, .stop), (.draining, .stop), (.draining, .timer(timer)): return terminate()
        case (.terminating, .stop), (.terminating, .timer(timer)): return enter(.killing, [.kill])
        case (.draining, .ended), (.terminating, .ended), (.killing, .ended), (.stoppingBeforeLaunch, .ended):
            return enter(.finished, [.finish])
        default: return []
        }
    }

    private mutating func pause() -> [Action] {
        // Chance is of no use here: there is one Envoy on this machine to start.
        enter(.pausing, [], timer: backOff.next(chance: 0))
    }

    private mutating func terminate() -> [Action] { enter(.terminating, [.terminate], timer: Self.patience) }

    private mutating func enter(_ phase: Phase, _ actions: [Action], timer wait: Duration? = nil) -> [Action] {
        self.phase = phase
        // A timer of an earlier phase that still comes is then none of ours.
        timer += 1
        return actions + (wait.map { [.wait($0, timer: timer)] } ?? [])
    }
}
