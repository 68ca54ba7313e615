/// What a window shows that is too small for the console: one line in its middle.
package enum TooSmall {
    /// The smallest window that the console is made for.
    package static let minimum = TerminalSize(columns: 60, rows: 16)

    package static func isTooSmall(_ size: TerminalSize, for minimum: TerminalSize = minimum) -> Bool {
        size.columns < minimum.columns || size.rows < minimum.rows
    }

    package static func frame(_ size: TerminalSize, for minimum: TerminalSize = minimum) -> Frame {
        var surface = Surface(size)
        let text: TerminalText =
            "needs \(minimum.columns)x\(minimum.rows) (now \(size.columns)x\(size.rows))"
        let line = text.truncated(to: size.columns)
        surface.put(line, at: Point((size.columns - line.width) / 2, size.rows / 2))
        return Frame(surface, access: AccessTree([AccessNode(.status, id: "size", label: text)]))
    }
}
