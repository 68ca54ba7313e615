package import TerminalUI

/// Tells a double click: a terminal only tells presses.
package struct ClickCounter: Sendable {
    private var last: (event: MouseEvent, at: ContinuousClock.Instant)?
    /// As most desktops have it.
    package static let span = Duration.milliseconds(400)

    package init() {}

    package mutating func count(_ event: MouseEvent, at now: ContinuousClock.Instant) -> MouseEvent {
        guard event.action == .press else { return event }
        if let last, last.event == event, now - last.at <= Self.span {
            // A third press begins anew.
            self.last = nil
            var second = event
            second.action = .doublePress
            return second
        }
        last = (event, now)
        return event
    }
}
