/// When to look at Envoy and when to report: decisions only. Times are durations since the service began.
///
/// A report goes every 2 s and at once when something changed that a promotion waits for. Between Envoy's acceptance
/// of new clusters and their being usable, and only then, the gauge of warming clusters is read every 50 ms.
struct ReportSchedule: Sendable {
    enum Task: Hashable, Sendable {
        case readWarming
        case report
    }

    private static let reportEvery = Duration.seconds(2)
    private static let readEvery = Duration.milliseconds(50)
    private static let echoAfter = [Duration.milliseconds(15), .milliseconds(60), .milliseconds(250)]
    /// Clusters that do not warm for so long have an origin that cannot be found; then once a second is enough.
    private static let eager = Duration.seconds(10)

    private var nextReport = Duration.zero
    private var isUrgent = false
    private var holdOff = Duration.zero
    /// When to report again what was news, ascending.
    private var echoes: [Duration] = []
    private var backOff = BackOff(first: .milliseconds(250), limit: .seconds(30))
    private var watched: (version: String, since: Duration, next: Duration)?
    private var known: (version: String?, warming: Int)?

    /// Envoy accepted clusters of this version.
    mutating func clustersAccepted(_ version: String, at now: Duration) {
        guard known?.version != version || known?.warming != 0 else { return }
        watched = (version, now, now)
    }

    mutating func envoyStarts() {
        watched = nil
        known = nil
        isUrgent = true
    }

    /// Something that must be known soon, such as a refusal.
    mutating func hurry() { isUrgent = true }

    /// What the gauges say now; they may say it in a report too.
    mutating func read(version: String?, warming: Int, at now: Duration) {
        if known?.version != version || known?.warming != warming {
            isUrgent = true
            echoes = Self.echoAfter.map { now + $0 }
        }
        known = (version, warming)
        guard let watched else { return }
        if watched.version == version, warming == 0 {
            self.watched = nil
        } else {
            let pause = now - watched.since < Self.eager ? Self.readEvery : .seconds(1)
            self.watched?.next = now + pause
        }
    }

    /// Envoy does not answer yet.
    mutating func cannotRead(at now: Duration) { watched?.next = now + Self.readEvery }

    /// The report begins to be gathered: what becomes urgent after this is in the next one.
    mutating func reportBegins(at now: Duration) {
        isUrgent = false
        nextReport = now + Self.reportEvery
        echoes.removeAll { $0 <= now }
    }

    mutating func reportEnded(isTaken: Bool, at now: Duration, chance: Double) {
        if isTaken {
            backOff.reset()
            holdOff = .zero
        } else {
            holdOff = now + backOff.next(chance: chance)
            isUrgent = true
        }
    }

    /// The next thing to do, and when.
    func next() -> (task: Task, at: Duration) {
        let report = max(isUrgent ? .zero : min(nextReport, echoes.first ?? nextReport), holdOff)
        if let watched, watched.next <= report { return (.readWarming, watched.next) }
        return (.report, report)
    }
}
