/// What a widget needs beside its state and its place: signs, the time, and whether keys go to it.
package struct DrawContext: Sendable {
    package var glyphs: GlyphSet
    package var now: Instant
    package var isFocused: Bool

    package init(glyphs: GlyphSet = .unicode, now: Instant = .zero, isFocused: Bool = true) {
        self.glyphs = glyphs
        self.now = now
        self.isFocused = isFocused
    }

    package func focused(_ isFocused: Bool) -> DrawContext {
        DrawContext(glyphs: glyphs, now: now, isFocused: isFocused)
    }
}
