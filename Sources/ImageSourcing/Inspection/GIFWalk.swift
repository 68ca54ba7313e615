/// GIF: blocks and their sub-blocks to the trailer (GIF89a specification, Compuserve 1990).
struct GIFWalk: FormatWalk {
    private enum Place {
        case screen
        case skip(Int)
        case block
        case label
        case descriptor
        case codeSize
        case subBlockLength
        case subBlock(rest: Int)
    }

    private(set) var facts = ImageFacts(.gif, frames: 0)
    private var place = Place.screen
    private var gathered = Gathered()
    private var position: Int64 = 0
    private var afterSkip = AfterSkip.block
    private enum AfterSkip { case block, codeSize }

    mutating func consume(_ bytes: Span<UInt8>) -> WalkState {
        var i = 0
        let start = position
        defer { position = start + Int64(bytes.count) }
        while i < bytes.count {
            switch place {
            case .screen:
                guard gathered.take(13, from: bytes, at: &i) else { break }
                (facts.width, facts.height) = (gathered.bytes.littleEndian(6, 2), gathered.bytes.littleEndian(8, 2))
                let flags = gathered.bytes.byte(10)
                gathered.clear()
                table(flags, then: .block)
            case .skip(let rest):
                let step = min(rest, bytes.count - i)
                i += step
                skip(rest - step)
            case .block:
                let code = bytes[i]
                i += 1
                switch code {
                case 0x2C: place = .descriptor
                case 0x21: place = .label
                case 0x3B:
                    guard facts.frames > 0 else { return .flaw(Flaw(.malformed, at: start + Int64(i - 1))) }
                    return .whole
                // Left between blocks by some encoders, and passed over by decoders.
                case 0x00: break
                default: return .flaw(Flaw(.malformed, at: start + Int64(i - 1)))
                }
            case .label:
                i += 1
                place = .subBlockLength
            case .descriptor:
                guard gathered.take(9, from: bytes, at: &i) else { break }
                let (width, height) = (gathered.bytes.littleEndian(4, 2), gathered.bytes.littleEndian(6, 2))
                let flags = gathered.bytes.byte(8)
                gathered.clear()
                guard width > 0, height > 0 else { return .flaw(Flaw(.malformed, at: start + Int64(i))) }
                facts.frames += 1
                facts.addFrame(width: width, height: height)
                // A screen of no size takes the first image's.
                if facts.width == 0 { facts.width = width }
                if facts.height == 0 { facts.height = height }
                table(flags, then: .codeSize)
            case .codeSize:
                i += 1
                place = .subBlockLength
            case .subBlockLength:
                let length = Int(bytes[i])
                i += 1
                place = length == 0 ? .block : .subBlock(rest: length)
            case .subBlock(let rest):
                let step = min(rest, bytes.count - i)
                i += step
                place = step == rest ? .subBlockLength : .subBlock(rest: rest - step)
            }
        }
        return .more
    }

    func end() -> WalkState { .flaw(Flaw(.truncated, at: position)) }

    /// A colour table follows where the flags say so.
    private mutating func table(_ flags: Int, then next: AfterSkip) {
        afterSkip = next
        skip(flags & 0x80 == 0 ? 0 : 3 << ((flags & 7) + 1))
    }

    private mutating func skip(_ rest: Int) {
        if rest > 0 {
            place = .skip(rest)
        } else {
            place = afterSkip == .block ? .block : .codeSize
        }
    }
}
