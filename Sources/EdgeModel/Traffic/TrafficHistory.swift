/// The traffic of some time by one kind of subject, ready to be shown: what `ControlPlane.traffic` answers.
package struct TrafficHistory: Hashable, Sendable {
    package var kind: TrafficSubject.Kind
    /// Whole buckets, first and last included, without gaps; empty: no time at all.
    package var buckets: [TrafficBucket]
    /// Whether anything was known in each of them: where not, nobody reported or no server ran.
    package var isKnown: [Bool]
    /// Busiest first.
    package var series: [TrafficSeries]

    /// - Parameters:
    ///   - records: those of the kind and those of the total, in any order.
    package init(of kind: TrafficSubject.Kind, _ records: [TrafficRecord], from: Timestamp, to: Timestamp) {
        self.kind = kind
        buckets = Self.buckets(from: from, to: to)
        let places = Dictionary(uniqueKeysWithValues: buckets.enumerated().map { ($1, $0) })
        var known = Array(repeating: false, count: buckets.count)
        var points: [TrafficSubject: [Int: TrafficRecord]] = [:]
        for record in records {
            guard let place = places[record.bucket] else { continue }
            known[place] = true
            if record.subject.kind == kind {
                let other = points[record.subject]?[place]
                points[record.subject, default: [:]][place] = other.map { $0.adding(record) } ?? record
            }
        }
        isKnown = known
        series = points.map { subject, points in
            TrafficSeries(
                subject: subject,
                points: known.indices.map { known[$0] ? points[$0]?.counts ?? TrafficCounts() : nil },
                health: points.keys.sorted().compactMap { points[$0]?.health }.last)
        }.sorted { ($0.sum.requests, $1.subject) > ($1.sum.requests, $0.subject) }
    }

    /// The longest time that is shown: what the history keeps, and a little.
    private static let most = 4 * 360

    private static func buckets(from: Timestamp, to: Timestamp) -> [TrafficBucket] {
        var buckets: [TrafficBucket] = []
        var bucket = TrafficBucket(containing: from)
        while bucket.start < to, buckets.count < most {
            buckets.append(bucket)
            bucket = bucket.next
        }
        return buckets
    }

    /// Seconds of which something is known.
    package var knownSeconds: Int { isKnown.count { $0 } * Int(TrafficBucket.length) }

    /// End of the newest time of which something is known; nil: there is none.
    package var lastKnown: Timestamp? { isKnown.lastIndex(of: true).map { buckets[$0].end } }

    /// Mean over the time of which something is known.
    package func perSecond(_ series: TrafficSeries) -> Double {
        knownSeconds == 0 ? 0 : Double(series.sum.requests) / Double(knownSeconds)
    }
}

/// One subject's way through time.
package struct TrafficSeries: Hashable, Sendable {
    package var subject: TrafficSubject
    /// One for each bucket of the history; nil: nothing is known of that time.
    package var points: [TrafficCounts?]
    /// Of an origin, as it was last.
    package var health: OriginHealth?

    package init(subject: TrafficSubject, points: [TrafficCounts?], health: OriginHealth? = nil) {
        self.subject = subject
        self.points = points
        self.health = health
        sum = points.reduce(TrafficCounts()) { $1.map($0.adding) ?? $0 }
    }

    package let sum: TrafficCounts

    /// Mean of requests a second in so many equal pieces of the time; nil: nothing is known of a piece. For sparklines.
    package func rates(in pieces: Int) -> [Double?] {
        let pieces = min(max(pieces, 0), points.count)
        return (0..<pieces).map { piece in
            let known = points[points.count * piece / pieces..<points.count * (piece + 1) / pieces].compactMap(\.self)
            guard !known.isEmpty else { return nil }
            let requests = known.reduce(0) { $0 + $1.requests }
            return Double(requests) / Double(known.count * Int(TrafficBucket.length))
        }
    }
}
