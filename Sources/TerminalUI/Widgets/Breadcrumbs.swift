/// The way to what is shown: `edge ▸ production ▸ shop ▸ versions`. The nearest parts stay when there is no room.
package struct Breadcrumbs: Sendable, Hashable {
    package struct Crumb: Sendable, Hashable {
        package var text: TerminalText
        /// `crumb` by default; an environment wears its own role.
        package var role: Role

        package init(_ text: TerminalText, _ role: Role = .crumb) {
            self.text = text
            self.role = role
        }
    }

    package var crumbs: [Crumb]

    package init(_ crumbs: [Crumb]) { self.crumbs = crumbs }

    package func line(width: Int, _ glyphs: GlyphSet = .unicode) -> StyledLine {
        var shown = crumbs[...]
        var line = join(shown, cut: false, glyphs)
        while line.width > width, shown.count > 1 {
            shown = shown.dropFirst()
            line = join(shown, cut: true, glyphs)
        }
        return line.truncated(to: width)
    }

    package func draw(into surface: inout Surface, in rect: Rect, _ context: DrawContext) {
        surface.put(line(width: rect.width, context.glyphs), at: rect.origin, within: rect)
    }

    package func access() -> AccessNode {
        AccessNode(.crumbs, id: "crumbs", value: crumbs.map(\.text).joined(separator: ", "))
    }

    private func join(_ shown: ArraySlice<Crumb>, cut: Bool, _ glyphs: GlyphSet) -> StyledLine {
        var line = cut ? StyledLine("\u{2026}", .crumb) : StyledLine()
        for (offset, crumb) in shown.enumerated() {
            if offset > 0 || cut { line.append(glyphs.crumb, .border) }
            let isLast = offset == shown.count - 1
            line.append(crumb.text, isLast && crumb.role == .crumb ? .crumbCurrent : crumb.role)
        }
        return line
    }
}
