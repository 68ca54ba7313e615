/// What the bytes have told of an image so far.
package struct ImageFacts: Hashable, Sendable {
    package var format: ImageFormat
    /// Pixels; nil until the header has told, and for SVG, which has none of its own.
    package var width: Int?
    package var height: Int?
    /// More than one: an animation.
    package var frames: Int
    /// Sum of the areas of all frames, in pixels; 0 for what stands still.
    package var animationArea: Int64
    /// What an SVG would run or fetch, the first of it.
    package var activity: SVGActivity?

    package init(
        _ format: ImageFormat, width: Int? = nil, height: Int? = nil, frames: Int = 1, animationArea: Int64 = 0,
        activity: SVGActivity? = nil
    ) {
        self.format = format
        self.width = width
        self.height = height
        self.frames = frames
        self.animationArea = animationArea
        self.activity = activity
    }

    /// Width times height; nil while either is unknown.
    package var pixels: Int64? {
        guard let width, let height else { return nil }
        return Int64(width).saturatingTimes(Int64(height))
    }

    /// Adds a frame of an animation.
    mutating func addFrame(width: Int, height: Int) {
        let area = Int64(width).saturatingTimes(Int64(height))
        let (sum, overflow) = animationArea.addingReportingOverflow(area)
        animationArea = overflow ? .max : sum
    }
}

extension Int64 {
    /// For sizes, which are never negative.
    func saturatingTimes(_ other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}

/// What an SVG does besides showing itself.
package enum SVGActivity: String, Hashable, Sendable, CaseIterable {
    case script
    /// An attribute such as `onload`.
    case handler
    /// Content of another language inside: `foreignObject`, `iframe`.
    case foreignContent = "foreign-content"
    /// An address that runs: `javascript:`, `data:text/html`.
    case runningAddress = "running-address"
    /// Something that is fetched from elsewhere when it is shown.
    case externalReference = "external-reference"
    /// Entities of its own, which hide all of the above from whoever only looks.
    case entities
    /// An animation that changes an address or a handler.
    case animatedAddress = "animated-address"
}
