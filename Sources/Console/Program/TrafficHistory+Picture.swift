internal import EdgeModel

extension TrafficHistory {
    /// The traffic of one piece of the time as it would have been told live; empty where nothing is known.
    func picture(at place: Int) -> LivePicture {
        guard buckets.indices.contains(place), isKnown[place] else {
            let at = buckets.indices.contains(place) ? buckets[place].start : Timestamp(milliseconds: 0)
            return LivePicture(at: at, figures: [], nodes: [], failing: [])
        }
        let length = Double(TrafficBucket.length)
        let figures = series.compactMap { series -> LiveFigures? in
            guard let counts = series.points[place], counts.requests > 0 else { return nil }
            return LiveFigures(
                series.subject, counts: counts, perSecond: Double(counts.requests) / length, age: 0)
        }.sorted { ($0.perSecond, $1.subject) > ($1.perSecond, $0.subject) }
        return LivePicture(at: buckets[place].start, figures: figures, nodes: [], failing: [])
    }

    /// Whether the hour would look different if it were shown a piece later, so that time alone changes the picture.
    var moves: Bool {
        zip(buckets.indices, buckets.indices.dropFirst()).contains { left, right in
            isKnown[left] != isKnown[right]
                || series.contains { $0.points[left]?.requests != $0.points[right]?.requests }
        }
    }
}
