/// Short messages at the edge of the screen, the newest last, each for a while.
package struct Toasts: Sendable, Hashable {
    package enum Tone: Sendable, Hashable {
        case info, ok, warning, error

        var role: Role {
            switch self {
            case .info: .toastInfo
            case .ok: .toastOk
            case .warning: .toastWarn
            case .error: .toastError
            }
        }
    }

    package struct Toast: Sendable, Hashable {
        package var id: String
        package var tone: Tone
        package var text: TerminalText
        /// A second line: the equivalent command, or what to do.
        package var detail: TerminalText
        /// When it goes; nil: when it is dismissed.
        package var until: Instant?
        /// Something ends then, such as the time for an undo: the remaining time is shown and counts down.
        package var deadline: Instant?
        /// How much of it has come about, from 0 to 1: a bar before the words.
        package var progress: Double?

        package init(
            _ tone: Tone, _ text: TerminalText, detail: TerminalText = .empty, id: String = "", until: Instant? = nil,
            deadline: Instant? = nil, progress: Double? = nil
        ) {
            self.id = id
            self.tone = tone
            self.text = text
            self.detail = detail
            self.until = until
            self.deadline = deadline
            self.progress = progress
        }
    }

    package private(set) var toasts: [Toast] = []

    package init() {}

    package var isEmpty: Bool { toasts.isEmpty }

    /// Shows a message; one of the same id (not empty) is replaced. At most five stay.
    package mutating func show(_ toast: Toast) {
        if !toast.id.isEmpty { toasts.removeAll { $0.id == toast.id } }
        toasts = Array((toasts + [toast]).suffix(5))
    }

    package mutating func dismiss(id: String) { toasts.removeAll { $0.id == id } }

    /// Takes the newest away: what Esc does.

    /// Drops those whose time is over. Drawing leaves them out by itself.
    package mutating func expire(at now: Instant) { toasts.removeAll { !$0.isShown(at: now) } }

    /// When the next one goes, or a count-down shows another second.
    package func wakeUp(at now: Instant) -> Instant? {
        toasts.filter { $0.isShown(at: now) }.flatMap { toast -> [Instant] in
            // Remaining seconds are rounded up: they change when a whole one has passed.
            let left = toast.deadline.map { $0.since(now) } ?? 0
            let tick = left > 0 ? now.adding((left - 1) % 1000 + 1) : nil
            return [toast.until, tick].compactMap { $0 }
        }.min()
    }

    /// How many lines drawing needs at this time.
    package func height(at now: Instant) -> Int {
        toasts.reduce(0) { $0 + ($1.isShown(at: now) ? ($1.detail.isEmpty ? 1 : 2) : 0) }
    }

    /// Draws from the bottom of the block upwards: the newest is lowest. An older one that does not fit whole waits.
    package func draw(into surface: inout Surface, in rect: Rect, _ context: DrawContext) {
        var rest = rect
        for toast in toasts.reversed() where toast.isShown(at: context.now) {
            let lines = toast.lines(at: context.now, context.glyphs)
            guard lines.count <= rest.height || rest == rect else { break }
            for line in lines.prefix(rest.height).reversed() {
                let (row, above) = rest.bottom(1)
                surface.fill(row, CellStyle(toast.tone.role, on: toast.tone.role))
                surface.put(line.truncated(to: row.width), at: row.origin, within: row)
                rest = above
            }
        }
    }

    package func access(at now: Instant) -> [AccessNode] {
        toasts.enumerated().filter { $0.element.isShown(at: now) }.map { index, toast in
            AccessNode(
                .toast, id: "toast.\(toast.id.isEmpty ? String(index) : toast.id)", label: toast.text,
                value: toast.progress.map { "\(Int(($0 * 100).rounded())) percent" } ?? toast.detail)
        }
    }
}

extension Toasts.Toast {
    func isShown(at now: Instant) -> Bool { until.map { $0 > now } ?? true }

    func lines(at now: Instant, _ glyphs: GlyphSet) -> [StyledLine] {
        let role = tone.role
        var first = StyledLine(" " + glyphs.sign(role) + " ", CellStyle(role, on: role, .bold))
        if let progress { first = first + Gauge(progress).line(width: 12, glyphs).on(role) + StyledLine(" ").on(role) }
        first.append(text, CellStyle(role, on: role))
        if let left = deadline.map({ $0.since(now) }), left > 0 {
            let seconds = (left + 999) / 1000
            let padded: TerminalText = seconds % 60 < 10 ? "0\(seconds % 60)" : "\(seconds % 60)"
            first.append(" (\(seconds / 60):\(padded))", CellStyle(role, on: role))
        }
        if detail.isEmpty { return [first] }
        return [first, StyledLine("   " + detail, CellStyle(role, on: role))]
    }
}
