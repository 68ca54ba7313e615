internal import EdgeModel
internal import TerminalUI

/// The requests of an application in the last hour, as a line in a cell.
struct LastHour: Hashable {
    /// Cells; a piece of two and a half minutes each.
    static let width = 24

    /// Requests a second by piece of the history, the newest last; nil: nothing is known of that time.
    private(set) var rates: [Double?]
    private(set) var requests = 0

    /// All of a history, over the versions of each application.
    static func byApplication(_ history: TrafficHistory?) -> [String: LastHour] {
        guard let history, history.kind == .version else { return [:] }
        let nothing = LastHour(rates: history.isKnown.map { $0 ? 0 : nil })
        var hours: [String: LastHour] = [:]
        for series in history.series {
            guard let end = series.subject.name.firstIndex(of: "@") else { continue }
            hours[String(series.subject.name[..<end]), default: nothing].add(series)
        }
        return hours
    }

    private mutating func add(_ series: TrafficSeries) {
        for (place, counts) in zip(rates.indices, series.points) {
            guard let counts else { continue }
            rates[place] = (rates[place] ?? 0) + Double(counts.requests) / Double(TrafficBucket.length)
            requests += counts.requests
        }
    }

    func line(isASCII: Bool) -> StyledLine { Sparkline(rates).line(width: Self.width, isASCII: isASCII) }
}
