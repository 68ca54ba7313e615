/// Images made of nothing: whole in structure, as small or as large as asked for. PNG and GIF can be shown; of the others
/// only the structure is right, their pixels are noise.
package enum SampleImage {
    // MARK: PNG

    /// Grey, not compressed.
    package static func png(width: Int, height: Int, seed: UInt8 = 0, text: String? = nil) -> [UInt8] {
        var rows: [UInt8] = []
        rows.reserveCapacity(height * (width + 1))
        for y in 0..<height {
            rows.append(0)
            for x in 0..<width { rows.append(UInt8(truncatingIfNeeded: x &* 7 &+ y &* 13 &+ Int(seed))) }
        }
        var result: [UInt8] = pngSignature
        result += chunk("IHDR", big(width, 4) + big(height, 4) + [8, 0, 0, 0, 0])
        if let text { result += chunk("tEXt", Array("Comment".utf8) + [0] + Array(text.utf8)) }
        result += chunk("IDAT", stored(rows)) + chunk("IEND", [])
        return result
    }

    /// An animation by its chunks.
    package static func apng(width: Int, height: Int, frames: Int) -> [UInt8] {
        var result: [UInt8] = pngSignature
        result += chunk("IHDR", big(width, 4) + big(height, 4) + [8, 0, 0, 0, 0])
        result += chunk("acTL", big(frames, 4) + big(0, 4))
        for frame in 0..<frames {
            result += chunk(
                "fcTL",
                big(frame, 4) + big(width, 4) + big(height, 4) + big(0, 4) + big(0, 4) + [0, 1, 0, 10, 0, 0])
            result += frame == 0 ? chunk("IDAT", [0, 1, 2]) : chunk("fdAT", big(frame, 4) + [0, 1, 2])
        }
        return result + chunk("IEND", [])
    }

    package static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    package static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return big(data.count, 4) + body + big(Int(crc32(body)), 4)
    }

    /// Bit by bit, by the definition (PNG annex D).
    package static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(0xFFFF_FFFF) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { c, _ in c & 1 == 1 ? 0xEDB8_8320 ^ (c >> 1) : c >> 1 }
        }
    }

    /// A zlib stream of stored blocks (RFC 1950, RFC 1951 §3.2.4).
    private static func stored(_ data: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x78, 0x01]
        var at = 0
        repeat {
            let end = min(at + 0xFFFF, data.count)
            let length = end - at
            result.append(end == data.count ? 1 : 0)
            result += little(length, 2) + little(~length & 0xFFFF, 2) + data[at..<end]
            at = end
        } while at < data.count
        let (a, b) = data.reduce((1, 0)) { sum, byte in
            let a = (sum.0 + Int(byte)) % 65521
            return (a, (sum.1 + a) % 65521)
        }
        return result + big(b << 16 | a, 4)
    }

    // MARK: JPEG

    /// - Parameter size: bytes of the scan.
    package static func jpeg(width: Int, height: Int, size: Int = 64, seed: UInt8 = 1, progressive: Bool = false)
        -> [UInt8]
    {
        var result: [UInt8] = [0xFF, 0xD8]
        result += segment(0xE0, Array("JFIF".utf8) + [0, 1, 1, 0, 0, 1, 0, 1, 0, 0])
        // A thumbnail's markers inside a segment are not the image's.
        result += segment(0xE1, Array("Exif".utf8) + [0, 0, 0xFF, 0xD8, 0xFF, 0xD9])
        result += segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
        result += segment(
            progressive ? 0xC2 : 0xC0, [8] + big(height, 2) + big(width, 2) + [1, 1, 0x11, 0])
        result += segment(0xC4, [0] + [UInt8](repeating: 0, count: 16))
        for _ in 0..<(progressive ? 2 : 1) {
            result += segment(0xDA, [1, 1, 0, 0, 63, 0])
            for i in 0..<size {
                let byte = UInt8(truncatingIfNeeded: i &* 31 &+ Int(seed))
                result += byte == 0xFF ? [0xFF, 0x00] : [byte]
                if i % 50 == 49 { result += [0xFF, 0xD0 + UInt8(i / 50 % 8)] }
            }
        }
        return result + [0xFF, 0xD9]
    }

    private static func segment(_ code: UInt8, _ data: [UInt8]) -> [UInt8] {
        [0xFF, code] + big(data.count + 2, 2) + data
    }

    // MARK: GIF

    package static func gif(width: Int, height: Int, frames: Int = 1) -> [UInt8] {
        var result = Array("GIF89a".utf8) + little(width, 2) + little(height, 2) + [0x80, 0, 0]
        result += [0, 0, 0, 255, 255, 255]
        for _ in 0..<frames {
            result += [0x21, 0xF9, 4, 0, 10, 0, 0, 0]
            result += [0x2C] + little(0, 2) + little(0, 2) + little(width, 2) + little(height, 2) + [0, 2]
            result += [3, 0x84, 0x51, 0x01, 0]
        }
        return result + [0x3B]
    }

    // MARK: WebP

    package static func webp(width: Int, height: Int, size: Int = 40) -> [UInt8] {
        riff(
            riffChunk(
                "VP8 ",
                [0x10, 0, 0, 0x9D, 0x01, 0x2A] + little(width, 2) + little(height, 2)
                    + (0..<size).map { UInt8(truncatingIfNeeded: $0) }))
    }

    package static func losslessWebP(width: Int, height: Int) -> [UInt8] {
        riff(riffChunk("VP8L", [0x2F] + little((width - 1) | (height - 1) << 14, 4) + [1, 2, 3]))
    }

    package static func animatedWebP(width: Int, height: Int, frames: Int) -> [UInt8] {
        let still = riffChunk("VP8L", [0x2F] + little((width - 1) | (height - 1) << 14, 4))
        let frame = riffChunk(
            "ANMF", little(0, 3) + little(0, 3) + little(width - 1, 3) + little(height - 1, 3) + [10, 0, 0, 0] + still)
        return riff(
            riffChunk("VP8X", [2, 0, 0, 0] + little(width - 1, 3) + little(height - 1, 3))
                + riffChunk("ANIM", [0, 0, 0, 0, 0, 0]) + (0..<frames).flatMap { _ in frame })
    }

    private static func riff(_ chunks: [UInt8]) -> [UInt8] {
        Array("RIFF".utf8) + little(chunks.count + 4, 4) + Array("WEBP".utf8) + chunks
    }

    private static func riffChunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        Array(name.utf8) + little(data.count, 4) + data + (data.count % 2 == 1 ? [0] : [])
    }

    // MARK: AVIF, HEIC

    /// The primary item is the second one and turned by 90°; the first is a thumbnail.
    package static func heif(_ brand: String = "avif", width: Int, height: Int, size: Int = 60) -> [UInt8] {
        let ftyp = box("ftyp", Array(brand.utf8) + big(0, 4) + Array("mif1".utf8) + Array(brand.utf8))
        func meta(_ dataStart: Int) -> [UInt8] {
            let properties =
                box("ispe", big(0, 4) + big(16, 4) + big(16, 4)) + box("pixi", big(0, 4) + [1, 8])
                + box("ispe", big(0, 4) + big(width, 4) + big(height, 4)) + box("irot", [1])
            let associations = box(
                "ipma", big(0, 4) + big(2, 4) + big(1, 2) + [2, 0x81, 2] + big(2, 2) + [2, 0x83, 0x84])
            let locations = box(
                "iloc",
                big(0, 4) + [0x44, 0x00] + big(2, 2) + big(1, 2) + big(0, 2) + big(1, 2) + big(dataStart, 4)
                    + big(10, 4) + big(2, 2) + big(0, 2) + big(1, 2) + big(dataStart + 10, 4) + big(size - 10, 4))
            return box(
                "meta",
                big(0, 4) + box("hdlr", big(0, 8) + Array("pict".utf8) + big(0, 12) + [0])
                    + box("pitm", big(0, 4) + big(2, 2))
                    + locations + box("iprp", box("ipco", properties) + associations))
        }
        let start = ftyp.count + meta(0).count + 8
        return ftyp + meta(start) + box("mdat", (0..<size).map { UInt8(truncatingIfNeeded: $0) })
    }

    package static func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
        big(content.count + 8, 4) + Array(name.utf8) + content
    }

    // MARK: SVG

    package static func svg(_ inside: String = "<circle r=\"4\"/>") -> [UInt8] {
        Array(
            """
            \u{FEFF}<?xml version="1.0" encoding="UTF-8"?>
            <!-- a > comment -- with <svg> in it -->
            <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">\(inside)</svg>
            """.utf8)
    }

    // MARK: all

    /// One of each kind, by a name with the ending it would have.
    package static var gallery: [(name: String, bytes: [UInt8])] {
        [
            ("still.png", png(width: 40, height: 30, text: "made of nothing")),
            ("moving.png", apng(width: 9, height: 7, frames: 3)),
            ("baseline.jpg", jpeg(width: 640, height: 480, size: 120)),
            ("progressive.jpg", jpeg(width: 640, height: 480, size: 120, progressive: true)),
            ("still.gif", gif(width: 3, height: 2)), ("moving.gif", gif(width: 3, height: 2, frames: 4)),
            ("lossy.webp", webp(width: 320, height: 200)), ("lossless.webp", losslessWebP(width: 320, height: 200)),
            ("moving.webp", animatedWebP(width: 32, height: 20, frames: 3)),
            ("picture.avif", heif("avif", width: 1200, height: 800)),
            ("photo.heic", heif("heic", width: 4032, height: 3024)),
            ("drawing.svg", svg()),
        ]
    }

    /// Big-endian.
    package static func big(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).reversed().map { $0 > 7 ? 0 : UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    package static func little(_ value: Int, _ width: Int) -> [UInt8] { big(value, width).reversed() }
}
