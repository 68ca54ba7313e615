import ImageSourcing

/// Bytes that say they are an image: a verdict, the same however they come, and nothing kept beyond the header window.
enum ImageFuzz {
    static func run(_ bytes: [UInt8]) {
        let limits = ImageLimits(
            maximumBytes: 1 << 20, maximumPixels: 1 << 27, maximumSide: 1 << 15, maximumAnimationArea: 1 << 27)
        let whole = verdict(bytes, chunk: bytes.count + 1, limits)
        for chunk in [1, 3, 64, 1000] {
            hold(verdict(bytes, chunk: chunk, limits) == whole, "chunks of \(chunk) change nothing")
        }
        switch whole {
        case .undecided: hold(false, "the end decides")
        case .refused(let flaw): hold((0...Int64(bytes.count)).contains(flaw.offset), "a flaw lies in the bytes")
        case .whole(let facts):
            hold((facts.pixels ?? 0) <= 1 << 27 && facts.animationArea <= 1 << 27, "limits hold")
            hold(facts.format == .svg || (facts.width ?? 0) > 0 && (facts.height ?? 0) > 0, "an image has a size")
        }
    }

    private static func verdict(_ bytes: [UInt8], chunk: Int, _ limits: ImageLimits) -> Verdict {
        var inspector = ImageInspector(limits: limits)
        var rest = bytes[...]
        while !rest.isEmpty {
            inspector.consume(Array(rest.prefix(chunk)))
            rest = rest.dropFirst(chunk)
        }
        return inspector.finish()
    }
}
