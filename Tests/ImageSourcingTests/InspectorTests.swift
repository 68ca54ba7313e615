import ImageSourcing
import TestKit
import Testing

/// The verdict over bytes that come in chunks of a size.
func verdict(
    _ bytes: [UInt8], chunk: Int = .max, limits: ImageLimits = ImageLimits(),
    formats: Set<ImageFormat> = Set(ImageFormat.allCases), active: ImageInspector.ActivePolicy = .flag,
    key: ObjectKey? = nil
) -> Verdict {
    var inspector = ImageInspector(limits: limits, formats: formats, active: active, key: key)
    var rest = bytes[...]
    while !rest.isEmpty {
        inspector.consume(Array(rest.prefix(chunk)))
        rest = rest.dropFirst(chunk)
    }
    return inspector.finish()
}

private func refusal(_ verdict: Verdict) -> Reason? {
    if case .refused(let flaw) = verdict { flaw.reason } else { nil }
}

private func facts(_ verdict: Verdict) -> ImageFacts? {
    if case .whole(let facts) = verdict { facts } else { nil }
}

@Suite("Image inspector") struct InspectorTests {
    @Test func tellsFormatDimensionsAndFrames() {
        let expected: [String: ImageFacts] = [
            "still.png": ImageFacts(.png, width: 40, height: 30),
            "moving.png": ImageFacts(.png, width: 9, height: 7, frames: 3, animationArea: 189),
            "baseline.jpg": ImageFacts(.jpeg, width: 640, height: 480),
            "progressive.jpg": ImageFacts(.jpeg, width: 640, height: 480),
            "still.gif": ImageFacts(.gif, width: 3, height: 2, animationArea: 6),
            "moving.gif": ImageFacts(.gif, width: 3, height: 2, frames: 4, animationArea: 24),
            "lossy.webp": ImageFacts(.webp, width: 320, height: 200),
            "lossless.webp": ImageFacts(.webp, width: 320, height: 200),
            "moving.webp": ImageFacts(.webp, width: 32, height: 20, frames: 3, animationArea: 1920),
            // Turned by 90°, and not the thumbnail's.
            "picture.avif": ImageFacts(.avif, width: 800, height: 1200),
            "photo.heic": ImageFacts(.heic, width: 3024, height: 4032),
            "drawing.svg": ImageFacts(.svg),
        ]
        for (name, bytes) in SampleImage.gallery { #expect(verdict(bytes) == .whole(expected[name]!), "\(name)") }
        #expect(expected.count == SampleImage.gallery.count)
    }

    @Test func isCutNowhereUnseen() {
        for (name, bytes) in SampleImage.gallery {
            for length in 0..<bytes.count {
                let reason = refusal(verdict(Array(bytes.prefix(length)), chunk: 100))
                if name.hasSuffix("svg"), length < 190 {
                    // In the prolog it may be anything.
                    #expect(reason != nil, "\(name) cut at \(length)")
                } else {
                    let expected: Reason = length == 0 ? .empty : .truncated
                    #expect(reason == expected || (length < 12 && reason == .notAnImage), "\(name) cut at \(length)")
                }
            }
            #expect(
                verdict(Array(bytes.dropLast())) == .refused(Flaw(.truncated, at: Int64(bytes.count - 1))), "\(name)")
        }
    }

