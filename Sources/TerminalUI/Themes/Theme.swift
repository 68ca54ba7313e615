/// The look of a console: a palette of named colours, and for every role what it takes from it.
///
/// A theme says only what differs from its parent. Names of the palette are looked up after the parent's roles are
/// taken over, so a theme may be nothing but another palette.
package struct Theme: Sendable, Hashable {
    /// For what backgrounds a theme is made.
    package enum Variant: String, Sendable, Hashable, CaseIterable {
        case dark, light, any
    }

    package struct Entry: Sendable, Hashable {
        /// A name of the palette, or a colour by its word.
        package var foreground: String?
        package var background: String?
        package var emphasis: Emphasis?
        /// Attributes of a terminal without colour.
        package var mono: Emphasis?
        package var covers: Bool?
        package var sign: TerminalText?
        package var asciiSign: TerminalText?

        package init(
            _ foreground: String? = nil, on background: String? = nil, _ emphasis: Emphasis? = nil,
            mono: Emphasis? = nil, covers: Bool? = nil, sign: TerminalText? = nil, asciiSign: TerminalText? = nil
        ) {
            self.foreground = foreground
            self.background = background
            self.emphasis = emphasis
            self.mono = mono
            self.covers = covers
            self.sign = sign
            self.asciiSign = asciiSign
        }
    }

    package var name: String
    package var variant: Variant
    /// The parent's name; nil only for the base.
    package var parent: String?
    package var author: String
    package var license: String
    /// It promises that states are told apart by colour also with a deficient colour vision.
    package var isVisionSafe: Bool
    /// Draws with ASCII signs whatever the terminal can do.
    package var isASCII: Bool
    package var palette: [String: ThemeColor]
    package var entries: [Role: Entry]

    package init(
        name: String, variant: Variant = .any, parent: String? = "base", author: String = "", license: String = "",
        isVisionSafe: Bool = false, isASCII: Bool = false, palette: [String: ThemeColor] = [:],
        entries: [Role: Entry] = [:]
    ) {
        self.name = name
        self.variant = variant
        self.parent = parent
        self.author = author
        self.license = license
        self.isVisionSafe = isVisionSafe
        self.isASCII = isASCII
        self.palette = palette
        self.entries = entries
    }

    /// This theme on top of its parent.
    package func over(_ parent: Theme) -> Theme {
        var result = self
        result.palette = parent.palette.merging(palette) { $1 }
        result.entries = parent.entries.merging(entries) { old, new in
            Entry(
                new.foreground ?? old.foreground, on: new.background ?? old.background, new.emphasis ?? old.emphasis,
                mono: new.mono ?? old.mono, covers: new.covers ?? old.covers,
                sign: new.sign ?? old.sign, asciiSign: new.asciiSign ?? old.asciiSign)
        }
        result.isASCII = isASCII || parent.isASCII
        result.parent = nil
        return result
    }

    /// A colour by a name of the palette or by its word; nil when it is neither.
    package func color(_ name: String) -> ThemeColor? { palette[name] ?? ThemeColor(word: name) }

    /// The table for one kind of terminal. What a role does not say, or says wrong, is the surface's.
    ///
    /// - Parameter isUnicode: false draws with ASCII signs.
    package func resolve(_ depth: ColorDepth, isUnicode: Bool = true) -> ResolvedTheme {
        var glyphs = isASCII || !isUnicode ? GlyphSet.ascii : GlyphSet.unicode
        var looks: [Role: ResolvedTheme.Look] = [:]
        for (role, entry) in entries {
            let foreground = entry.foreground.flatMap(color)?.resolved(depth)
            let background = entry.background.flatMap(color)?.resolved(depth)
            looks[role] = ResolvedTheme.Look(
                foreground: depth == .mono ? nil : foreground, background: depth == .mono ? nil : background,
                emphasis: depth == .mono ? entry.mono ?? entry.emphasis ?? [] : entry.emphasis ?? [],
                covers: entry.covers ?? false)
            if let sign = glyphs.isASCII ? entry.asciiSign : entry.sign { glyphs.signs[role] = sign }
        }
        return ResolvedTheme(name: name, depth: depth, looks: looks, glyphs: glyphs)
    }
}
