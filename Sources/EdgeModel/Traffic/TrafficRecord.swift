/// What was counted for one subject in ten seconds: a row of the history.
package struct TrafficRecord: Hashable, Sendable, Codable {
    package var bucket: TrafficBucket
    package var subject: TrafficSubject
    package var counts: TrafficCounts
    /// Of an origin: the worst within the time; nil: nobody told.
    package var health: OriginHealth?

    package init(
        _ bucket: TrafficBucket, _ subject: TrafficSubject, _ counts: TrafficCounts = TrafficCounts(),
        health: OriginHealth? = nil
    ) {
        self.bucket = bucket
        self.subject = subject
        self.counts = counts
        self.health = health
    }

    /// Both rows of one subject and bucket as one.
    package func adding(_ other: TrafficRecord) -> TrafficRecord {
        var sum = self
        sum.counts = counts.adding(other.counts)
        sum.health = health.map { one in other.health.map(one.worse) ?? one } ?? other.health
        return sum
    }
}

/// Ten seconds, named by the one they begin with.
package struct TrafficBucket: Hashable, Comparable, Sendable, Codable {
    /// Seconds.
    package static let length: Int64 = 10

    /// Unix seconds, a multiple of ten.
    package let seconds: Int64

    /// The one that contains a moment.
    package init(containing time: Timestamp) {
        let (whole, rest) = time.milliseconds.quotientAndRemainder(dividingBy: Self.length * 1000)
        seconds = (rest < 0 ? whole - 1 : whole) * Self.length
    }

    package var start: Timestamp { Timestamp(milliseconds: seconds * 1000) }
    package var end: Timestamp { Timestamp(milliseconds: (seconds + Self.length) * 1000) }
    package var next: TrafficBucket { TrafficBucket(containing: end) }

    package static func < (a: Self, b: Self) -> Bool { a.seconds < b.seconds }
}
