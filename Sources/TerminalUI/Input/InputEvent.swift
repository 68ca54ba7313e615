/// What a terminal tells the console.
package enum InputEvent: Sendable, Hashable {
    case key(KeyPress)
    /// Pasted text as it came: untrusted, may hold line ends. Never read as keys.
    case paste(String)
    case mouse(MouseEvent)
    /// The first event of a terminal is its size.
    case resize(TerminalSize)
    /// Whether the terminal's window has the focus, where the terminal tells.
    case focus(Bool)
    /// The screen is ours again after a suspension or after ``Terminal/runOutside(_:)``.
    case resumed
    /// The session ends: no further event follows.
    case terminated(Termination)
}

/// Why a terminal session ends.
package enum Termination: Sendable, Hashable {
    /// A signal that asks for an end, by its number (SIGTERM 15, SIGINT 2).
    case signal(Int32)
    /// The terminal is gone: hang-up, or an error when reading it.
    case lost
}

/// A click or a turn of the wheel.
package struct MouseEvent: Sendable, Hashable {
    package enum Action: Sendable, Hashable {
        case press, release, doublePress, wheelUp, wheelDown
    }

    package enum Button: Sendable, Hashable {
        case left, middle, right, none
    }

    package var point: Point
    package var action: Action
    package var button: Button
    package var modifiers: KeyModifiers

    package init(_ action: Action, at point: Point, button: Button = .left, modifiers: KeyModifiers = []) {
        self.point = point
        self.action = action
        self.button = button
        self.modifiers = modifiers
    }
}
