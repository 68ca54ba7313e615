internal import Logging

/// Answers Envoy's questions from `serve` or from disk: runs what ``RelayState`` decides.
actor Relay {
    struct Answer: Sendable {
        var status: Int
        var body: [UInt8]
        static let notModified = Answer(status: 304, body: [])
        static let unavailable = Answer(status: 503, body: [])
    }

    /// What the relay asks of Envoy itself.
    struct Probes: Sendable {
        /// Whether its main thread answers.
        var isAlive: @Sendable () async -> Bool
        /// Whether it runs this version of what it subscribed to; clusters, only when none of them warms up.
        var runs: @Sendable (_ subscription: Subscription, _ version: String) async -> Bool
    }

    private typealias Outcome = Result<ControlPlaneClient.Reply, ControlPlaneClient.Failure>

    private let client: ControlPlaneClient
    private let probes: Probes
    private let chance: @Sendable () -> Double
    private let logger: Logger
    private let tell: @Sendable (RelayState.Event) -> Void
    private let startAnew: @Sendable () -> Void
    private var state: RelayState
    /// Number of the newest question of each subscription; an older one has nobody left to answer.
    private var newest: [Subscription: Int] = [:]
    private var held: [Subscription: Task<Outcome, Never>] = [:]
    /// Questions put to `serve` in Envoy's place, and the version that Envoy was seen to run.
    private var ahead: [Subscription: (version: String, outcome: Task<Outcome, Never>)] = [:]
    private var watching = 0
    private var count = 0
    private var isAway = false

    init(
        client: ControlPlaneClient, probes: Probes, lastGood: LastGood, chance: @escaping @Sendable () -> Double,
        logger: Logger,
        tell: @escaping @Sendable (RelayState.Event) -> Void, startAnew: @escaping @Sendable () -> Void
    ) {
        self.client = client
        self.probes = probes
        self.chance = chance
        self.logger = logger
        self.tell = tell
        self.startAnew = startAnew
        state = RelayState(lastGood: lastGood)
    }

    /// A new Envoy is about to start; questions of the one before are dropped.
    func envoyStarts() {
        state.envoyStarts()
        drop()
    }

    /// Ends all questions without an answer.
    func drop() {
        newest = [:]
        for task in held.values { task.cancel() }
        for asked in ahead.values { asked.outcome.cancel() }
        (held, ahead) = ([:], [:])
    }

    func answer(_ request: DiscoveryRequest) async -> Answer {
        let clock = ContinuousClock()
        let start = clock.now
        let subscription = request.subscription
        count += 1
        let number = count
        newest[subscription] = number
        var asked = takeAhead(of: request)
        held.removeValue(forKey: subscription)?.cancel()
        // Whoever asks next ends this one too.
        held[subscription] = asked
        var backOff = BackOff(first: .milliseconds(50), limit: .seconds(2))

        var (events, step) = state.asked(subscription, version: request.version)
        let isWarm = await acceptsWarmClusters(events)
        for event in events { tell(event) }
        guard newest[subscription] == number else { return .notModified }
        while true {
            switch step {
            case .ask(let limit):
                let result =
                    if let outcome = asked { await outcome.value } else {
                        await ask(request, isWarm: isWarm, atMost: limit)
                    }
                asked = nil
                guard newest[subscription] == number else { return .notModified }
                if case .success(.again) = result {
                    // Envoy's own next request would say the same, later: it waits for this one's answer.
                    guard await probes.isAlive(), newest[subscription] == number else { return .notModified }
                    step = state.ask(subscription, version: request.version, waited: clock.now - start)
                    continue
                }
                (events, step) = take(result, request, waited: clock.now - start, pause: backOff.next(chance: chance()))
                for event in events { tell(event) }
            case .pause(let pause):
                try? await Task.sleep(for: pause)
                guard newest[subscription] == number, !Task.isCancelled else { return .notModified }
                step = state.ask(subscription, version: request.version, waited: clock.now - start)
            case .answer(let response):
                // A process that begins has much to take on, and nobody waits for its word in particular.
                if request.version != nil, let next = request.accepting(response.version) {
                    Task { await askAhead(next, after: number) }
                }
                return Answer(status: 200, body: response.body)
            case .notModified: return .notModified
            case .unavailable: return .unavailable
            case .startAnew:
                logger.warning("serve went away while Envoy started: starting anew from the last good configuration")
                startAnew()
                return .unavailable
            }
        }
    }

    // MARK: asking in Envoy's place

    private static let firstLook = Duration.milliseconds(1)
    static let looks = 10
    /// What changes everything changes many shards at once: then Envoy's own questions cost less than to look for each.
    private static let watchedAtOnce = 4

    /// Envoy's next question says what it runs. It rests before it asks, and asking costs it as much as taking on a change
    /// does, since it names every extension it has. Its statistics say the same at once and for little: then `serve` is
    /// told in its place, and its own question finds the answer on the way.
    private func askAhead(_ request: DiscoveryRequest, after number: Int) async {
        let subscription = request.subscription
        guard let version = request.version, watching < Self.watchedAtOnce else { return }
        watching += 1
        let isRunning = await isRunning(subscription, version, after: number)
        watching -= 1
        guard isRunning, newest[subscription] == number else { return }
        let (events, _) = state.asked(subscription, version: version)
        for event in events { tell(event) }
        ahead[subscription] = (version, Task { await pursue(request) })
    }

    private func isRunning(_ subscription: Subscription, _ version: String, after number: Int) async -> Bool {
        var pause = Self.firstLook
        for _ in 0..<Self.looks {
            try? await Task.sleep(for: pause)
            guard newest[subscription] == number else { return false }
            if await probes.runs(subscription, version) { return true }
            pause = pause * 3 / 2
        }
        return false
    }

    private func pursue(_ request: DiscoveryRequest) async -> Outcome {
        let isWarm = request.subscription == .clusters
        while true {
            let outcome = await discover(request, isWarm: isWarm, atMost: RelayState.hold)
            guard case .success(.again) = outcome, !Task.isCancelled, await probes.isAlive() else { return outcome }
        }
    }

    private func takeAhead(of request: DiscoveryRequest) -> Task<Outcome, Never>? {
        guard let asked = ahead.removeValue(forKey: request.subscription) else { return nil }
        if asked.version == request.version { return asked.outcome }
        asked.outcome.cancel()
        return nil
    }

    /// New clusters are warm by the time that Envoy says it has them, most of the time: told with its word, it saves
    /// the report that would follow.
    private func acceptsWarmClusters(_ events: [RelayState.Event]) async -> Bool {
        for case .accepted(.clusters, let version) in events { return await probes.runs(.clusters, version) }
        return false
    }

    private func ask(_ request: DiscoveryRequest, isWarm: Bool, atMost limit: Duration) async -> Outcome {
        let task = Task { await discover(request, isWarm: isWarm, atMost: limit) }
        held[request.subscription] = task
        return await task.value
    }

    private func discover(_ request: DiscoveryRequest, isWarm: Bool, atMost limit: Duration) async -> Outcome {
        do throws(ControlPlaneClient.Failure) {
            return .success(
                try await client.discover(request, journal: state.journal, isWarm: isWarm, atMost: limit))
        } catch {
            return .failure(error)
        }
    }

    private func take(
        _ result: Outcome, _ request: DiscoveryRequest, waited: Duration, pause: Duration
    ) -> ([RelayState.Event], RelayState.Step) {
        switch result {
        case .success(.new(let response)):
            note(nil)
            return ([state.answered(response, for: request.subscription)], .answer(response))
        case .success(.nothingNew), .success(.again):
            note(nil)
            return ([], .notModified)
        case .failure(let failure):
            note(failure)
            let outcome = state.failed(
                request.subscription, version: request.version, waited: waited, pause: pause)
            if case .answer = outcome.step {
                logger.warning(
                    "answered from the last good configuration", metadata: ["what": "\(request.subscription)"])
            }
            return outcome
        }
    }

    /// Says once that `serve` went away and once that it is back.
    private func note(_ failure: ControlPlaneClient.Failure?) {
        if let failure, !isAway { logger.warning("serve cannot be used: \(failure)") }
        if failure == nil, isAway { logger.notice("serve answers again") }
        isAway = failure != nil
    }
}
