internal import EdgeModel

/// What Envoy is answered and what is kept: decisions only.
///
/// Envoy's acknowledgement passes through unchanged: the version in its next request is the verdict on the answer
/// before (accepted when it is that answer's version, refused otherwise), here and at `serve` alike.
///
/// A new Envoy process gets everything from one source. When `serve` cannot be reached at its first question, that is
/// the last good configuration, for all first questions; so clusters, listeners and routes fit together. If `serve`
/// goes away in the middle of a start and what it sent so far is not what the disk holds, the process is started anew
/// and then served from disk.
struct RelayState: Sendable {
    enum Event: Hashable, Sendable {
        case sent(Subscription, version: String)
        case accepted(Subscription, version: String)
        case refused(Subscription, version: String)
        /// Envoy now runs this whole configuration: keep it on disk.
        case keep(LastGood)
    }

    enum Step: Hashable, Sendable {
        /// Ask `serve`, for at most so long.
        case ask(atMost: Duration)
        /// Pause, then ask again.
        case pause(Duration)
        case answer(DiscoveryResponse)
        /// 304: nothing new.
        case notModified
        /// 503: nothing to give.
        case unavailable
        /// As `unavailable`, and start Envoy anew.
        case startAnew
    }

    private enum Source { case undecided, live, disk }

    /// Longer than `serve` holds a request (25 s, and 5 s for clusters to warm), shorter than Envoy waits (35 s).
    static let hold = Duration.seconds(32)
    /// How long a first question may stay unanswered by a `serve` that was reached, when the disk has an answer:
    /// less than the 15 s after which Envoy goes on without one.
    static let patience = Duration.seconds(10)
    /// How long `serve` may be gone in the middle of a start.
    static let gapInStart = Duration.seconds(2)

    private(set) var lastGood: LastGood
    private var source = Source.undecided
    /// By version: shards are accepted one by one, and each time it is asked whether all are there.
    private var references: [String: DiscoveryResponse.References] = [:]
    private var sent: [Subscription: DiscoveryResponse] = [:]
    private var accepted: [Subscription: DiscoveryResponse] = [:]
    /// Answers from disk that this process would not take: not offered to it again.
    private var spurned: Set<Subscription> = []
    private var isServing = false

    init(lastGood: LastGood = LastGood()) { self.lastGood = lastGood }

    /// The place in `serve`'s journal that this node has reached: what it tells a `serve` that may know less.
    var journal: JournalPosition? {
        [lastGood.journal, LastGood(accepted).journal].compactMap(\.self).max { $0.at < $1.at }
    }

    /// A new Envoy process is about to start: it has nothing yet.
    mutating func envoyStarts() {
        self = RelayState(lastGood: lastGood)
    }

    /// A question came. Tells the verdict in it and what to do first.
    mutating func asked(_ subscription: Subscription, version: String?) -> (events: [Event], step: Step) {
        var events: [Event] = []
        if let last = sent.removeValue(forKey: subscription) {
            if last.version == version {
                events.append(.accepted(subscription, version: last.version))
                accepted[subscription] = last
                events += keepIfWhole()
            } else {
                events.append(.refused(subscription, version: last.version))
                if source == .disk, lastGood[subscription] == last { spurned.insert(subscription) }
            }
        }
        if version == nil, source == .disk, let stored = stored(subscription) {
            return (events + [send(stored, for: subscription)], .answer(stored))
        }
        return (events, ask(subscription, version: version, waited: .zero))
    }

    /// What to do after a pause.
    func ask(_ subscription: Subscription, version: String?, waited: Duration) -> Step {
        let hasChoice = version == nil && source != .live && stored(subscription) != nil
        let whole = hasChoice ? Self.patience : Self.hold
        return .ask(atMost: max(.seconds(1), whole - waited))
    }

    /// `serve` answered with a version.
    mutating func answered(_ response: DiscoveryResponse, for subscription: Subscription) -> Event {
        if source == .undecided { source = .live }
        return send(response, for: subscription)
    }

    /// `serve` could not be reached, or answered with an error or not in time. `pause` is the next pause before
    /// another try, `waited` the time since Envoy asked.
    mutating func failed(
        _ subscription: Subscription, version: String?, waited: Duration, pause: Duration
    ) -> (events: [Event], step: Step) {
        if version != nil { return ([], waited >= Self.hold ? .notModified : .pause(pause)) }
        if let stored = stored(subscription) {
            if source == .undecided { source = .disk }
            if source == .disk || fitsWhatWasSent {
                return ([send(stored, for: subscription)], .answer(stored))
            }
            // Not while it serves: there a missing route table harms less than a new start.
            if !isServing, waited >= Self.gapInStart { return ([], .startAnew) }
        }
        return ([], waited >= Self.hold ? .unavailable : .pause(pause))
    }

    private func stored(_ subscription: Subscription) -> DiscoveryResponse? {
        spurned.contains(subscription) ? nil : lastGood[subscription]
    }

    /// Whether everything this process got so far is what the disk holds.
    private var fitsWhatWasSent: Bool {
        let all = accepted.merging(sent) { _, newer in newer }
        return all.allSatisfy { lastGood[$0.key]?.version == $0.value.version }
    }

    private mutating func send(_ response: DiscoveryResponse, for subscription: Subscription) -> Event {
        sent[subscription] = response
        return .sent(subscription, version: response.version)
    }

    private mutating func keepIfWhole() -> [Event] {
        let whole = LastGood(complete: accepted) { response in
            if let known = references[response.version] { return known }
            let found = response.references
            if references.count > 8 { references = [:] }
            references[response.version] = found
            return found
        }
        guard let whole else { return [] }
        isServing = true
        guard whole.versions != lastGood.versions else { return [] }
        lastGood = whole
        return [.keep(whole)]
    }
}
