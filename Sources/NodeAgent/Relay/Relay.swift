internal import Logging

/// Answers Envoy's questions from `serve` or from disk: runs what ``RelayState`` decides.
actor Relay {
    struct Answer: Sendable {
        var status: Int
        var body: [UInt8]
        static let notModified = Answer(status: 304, body: [])
        static let unavailable = Answer(status: 503, body: [])
    }

    private let client: ControlPlaneClient
    private let chance: @Sendable () -> Double
    private let logger: Logger
    private let tell: @Sendable (RelayState.Event) -> Void
    private let startAnew: @Sendable () -> Void
    private var state: RelayState
    /// Number of the newest question of each subscription; an older one has nobody left to answer.
    private var newest: [Subscription: Int] = [:]
    private var held: [Subscription: Task<Result<DiscoveryResponse?, ControlPlaneClient.Failure>, Never>] = [:]
    private var count = 0
    private var isAway = false

    init(
        client: ControlPlaneClient, lastGood: LastGood, chance: @escaping @Sendable () -> Double, logger: Logger,
        tell: @escaping @Sendable (RelayState.Event) -> Void, startAnew: @escaping @Sendable () -> Void
    ) {
        self.client = client
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
        held = [:]
    }

    func answer(_ request: DiscoveryRequest) async -> Answer {
        let clock = ContinuousClock()
        let start = clock.now
        let subscription = request.subscription
        count += 1
        let number = count
        newest[subscription] = number
        held.removeValue(forKey: subscription)?.cancel()
        var backOff = BackOff(first: .milliseconds(50), limit: .seconds(2))

        var (events, step) = state.asked(subscription, version: request.version)
        for event in events { tell(event) }
        while true {
            switch step {
            case .ask(let limit):
                let result = await ask(request, atMost: limit)
                guard newest[subscription] == number else { return .notModified }
                (events, step) = take(result, request, waited: clock.now - start, pause: backOff.next(chance: chance()))
                for event in events { tell(event) }
            case .pause(let pause):
                try? await Task.sleep(for: pause)
                guard newest[subscription] == number, !Task.isCancelled else { return .notModified }
                step = state.ask(subscription, version: request.version, waited: clock.now - start)
            case .answer(let response): return Answer(status: 200, body: response.body)
            case .notModified: return .notModified
            case .unavailable: return .unavailable
            case .startAnew:
                logger.warning("serve went away while Envoy started: starting anew from the last good configuration")
                startAnew()
                return .unavailable
            }
        }
    }

    private func ask(
        _ request: DiscoveryRequest, atMost limit: Duration
    ) async -> Result<DiscoveryResponse?, ControlPlaneClient.Failure> {
        let client = client
        let journal = state.journal
        let task = Task { () -> Result<DiscoveryResponse?, ControlPlaneClient.Failure> in
            do throws(ControlPlaneClient.Failure) {
                return .success(try await client.discover(request, journal: journal, atMost: limit))
            } catch {
                return .failure(error)
            }
        }
        held[request.subscription] = task
        return await task.value
    }

    private func take(
        _ result: Result<DiscoveryResponse?, ControlPlaneClient.Failure>, _ request: DiscoveryRequest, waited: Duration,
        pause: Duration
    ) -> ([RelayState.Event], RelayState.Step) {
        switch result {
        case .success(let response?):
            note(nil)
            return ([state.answered(response, for: request.subscription)], .answer(response))
        case .success(nil):
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
