/// What nodes count, report by report → the rows of the history, ten seconds each.
///
/// A row may come in several parts, which are added up: of several nodes, of a server that was started anew within the
/// ten seconds, and of a node whose reports were held up.
package struct FiguresRecorder: Sendable {
    /// Milliseconds. What a node counted in a longer silence is left out: nobody knows when it was, and history has a
    /// gap there rather than a peak after it.
    package static let longestSilence: Int64 = 600_000
    /// Of each kind, the busiest in ten seconds: what bounds the history of an edge with thousands of zones. The total
    /// is always whole.
    package static let subjects = 200

    private var open: [TrafficBucket: [TrafficSubject: TrafficRecord]] = [:]

    package init() {}

    package mutating func take(_ delta: TrafficDelta) {
        let last = TrafficBucket(containing: delta.at)
        // That a node reported is worth a row: nothing asked for is something else than nothing known.
        for subject in [.total, TrafficSubject(.node, delta.node.rawValue)] { add(TrafficRecord(last, subject)) }
        for (subject, health) in delta.health { add(TrafficRecord(last, subject, health: health)) }
        guard delta.length <= Self.longestSilence else { return }
        guard delta.length > TrafficBucket.length * 1000 else {
            for (subject, counts) in delta.counts { add(TrafficRecord(last, subject, counts)) }
            return
        }
        let (buckets, weights) = Self.spread(until: delta.at, delta.length)
        for bucket in buckets {
            for subject in [.total, TrafficSubject(.node, delta.node.rawValue)] { add(TrafficRecord(bucket, subject)) }
        }
        for (subject, counts) in delta.counts {
            for (bucket, share) in zip(buckets, counts.shares(weights)) where !share.isZero {
                add(TrafficRecord(bucket, subject, share))
            }
        }
    }

    private mutating func add(_ record: TrafficRecord) {
        let known = open[record.bucket]?[record.subject]
        open[record.bucket, default: [:]][record.subject] = known.map { $0.adding(record) } ?? record
    }

    /// The buckets of some time and how many milliseconds of it lie in each.
    private static func spread(until end: Timestamp, _ length: Int64) -> ([TrafficBucket], [Int64]) {
        let start = end.advanced(byMilliseconds: -length)
        var bucket = TrafficBucket(containing: start)
        var (buckets, weights): ([TrafficBucket], [Int64]) = ([], [])
        while bucket.start < end {
            buckets.append(bucket)
            weights.append(min(bucket.end, end).milliseconds - max(bucket.start, start).milliseconds)
            bucket = bucket.next
        }
        return (buckets, weights)
    }

    /// Rows that are ready, oldest first; each is given once. A bucket that a clock that was set back has left in the
    /// future is ready too.
    package mutating func takeClosed(at now: Timestamp) -> [TrafficRecord] {
        let current = TrafficBucket(containing: now)
        return take { $0 != current }
    }

    /// All rows, the unfinished ones too: before the server ends.
    package mutating func takeAll() -> [TrafficRecord] { take { _ in true } }

    private mutating func take(_ isReady: (TrafficBucket) -> Bool) -> [TrafficRecord] {
        let ready = open.keys.filter(isReady).sorted()
        return ready.flatMap { bucket -> [TrafficRecord] in
            let rows = (open.removeValue(forKey: bucket) ?? [:]).values
            return Dictionary(grouping: rows, by: \.subject.kind).values.flatMap(Self.busiest).sorted {
                $0.subject < $1.subject
            }
        }
    }

    private static func busiest(_ rows: [TrafficRecord]) -> [TrafficRecord] {
        guard rows.count > subjects else { return rows }
        let sorted = rows.sorted {
            ($0.counts.requests, $1.subject.name) > ($1.counts.requests, $0.subject.name)
        }
        return Array(sorted.prefix(subjects))
    }
}