    @Test func whateverFollowsTheImageIsAccepted() {
        let tails: [[UInt8]] = [
            [0], [0xFF, 0xD8, 0xFF], Array("a trailer of sixty-four bytes that some phone or other appended…".utf8),
            [UInt8](repeating: 0, count: 64), [UInt8](repeating: 0xFF, count: 4096),
        ]
        for (name, bytes) in SampleImage.gallery {
            for tail in tails { #expect(facts(verdict(bytes + tail)) != nil, "\(name) and \(tail.prefix(4))") }
        }
    }

    @Test func saysTheSameHoweverTheBytesAreCutIntoChunks() {
        var random = SeededGenerator.announced("chunks")
        for (name, bytes) in SampleImage.gallery {
            for round in 0..<40 {
                var hurt = bytes
                if round > 0 {
                    for _ in 0..<Int.random(in: 1...4, using: &random) {
                        hurt[Int.random(in: 0..<hurt.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                    }
                }
                let whole = verdict(hurt)
                for chunk in [1, 2, 3, 7, 63, 64, 65, Int.random(in: 1...hurt.count, using: &random)] {
                    #expect(verdict(hurt, chunk: chunk) == whole, "\(name), round \(round), chunks of \(chunk)")
                }
            }
        }
    }

    /// A frame of 65,535 by 65,535 and a flaw behind it: which of the two is told must not depend on how bytes come.
    @Test func aLimitBeforeAFlawIsToldHoweverTheBytesAreCut() {
        let frame: [UInt8] = [0xFF, 0xC0, 0, 8, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0]
        let bytes = [0xFF, 0xD8] + frame + [0xFF, 0xD9]
        for chunk in [1, 7, 1_000] {
            let limits = ImageLimits(maximumPixels: 1 << 20)
            #expect(refusal(verdict(bytes, chunk: chunk, limits: limits)) == .tooManyPixels, "chunks of \(chunk)")
        }
    }

    /// Eight bytes are looked through at once: the last marker stands at each place among them.
    @Test func theEndOfAJPEGIsFoundWhereverItStands() {
        for size in 2_000..<2_020 {
            let image = SampleImage.jpeg(width: 8, height: 8, size: size, seed: 3)
            #expect({ if case .whole = verdict(image) { true } else { false } }(), "\(size) bytes")
            #expect(
                verdict(Array(image.dropLast())) == .refused(Flaw(.truncated, at: Int64(image.count - 1))),
                "\(size) bytes")
        }
    }

    @Test func aSecondFrameOfAJPEGIsNone() {
        let frame: [UInt8] = [0xFF, 0xC0, 0, 8, 8, 0, 4, 0, 4, 0]
        #expect(verdict([0xFF, 0xD8] + frame + frame) == .refused(Flaw(.malformed, at: 16)))
    }

    @Test func everyByteOfAPNGIsUnderAChecksum() {
        let png = SampleImage.png(width: 5, height: 4)
        for i in 8..<png.count {
            var hurt = png
            hurt[i] ^= 0x20
            #expect(refusal(verdict(hurt)) != nil, "byte \(i)")
        }
        var hurt = png
        hurt[50] ^= 1
        #expect(verdict(hurt) == .refused(Flaw(.badChecksum, at: 33)))
    }

    @Test func isDecidedBeforeTheWholeHasCome() {
        var inspector = ImageInspector(limits: ImageLimits(maximumPixels: 100_000_000))
        let bomb =
            SampleImage.pngSignature
            + SampleImage.chunk(
                "IHDR", SampleImage.big(50_000, 4) + SampleImage.big(50_000, 4) + [8, 6, 0, 0, 0])
        #expect(inspector.consume(bomb) == .refused(Flaw(.tooManyPixels, at: 0)))
        var text = ImageInspector()
        #expect(text.consume(Array("hello, I am a text and no picture".utf8)) == .refused(Flaw(.notAnImage, at: 0)))
    }

    @Test func limitsAreNamedApart() {
        let wide = SampleImage.jpeg(width: 20_000, height: 2)
        #expect(refusal(verdict(wide, limits: ImageLimits(maximumSide: 12_000))) == .sideTooLong)
        #expect(
            refusal(verdict(wide, limits: ImageLimits(maximumSide: 12_000, maximumSides: [.jpeg: 30_000]))) == nil)
        #expect(refusal(verdict(wide, limits: ImageLimits(maximumPixels: 39_999))) == .tooManyPixels)
        #expect(refusal(verdict(wide, limits: ImageLimits(maximumPixels: 40_000))) == nil)
        #expect(refusal(verdict(wide, limits: ImageLimits(maximumBytes: Int64(wide.count) - 1))) == .tooLarge)
        #expect(refusal(verdict(wide, limits: ImageLimits(maximumBytes: Int64(wide.count)))) == nil)
        let moving = SampleImage.gif(width: 100, height: 100, frames: 11)
        #expect(refusal(verdict(moving, limits: ImageLimits(maximumAnimationArea: 100_000))) == .animationArea)
        #expect(refusal(verdict(moving, limits: ImageLimits(maximumAnimationArea: 110_000))) == nil)
        #expect(refusal(verdict(moving, formats: [.png])) == .unsupportedFormat)
    }

    /// Sizes that would overflow are just big.
    @Test func bombsOfDimensionsAndLengthsTrapNothing() {
        let most = SampleImage.big(0x7FFF_FFFF, 4)
        let limits = ImageLimits(maximumPixels: 1 << 40)
        let png = SampleImage.pngSignature + SampleImage.chunk("IHDR", most + most + [8, 6, 0, 0, 0])
        #expect(refusal(verdict(png, limits: limits)) == .tooManyPixels)
        var frames = png + SampleImage.chunk("acTL", [255, 255, 255, 255, 0, 0, 0, 0])
        for _ in 0..<8 {
            frames += SampleImage.chunk("fcTL", [UInt8](repeating: 0xFF, count: 26))
        }
        #expect(refusal(verdict(frames)) == .truncated)
        let endless =
            SampleImage.box("ftyp", Array("avif".utf8) + [0, 0, 0, 0]) + SampleImage.big(1, 4)
            + Array("meta".utf8) + [UInt8](repeating: 0xFF, count: 8)
        #expect(refusal(verdict(endless)) == .malformed)
    }

    @Test func othersAreToldFromImages() {
        let cases: [(String, [UInt8], Reason)] = [
            ("page", Array("<!DOCTYPE html><html><body><svg></svg></body></html>".utf8), .notAnImage),
            ("feed", Array("<?xml version='1.0'?><rss></rss>".utf8), .notAnImage),
            ("text", Array("just words".utf8), .notAnImage), ("zeros", [UInt8](repeating: 0, count: 100), .notAnImage),
            ("BMP", Array("BM".utf8) + [1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8], .unsupportedFormat),
            ("TIFF", [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0, 0, 0], .unsupportedFormat),
            ("movie", SampleImage.box("ftyp", Array("isom".utf8) + [0, 0, 2, 0] + Array("mp41".utf8)), .notAnImage),
            ("sound", Array("RIFF".utf8) + [4, 0, 0, 0] + Array("WAVE".utf8), .notAnImage),
            ("GIF by name only", Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0, 0x3B], .malformed),
            ("JPEG without a scan", [0xFF, 0xD8, 0xFF, 0xD9], .malformed),
            ("blanks", [UInt8](repeating: 0x20, count: 200), .notAnImage),
        ]
        for (name, bytes, reason) in cases { #expect(refusal(verdict(bytes)) == reason, "\(name)") }
        let gzip: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]
        #expect(refusal(verdict(gzip)) == .notAnImage)
        #expect(refusal(verdict(gzip, key: ObjectKey("a/drawing.SVGZ"))) == .unsupportedFormat)
    }

