internal import EdgeModel
internal import TerminalUI

/// When a picture changes by time alone.
///
/// Not each screen says what it counts: the picture is a function of time, and ages only grow, so that a picture which is
/// the same at two times was the same between them. Looked for are ever later pictures, and then the moment between the
/// last that is the same and the first that is not. A digit of seconds is met to a twentieth of a second, one of minutes
/// to some seconds, and a picture without ages costs one look every quarter of a day.
enum NextChange {
    /// Milliseconds without any message after which it is found out; until then messages make the picture anew.
    static let pause: Int64 = 2_000
    /// Milliseconds for which a picture is trusted to stay at most.
    private static let longest: Int64 = 6 * 3_600_000
    /// Longer lists are not made again and again to look at their ages: only items of named lists are so many, and those
    /// have none.
    private static let mostRows = 2 * Picture.longest

    static func after(_ now: Instant, in model: ConsoleModel) -> Instant? {
        // Nobody sees ages in a window that is too small.
        guard !TooSmall.isTooSmall(model.size) else { return nil }
        let shown = look(model, at: now)
        var (same, step): (Int64, Int64) = (0, 1_000)
        var found = now.adding(longest)
        while same < longest {
            if look(model, at: now.adding(step)) != shown {
                var (low, high) = (same, step)
                while high - low > max(50, step / 32) {
                    let middle = (low + high) / 2
                    if look(model, at: now.adding(middle)) != shown { high = middle } else { low = middle }
                }
                found = now.adding(high)
                // Seconds of several ages change one after the other: they are drawn together, once a second.
                if high < 5_000 { found = now.adding(high + 999 - (now.milliseconds + high + 999) % 1_000) }
                break
            }
            same = step
            step *= 2
        }
        return historyDue(model).map { min(max($0, now.adding(1_000)), found) } ?? found
    }

    /// When the line of the last hour has moved by a column; nil: it is not shown, or looks the same all the time.
    static func historyDue(_ model: ConsoleModel) -> Instant? {
        guard !model.isPaused, let history = model.history, let read = model.historyAt, history.moves else {
            return nil
        }
        let width = ScreenLayout(model).panes.width - 2
        guard width > 0 else { return nil }
        let pieces = max(1, history.buckets.count / width)
        return read.adding(Int64(pieces) * TrafficBucket.length * 1_000)
    }

    private static func look(_ model: ConsoleModel, at moment: Instant) -> Surface {
        var model = model
        if model.screen.rows.count <= mostRows { model.refreshScreen(at: moment) }
        return Console.view(model, at: moment).surface
    }
}
