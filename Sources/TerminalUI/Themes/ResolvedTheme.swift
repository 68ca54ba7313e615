/// A colour as one terminal takes it.
package enum TerminalColor: Sendable, Hashable {
    /// The terminal's own foreground or background.
    case standard
    /// 0–15 are the person's palette, 16–255 fixed.
    case indexed(UInt8)
    /// 24 bits, for terminals with direct colour.
    case direct(red: UInt8, green: UInt8, blue: UInt8)
}

/// How cells of one style look on one terminal.
package struct ResolvedStyle: Sendable, Hashable {
    package var foreground: TerminalColor
    package var background: TerminalColor
    package var emphasis: Emphasis

    package init(
        foreground: TerminalColor = .standard, background: TerminalColor = .standard, emphasis: Emphasis = []
    ) {
        self.foreground = foreground
        self.background = background
        self.emphasis = emphasis
    }
}

/// A theme made for one colour depth: a table by role, computed once.
package struct ResolvedTheme: Sendable, Hashable {
    /// The look of one role.
    package struct Look: Sendable, Hashable {
        /// Nil: the ground's foreground.
        package var foreground: TerminalColor?
        /// Used when the role is a ground; nil: that of ``Role/surface``.
        package var background: TerminalColor?
        package var emphasis: Emphasis
        /// As a ground it hides the ink's own colour: a cursor bar on which no other colour can be read.
        package var covers: Bool

        package init(
            foreground: TerminalColor? = nil, background: TerminalColor? = nil, emphasis: Emphasis = [],
            covers: Bool = false
        ) {
            self.foreground = foreground
            self.background = background
            self.emphasis = emphasis
            self.covers = covers
        }
    }

    package let name: String
    package let depth: ColorDepth
    package let glyphs: GlyphSet
    /// By ``Role/rawValue``; exactly one for every role.
    private let looks: [Look]

    /// - Parameter looks: roles that are missing are plain.
    package init(name: String, depth: ColorDepth, looks: [Role: Look], glyphs: GlyphSet = .unicode) {
        self.name = name
        self.depth = depth
        self.glyphs = glyphs
        self.looks = Role.allCases.map { looks[$0] ?? Look() }
    }

    package subscript(role: Role) -> Look { looks[Int(role.rawValue)] }

    /// What a cell of this style looks like.
    package func style(_ style: CellStyle) -> ResolvedStyle {
        let ink = self[style.ink]
        let ground = self[style.ground]
        let surface = self[.surface]
        let own = ground.covers && style.ground != style.ink ? ground.foreground ?? ink.foreground : ink.foreground
        var emphasis = style.emphasis.union(ink.emphasis)
        if style.ground != style.ink { emphasis.formUnion(ground.emphasis) }
        return ResolvedStyle(
            foreground: own ?? ground.foreground ?? surface.foreground ?? .standard,
            background: ground.background ?? surface.background ?? .standard, emphasis: emphasis)
    }

    /// The terminal's own colours, and a handful of attributes: what is shown before a theme is read.
    package static func plain(_ depth: ColorDepth) -> ResolvedTheme {
        ResolvedTheme(
            name: "plain", depth: depth,
            looks: [
                .title: Look(emphasis: .bold), .tableHeader: Look(emphasis: .bold),
                .tableCursor: Look(emphasis: .reverse), .buttonFocus: Look(emphasis: .reverse),
                .match: Look(emphasis: .underline), .statusBad: Look(emphasis: .bold),
            ])
    }
}
