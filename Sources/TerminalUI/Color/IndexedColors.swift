/// The fixed part of the 256 colours of terminals, and the nearest one for a colour that is none of them.
package enum IndexedColors {
    /// What index 16 to 255 shows: a cube of 6 x 6 x 6 and 24 greys (xterm). 0–15 are the person's own, so they have
    /// no colour that we know.
    package static func color(_ index: UInt8) -> RGB? {
        guard index >= 16 else { return nil }
        if index >= 232 {
            let grey = 8 + 10 * (index - 232)
            return RGB(grey, grey, grey)
        }
        let steps: [UInt8] = [0, 95, 135, 175, 215, 255]
        let cube = Int(index - 16)
        return RGB(steps[cube / 36], steps[cube / 6 % 6], steps[cube % 6])
    }

    /// Among 16–255, by distance in OKLab.
    package static func nearest(_ color: RGB) -> UInt8 {
        let wanted = OKLab(color)
        var best: (index: UInt8, distance: Double) = (16, .infinity)
        for (offset, candidate) in all.enumerated() {
            let distance = wanted.squaredDistance(to: candidate)
            if distance < best.distance { best = (UInt8(16 + offset), distance) }
        }
        return best.index
    }

    /// One of the sixteen, by lightness for greys and by hue for colours: what they show is the person's choice, so
    /// only their names can be matched.
    package static func ansi(_ color: RGB) -> UInt8 {
        let wanted = OKLab(color)
        if wanted.chroma < 0.045 {
            if wanted.lightness < 0.25 { return 0 }
            if wanted.lightness < 0.6 { return 8 }
            return wanted.lightness < 0.9 ? 7 : 15
        }
        let light = wanted.lightness
        var best: (index: UInt8, cosine: Double) = (1, -2)
        for (index, hue) in hues {
            let cosine = (wanted.a * hue.a + wanted.b * hue.b) / (wanted.chroma * hue.chroma)
            if cosine > best.cosine { best = (index, cosine) }
        }
        return light > 0.62 ? best.index + 8 : best.index
    }

    package static let names = [
        "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "bright-black", "bright-red",
        "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan", "bright-white",
    ]

    private static let all: [OKLab] = (UInt8(16)...255).compactMap { color($0).map(OKLab.init) }

    private static let hues: [(UInt8, OKLab)] = [
        (1, OKLab(RGB(205, 0, 0))), (2, OKLab(RGB(0, 205, 0))), (3, OKLab(RGB(205, 175, 0))),
        (4, OKLab(RGB(40, 100, 238))), (5, OKLab(RGB(205, 0, 205))), (6, OKLab(RGB(0, 205, 205))),
    ]
}