    /// In both orders of bytes, with a letter that no byte has.
    @Test(arguments: [false, true])
    func anSVGInUTF16IsReadLikeAnyOther(isBigEndian: Bool) throws {
        func wide(_ text: String) -> [UInt8] {
            text.utf16.flatMap { unit in
                let pair = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
                return isBigEndian ? pair : pair.reversed()
            }
        }
        let prolog = "\u{FEFF}<?xml version=\"1.0\"?>"
        let text = prolog + "<svg xmlns=\"http://www.w3.org/2000/svg\"><title>\u{1F33B}\u{17E}</title></svg>"
        for chunk in [1, 3, 64, .max] {
            #expect(facts(verdict(wide(text), chunk: chunk)) == ImageFacts(.svg), "\(chunk)")
        }
        let bytes = wide(text)
        for end in wide(prolog).count + 2..<bytes.count {
            #expect(refusal(verdict(Array(bytes[..<end]), chunk: 7)) == .truncated, "\(end) of \(bytes.count)")
        }
        let running = wide("\u{FEFF}<svg><script>alert(1)</script></svg>")
        #expect(facts(verdict(running))?.activity == .script)
        #expect(refusal(verdict(running, active: .skip)) == .svgActive)
        #expect(verdict(wide("\u{FEFF}<svg><=></svg>")) == .refused(Flaw(.malformed, at: 14)))
        #expect(refusal(verdict(wide("\u{FEFF}<html><svg/></html>"))) == .notAnImage)
        // Letters beyond ASCII whose second byte is one of its signs are no markup.
        #expect(facts(verdict(wide("\u{FEFF}<svg a='\u{013E}\u{0127}'/>"))) == ImageFacts(.svg))
    }

    /// What two programs would read in two ways is what its first bytes say.
    @Test func aPolyglotIsWhatItsFirstBytesSay() {
        let script = Array("<script>alert(1)</script>".utf8)
        #expect(facts(verdict(SampleImage.gif(width: 1, height: 1) + script))?.format == .gif)
        #expect(
            facts(verdict(SampleImage.jpeg(width: 9, height: 9) + SampleImage.png(width: 1, height: 1)))?.format
                == .jpeg)
        #expect(refusal(verdict(script + SampleImage.png(width: 1, height: 1))) == .notAnImage)
    }

    /// A header that goes on for ever ends in a verdict and not in memory.
    @Test func endlessHeadersAreGivenUp() {
        var inspector = ImageInspector()
        inspector.consume(Array("<?xml version='1.0'?><!-- ".utf8))
        let comment = [UInt8](repeating: 0x61, count: 1 << 10)
        var chunks = 0
        while inspector.verdict == .undecided, chunks < 1000 {
            inspector.consume(comment)
            chunks += 1
        }
        #expect(inspector.verdict == .refused(Flaw(.notAnImage, at: 0)) && chunks <= 64)
        let table =
            SampleImage.box("ftyp", Array("avif".utf8) + [0, 0, 0, 0])
            + SampleImage.big(200_000, 4) + Array("meta".utf8) + [0, 0, 0, 0]
            + SampleImage.big(190_000, 4) + Array("pitm".utf8)
        #expect(refusal(verdict(table + [UInt8](repeating: 0, count: 100))) == .malformed)
    }
}
