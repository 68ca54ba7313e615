/// What the first bytes say that something is.
enum ImageSniffer {
    enum Answer: Hashable {
        case more
        case format(ImageFormat)
        /// An image, but none of ours; or none at all.
        case refused(Reason)
    }

    /// Bytes after which there is always an answer.
    static let window = 64

    /// - Parameter isEnd: whether these are all bytes there are.
    /// - Parameter takesGzip: whether the name says that compressed bytes are a compressed SVG.
    static func answer(_ b: [UInt8], isEnd: Bool, takesGzip: Bool) -> Answer {
        func starts(_ magic: [UInt8], at offset: Int = 0) -> Bool {
            b.count >= offset + magic.count && b[offset..<offset + magic.count].elementsEqual(magic)
        }
        func text(_ magic: String, at offset: Int = 0) -> Bool { starts(Array(magic.utf8), at: offset) }
        if starts([0xFF, 0xD8, 0xFF]) { return .format(.jpeg) }
        if starts([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .format(.png) }
        if text("GIF87a") || text("GIF89a") { return .format(.gif) }
        if text("RIFF"), text("WEBP", at: 8) { return .format(.webp) }
        if text("ftyp", at: 4) { return boxes(b, isEnd: isEnd) }
        // Behind a mark of UTF-8 and blanks, markup may be an SVG; the walk finds out.
        let lead = b.drop { $0 == 0x20 || (0x09...0x0D).contains($0) || [0xEF, 0xBB, 0xBF].contains($0) }
        if let first = lead.first {
            if first == UInt8(ascii: "<") { return .format(.svg) }
        } else if !isEnd, b.count < window {
            return .more
        } else if !isEnd {
            return .format(.svg)
        }
        if !isEnd, b.count < 12 { return .more }
        if starts([0xFE, 0xFF, 0x00, 0x3C]) || starts([0xFF, 0xFE, 0x3C, 0x00]) { return .format(.svg) }
        if starts([0x1F, 0x8B]) { return .refused(takesGzip ? .unsupportedFormat : .notAnImage) }
        let others: [[UInt8]] = [
            [0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A],  // TIFF and raw pictures made of it
            [0xFF, 0x0A], [0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20],  // JPEG XL
            [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20], [0xFF, 0x4F, 0xFF, 0x51],  // JPEG 2000
            [0, 0, 1, 0], [0, 0, 2, 0],  // icon, cursor
            Array("8BPS".utf8), Array("qoif".utf8),  // Photoshop, QOI
        ]
        if others.contains(where: { starts($0) }) { return .refused(.unsupportedFormat) }
        // BMP: two zero words where the format reserves them.
        if text("BM"), starts([0, 0, 0, 0], at: 6) { return .refused(.unsupportedFormat) }
        if isEnd, Self.beginnings.contains(where: { $0.starts(with: b) && !b.isEmpty }) { return .refused(.truncated) }
        return .refused(.notAnImage)
    }

    /// What a cut file may consist of.
    private static let beginnings: [[UInt8]] = [
        [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], Array("GIF87a".utf8),
        Array("GIF89a".utf8), Array("RIFF".utf8), Array("\u{FEFF}<svg".utf8),
    ]

    /// Brands that say AVIF or HEIC, the first known one of major and compatible brands (AV1 Image File Format §6,
    /// ISO/IEC 23008-12 §10.2); `mif1` alone leaves it open and is taken for HEIC.
    private static func boxes(_ b: [UInt8], isEnd: Bool) -> Answer {
        let size = Int(b.bigEndian(0, 4))
        guard b.count >= min(size, window) || isEnd else { return .more }
        var brands: [String] = []
        var at = 8
        while at + 4 <= min(b.count, size) {
            if at != 12 { brands.append(String(decoding: b[at..<at + 4], as: UTF8.self)) }
            at += 4
        }
        for brand in brands {
            switch brand {
            case "avif", "avis": return .format(.avif)
            case "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs": return .format(.heic)
            default: break
            }
        }
        if brands.contains(where: ["mif1", "msf1", "mif2"].contains) { return .format(.heic) }
        return .refused(isEnd && b.count < min(size, window) ? .truncated : .notAnImage)
    }
}
