/// One picture of the console: everything a terminal needs to show it, and nothing that it did before.
///
/// Modes are part of the picture, not commands: the driver compares them with those of the last frame.
package struct Frame: Sendable, Equatable {
    package var surface: Surface
    /// Where the terminal's own cursor stands; nil hides it. Always inside of the surface: a place outside is nil.
    package var cursor: Point? {
        get { place }
        set { place = newValue.flatMap { surface.bounds.contains($0) ? $0 : nil } }
    }
    package var modes: TerminalModes
    package var access: AccessTree
    private var place: Point?

    package init(
        _ surface: Surface, cursor: Point? = nil, modes: TerminalModes = TerminalModes(),
        access: AccessTree = AccessTree()
    ) {
        self.surface = surface
        self.modes = modes
        self.access = access
        place = cursor.flatMap { surface.bounds.contains($0) ? $0 : nil }
    }
}

/// What a terminal is asked to do beside showing cells.
package struct TerminalModes: Sendable, Hashable {
    /// Clicks and the wheel come to us; the terminal's own selection then needs Shift.
    package var mouse: Bool
    /// The window's title, where the terminal has one.
    package var title: TerminalText?
    package var bracketedPaste: Bool

    package init(mouse: Bool = false, title: TerminalText? = nil, bracketedPaste: Bool = true) {
        self.mouse = mouse
        self.title = title
        self.bracketedPaste = bracketedPaste
    }
}

extension Frame {
    /// What a golden file holds: the surface, its legend, and where the cursor stands.
    package var screen: String {
        surface.screen + (cursor.map { "cursor: column \($0.column), row \($0.row)\n" } ?? "cursor: hidden\n")
    }
}
