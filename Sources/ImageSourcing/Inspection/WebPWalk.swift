/// WebP: chunks of a RIFF file to its announced end (RFC 9649 §2).
struct WebPWalk: FormatWalk {
    private enum Place {
        case file
        case chunk
        case head(Chunk, length: Int64)
        case skip(Int64)
    }

    private enum Chunk {
        case lossy, lossless, extended, frame, other

        /// Bytes at the start of it that tell the dimensions.
        var head: Int {
            switch self {
            case .lossy, .extended: 10
            case .lossless: 5
            case .frame: 16
            case .other: 0
            }
        }
    }

    private(set) var facts = ImageFacts(.webp)
    private var place = Place.file
    private var gathered = Gathered()
    private var position: Int64 = 0
    /// Where the RIFF says that it ends.
    private var limit: Int64 = 0
    private var hasImage = false
    private var isExtended = false
    private var frames = 0

    mutating func consume(_ bytes: Span<UInt8>) -> WalkState {
        var i = 0
        let start = position
        defer { position = start + Int64(bytes.count) }
        func here() -> Int64 { start + Int64(i) }
        while true {
            if case .chunk = place, gathered.bytes.isEmpty, limit - here() < 8 {
                // Less than a chunk's head is padding.
                if limit <= here() || here() == limit - 1 { return atLimit(here()) }
            }
            guard i < bytes.count else { return .more }
            switch place {
            case .file:
                guard gathered.take(12, from: bytes, at: &i) else { break }
                limit = Int64(gathered.bytes.littleEndian(4, 4)) + 8
                gathered.clear()
                guard limit >= 20 else { return .flaw(Flaw(.malformed, at: 4)) }
                place = .chunk
            case .chunk:
                let at = here() - Int64(gathered.bytes.count)
                guard gathered.take(8, from: bytes, at: &i) else { break }
                let length = Int64(gathered.bytes.littleEndian(4, 4))
                let name = String(decoding: gathered.bytes[..<4], as: UTF8.self)
                gathered.clear()
                guard here() + length <= limit else { return .flaw(Flaw(.malformed, at: at)) }
                let chunk: Chunk =
                    switch name {
                    case "VP8 ": .lossy
                    case "VP8L": .lossless
                    case "VP8X": .extended
                    case "ANMF": .frame
                    default: .other
                    }
                guard length >= Int64(chunk.head) else { return .flaw(Flaw(.malformed, at: at)) }
                place = chunk == .other ? .skip(length + length % 2) : .head(chunk, length: length)
            case .head(let chunk, let length):
                let at = here() - Int64(gathered.bytes.count)
                guard gathered.take(chunk.head, from: bytes, at: &i) else { break }
                let isGood = read(chunk, gathered.bytes)
                gathered.clear()
                guard isGood else { return .flaw(Flaw(.malformed, at: at)) }
                place = .skip(length + length % 2 - Int64(chunk.head))
            case .skip(let rest):
                let step = Int(min(rest, Int64(bytes.count - i)))
                i += step
                // The byte that makes the last chunk even is forgotten by some encoders.
                let left = min(rest - Int64(step), max(0, limit - here()))
                place = left <= 0 ? .chunk : .skip(left)
            }
            if case .skip(let rest) = place, rest <= 0 { place = .chunk }
        }
    }

    func end() -> WalkState { .flaw(Flaw(.truncated, at: position)) }

    private func atLimit(_ offset: Int64) -> WalkState {
        hasImage && facts.width != nil ? .whole : .flaw(Flaw(.malformed, at: offset))
    }

    private mutating func read(_ chunk: Chunk, _ head: [UInt8]) -> Bool {
        switch chunk {
        case .lossy:
            guard head.byte(0) & 1 == 0, head[3...5].elementsEqual([0x9D, 0x01, 0x2A]) else { return false }
            return image(width: head.littleEndian(6, 2) & 0x3FFF, height: head.littleEndian(8, 2) & 0x3FFF)
        case .lossless:
            guard head.byte(0) == 0x2F else { return false }
            let bits = head.littleEndian(1, 4)
            return image(width: (bits & 0x3FFF) + 1, height: (bits >> 14 & 0x3FFF) + 1)
        case .extended:
            isExtended = true
            (facts.width, facts.height) = (head.littleEndian(4, 3) + 1, head.littleEndian(7, 3) + 1)
        case .frame:
            guard isExtended else { return false }
            hasImage = true
            frames += 1
            facts.frames = frames
            facts.addFrame(width: head.littleEndian(6, 3) + 1, height: head.littleEndian(9, 3) + 1)
        case .other: break
        }
        return true
    }

    private mutating func image(width: Int, height: Int) -> Bool {
        guard width > 0, height > 0 else { return false }
        hasImage = true
        if !isExtended { (facts.width, facts.height) = (width, height) }
        return true
    }
}
