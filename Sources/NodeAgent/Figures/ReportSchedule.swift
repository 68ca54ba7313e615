/// When to look at Envoy and when to report: decisions only. Times are durations since the service began.
///
/// A report goes every 2 s and at once when something changed that a promotion waits for. Between Envoy's acceptance
/// of new clusters or listeners and their being usable, and only then, the gauges of what warms are read: soon at first,
/// as a first health check takes a few milliseconds, then every 50 ms.
struct ReportSchedule: Sendable {
    enum Task: Hashable, Sendable {
        case readWarming
        case report
    }

    private static let reportEvery = Duration.seconds(2)
    private static let readEvery = Duration.milliseconds(50)
    private static let readFirstAfter = Duration.milliseconds(3)
    private static let echoAfter = Duration.milliseconds(250)
    /// Clusters that do not warm for so long have an origin that cannot be found; then once a second is enough.
    private static let eager = Duration.seconds(10)

    private var nextReport = Duration.zero
    private var isUrgent = false
    private var holdOff = Duration.zero
    /// When to report again what was news; nil: not before the next report is due.
    private var echo: Duration?
    private var backOff = BackOff(first: .milliseconds(250), limit: .seconds(30))
    private var watched: [Kind: Watch] = [:]
    private var known: [Kind: Gauge] = [:]

    /// What Envoy accepts before it can use it.
    private enum Kind {
        case clusters
        case listeners
    }

    private struct Gauge: Hashable {
        var version: String?
        var warming: Int
    }

    private struct Watch {
        var version: String
        var since: Duration
        var next: Duration
    }

    /// Envoy accepted clusters of this version.
    mutating func clustersAccepted(_ version: String, at now: Duration) { accepted(.clusters, version, at: now) }

    /// Envoy accepted listeners of this version.
    mutating func listenersAccepted(_ version: String, at now: Duration) { accepted(.listeners, version, at: now) }

    private mutating func accepted(_ kind: Kind, _ version: String, at now: Duration) {
        guard known[kind] != Gauge(version: version, warming: 0) else { return }
        watched[kind] = Watch(version: version, since: now, next: now)
    }

    mutating func envoyStarts() {
        watched = [:]
        known = [:]
        isUrgent = true
    }

    /// Something that must be known soon, such as a refusal.
    mutating func hurry() { isUrgent = true }

    /// What the gauges say now; they may say it in a report too.
    mutating func read(
        version: String?, warming: Int, listenersVersion: String? = nil, warmingListeners: Int = 0, at now: Duration
    ) {
        take(.clusters, Gauge(version: version, warming: warming), at: now)
        take(.listeners, Gauge(version: listenersVersion, warming: warmingListeners), at: now)
    }

    /// What the gauge of clusters said when Envoy accepted this version. `serve` hears the end of warming up with the
    /// acceptance, so that no report is urgent for it.
    mutating func readByRelay(version: String?, warming: Int, at now: Duration) {
        let gauge = Gauge(version: version, warming: warming)
        guard warming == 0, known[.clusters] != gauge else { return }
        known[.clusters] = gauge
        echo = now + Self.echoAfter
    }

    private mutating func take(_ kind: Kind, _ gauge: Gauge, at now: Duration) {
        if known[kind] != gauge {
            // Somebody waits for the end of warming up. That it began is told when it takes long.
            if gauge.warming == 0 { isUrgent = true }
            echo = now + Self.echoAfter
        }
        known[kind] = gauge
        guard let watch = watched[kind] else { return }
        if gauge == Gauge(version: watch.version, warming: 0) {
            watched[kind] = nil
        } else {
            let age = now - watch.since
            // Seen late by half of what it took at most: a change waits for it.
            let pause = age < Self.eager ? min(max(age / 2, Self.readFirstAfter), Self.readEvery) : .seconds(1)
            watched[kind]?.next = now + pause
        }
    }

    /// Envoy does not answer yet.
    mutating func cannotRead(at now: Duration) {
        for kind in watched.keys { watched[kind]?.next = now + Self.readEvery }
    }

    /// The report begins to be gathered: what becomes urgent after this is in the next one.
    mutating func reportBegins(at now: Duration) {
        isUrgent = false
        nextReport = now + Self.reportEvery
        if let due = echo, due <= now { echo = nil }
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
        let report = max(isUrgent ? .zero : min(nextReport, echo ?? nextReport), holdOff)
        if let read = watched.values.map(\.next).min(), read <= report { return (.readWarming, read) }
        return (.report, report)
    }
}
