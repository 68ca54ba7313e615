/// How big an image may be; nil: as big as it likes.
package struct ImageLimits: Hashable, Sendable {
    package var maximumBytes: Int64?
    package var maximumPixels: Int64?
    /// Longest width or height.
    package var maximumSide: Int?
    /// Instead of `maximumSide`, for single formats.
    package var maximumSides: [ImageFormat: Int]
    /// Sum of the areas of all frames, in pixels.
    package var maximumAnimationArea: Int64?

    package init(
        maximumBytes: Int64? = nil, maximumPixels: Int64? = nil, maximumSide: Int? = nil,
        maximumSides: [ImageFormat: Int] = [:], maximumAnimationArea: Int64? = nil
    ) {
        self.maximumBytes = maximumBytes
        self.maximumPixels = maximumPixels
        self.maximumSide = maximumSide
        self.maximumSides = maximumSides
        self.maximumAnimationArea = maximumAnimationArea
    }

    /// The first limit that an image breaks by what is known of it.
    func broken(by facts: ImageFacts) -> Reason? {
        if let pixels = facts.pixels, let maximumPixels, pixels > maximumPixels { return .tooManyPixels }
        if let side = maximumSides[facts.format] ?? maximumSide, max(facts.width ?? 0, facts.height ?? 0) > side {
            return .sideTooLong
        }
        if let maximumAnimationArea, facts.animationArea > maximumAnimationArea { return .animationArea }
        return nil
    }

    /// Both at once.
    package func stricter(_ other: ImageLimits) -> ImageLimits {
        func least<T: Comparable>(_ a: T?, _ b: T?) -> T? {
            guard let a else { return b }
            return b.map { min(a, $0) } ?? a
        }
        var sides: [ImageFormat: Int] = [:]
        for format in ImageFormat.allCases where maximumSides[format] != nil || other.maximumSides[format] != nil {
            sides[format] = least(maximumSides[format] ?? maximumSide, other.maximumSides[format] ?? other.maximumSide)
        }
        return ImageLimits(
            maximumBytes: least(maximumBytes, other.maximumBytes),
            maximumPixels: least(maximumPixels, other.maximumPixels),
            maximumSide: least(maximumSide, other.maximumSide), maximumSides: sides,
            maximumAnimationArea: least(maximumAnimationArea, other.maximumAnimationArea))
    }
}
