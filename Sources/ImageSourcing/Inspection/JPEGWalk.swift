/// JPEG: markers with their segments, scans of entropy-coded data, to EOI (ITU-T T.81 annex B).
struct JPEGWalk: FormatWalk {
    private enum Place {
        case marker
        case code
        case length(code: UInt8)
        case frame(rest: Int)
        case segment(rest: Int, isScan: Bool)
        case scan
        case scanCode
    }

    private(set) var facts = ImageFacts(.jpeg)
    private var place = Place.marker
    private var gathered = Gathered()
    private var position: Int64 = 0
    private var hasScan = false

    mutating func consume(_ bytes: Span<UInt8>) -> WalkState {
        var i = 0
        let start = position
        defer { position = start + Int64(bytes.count) }
        func flaw(_ reason: Reason) -> WalkState { .flaw(Flaw(reason, at: start + Int64(i))) }
        while i < bytes.count {
            switch place {
            case .marker:
                // Stray bytes before a marker are passed over, as every decoder does.
                i = bytes.firstFF(from: i)
                if i < bytes.count {
                    i += 1
                    place = .code
                }
            case .code:
                let code = bytes[i]
                i += 1
                switch code {
                case 0xFF: break
                case 0xD8, 0x01, 0x00, 0xD0...0xD7: place = .marker
                case 0xD9:
                    return hasScan && facts.width != nil ? .whole : flaw(.malformed)
                default: place = .length(code: code)
                }
            case .length(let code):
                guard gathered.take(2, from: bytes, at: &i) else { break }
                let rest = Int(gathered.bytes.bigEndian(0, 2)) - 2
                gathered.clear()
                guard rest >= 0 else { return flaw(.malformed) }
                if code == 0xDA, facts.width == nil { return flaw(.malformed) }
                place = Self.isFrame(code) ? .frame(rest: rest) : .segment(rest: rest, isScan: code == 0xDA)
            case .frame(let rest):
                // A second frame would be another size of the same image; no decoder takes it (libjpeg: SOF_DUPLICATE).
                guard rest >= 6, facts.width == nil else { return flaw(.malformed) }
                guard gathered.take(6, from: bytes, at: &i) else { break }
                let (height, width) = (gathered.bytes.bigEndian(1, 2), gathered.bytes.bigEndian(3, 2))
                gathered.clear()
                guard width > 0, height > 0 else { return flaw(.malformed) }
                (facts.width, facts.height) = (Int(width), Int(height))
                place = .segment(rest: rest - 6, isScan: false)
            case .segment(let rest, let isScan):
                let step = min(rest, bytes.count - i)
                i += step
                if step < rest {
                    place = .segment(rest: rest - step, isScan: isScan)
                } else {
                    place = isScan ? .scan : .marker
                    hasScan = hasScan || isScan
                }
            case .scan:
                i = bytes.firstFF(from: i)
                if i < bytes.count {
                    i += 1
                    place = .scanCode
                }
            case .scanCode:
                switch bytes[i] {
                case 0x00, 0xD0...0xD7:
                    i += 1
                    place = .scan
                case 0xFF: i += 1
                default: place = .code
                }
            }
        }
        return .more
    }

    func end() -> WalkState { .flaw(Flaw(.truncated, at: position)) }

    /// SOF0 to SOF15 without DHT, JPG and DAC, which lie between them.
    private static func isFrame(_ code: UInt8) -> Bool {
        (0xC0...0xCF).contains(code) && code != 0xC4 && code != 0xC8 && code != 0xCC
    }
}
