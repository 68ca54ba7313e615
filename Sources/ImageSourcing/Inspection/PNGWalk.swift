/// PNG: chunks with their checksums from IHDR to IEND, animation included (PNG 3rd edition §5, §11).
struct PNGWalk: FormatWalk {
    private enum Place {
        case signature
        case header
        case data(rest: Int64)
        case checksum
    }

    private enum Chunk { case header, animation, frame, image, end, other }

    private(set) var facts = ImageFacts(.png)
    private var place = Place.signature
    private var gathered = Gathered()
    private var kept = Gathered()
    private var crc = CRC32()
    private var chunk = Chunk.other
    private var position: Int64 = 0
    private var chunkStart: Int64 = 0
    private var hasImage = false

    mutating func consume(_ bytes: Span<UInt8>) -> WalkState {
        var i = 0
        let start = position
        defer { position = start + Int64(bytes.count) }
        while i < bytes.count {
            switch place {
            case .signature:
                guard gathered.take(8, from: bytes, at: &i) else { break }
                gathered.clear()
                place = .header
            case .header:
                if gathered.bytes.isEmpty { chunkStart = start + Int64(i) }
                guard gathered.take(8, from: bytes, at: &i) else { break }
                let length = Int64(gathered.bytes.bigEndian(0, 4))
                let name = Array(gathered.bytes[4...])
                guard let kind = kind(of: name, length: length) else {
                    return .flaw(Flaw(.malformed, at: chunkStart))
                }
                chunk = kind
                var sum = CRC32()
                sum.update(name.span, 0..<4)
                crc = sum
                gathered.clear()
                kept.clear()
                place = length == 0 ? .checksum : .data(rest: length)
            case .data(let rest):
                let end = i + Int(min(rest, Int64(bytes.count - i)))
                crc.update(bytes, i..<end)
                let left = rest - Int64(end - i)
                if chunk != .other, chunk != .image { _ = kept.take(26, from: bytes.extracting(0..<end), at: &i) }
                i = end
                place = left == 0 ? .checksum : .data(rest: left)
            case .checksum:
                guard gathered.take(4, from: bytes, at: &i) else { break }
                guard gathered.bytes.bigEndian(0, 4) == UInt64(crc.value) else {
                    return .flaw(Flaw(.badChecksum, at: chunkStart))
                }
                gathered.clear()
                place = .header
                guard close() else { return .flaw(Flaw(.malformed, at: chunkStart)) }
                if chunk == .end { return .whole }
            }
        }
        return .more
    }

    func end() -> WalkState { .flaw(Flaw(.truncated, at: position)) }

    /// nil: no such chunk may stand there.
    private func kind(of name: [UInt8], length: Int64) -> Chunk? {
        guard length <= 0x7FFF_FFFF, name.allSatisfy({ (65...90).contains($0) || (97...122).contains($0) }) else {
            return nil
        }
        let kind: Chunk =
            switch String(decoding: name, as: UTF8.self) {
            case "IHDR": .header
            case "acTL": .animation
            case "fcTL": .frame
            case "IDAT": .image
            case "IEND": .end
            default: .other
            }
        // IHDR comes first and once; IEND holds nothing and comes after an image.
        guard (kind == .header) == (facts.width == nil) else { return nil }
        switch kind {
        case .header: return length == 13 ? kind : nil
        case .animation: return length == 8 ? kind : nil
        case .frame: return length == 26 ? kind : nil
        case .end: return length == 0 && hasImage ? kind : nil
        case .image, .other: return kind
        }
    }

    /// Takes in a chunk that was whole.
    private mutating func close() -> Bool {
        switch chunk {
        case .header:
            let (width, height) = (kept.bytes.bigEndian(0, 4), kept.bytes.bigEndian(4, 4))
            guard (1...0x7FFF_FFFF).contains(width), (1...0x7FFF_FFFF).contains(height) else { return false }
            (facts.width, facts.height) = (Int(width), Int(height))
        case .animation:
            facts.frames = max(1, Int(kept.bytes.bigEndian(0, 4)))
        case .frame:
            facts.addFrame(width: Int(kept.bytes.bigEndian(4, 4)), height: Int(kept.bytes.bigEndian(8, 4)))
        case .image: hasImage = true
        case .end, .other: break
        }
        return true
    }
}
