/// AVIF and HEIC: boxes of the ISO base media file format (ISO/IEC 14496-12 §4.2, §8.11; HEIF 23008-12 §6).
///
/// The dimensions are those of the primary item; its extents tell where the last byte lies that belongs to an image.
struct BoxWalk: FormatWalk {
    private enum Place {
        case head
        case largeSize(name: String, start: Int64)
        case version
        case leaf(String, length: Int)
        case skip(Int64)
        /// A box that goes on to the end of the file.
        case open
        /// Bytes behind the image that are no boxes.
        case junk
    }

    private struct Container {
        var name: String
        var end: Int64
    }

    private(set) var facts: ImageFacts
    private var place = Place.head
    private var gathered = Gathered()
    private var position: Int64 = 0
    private var containers: [Container] = []
    private var items = PrimaryItem()
    private var track = ImageTrack()
    private var hasBrand = false
    private var hasData = false
    /// End of the box that is passed over.
    private var skipEnd: Int64 = 0

    init(_ format: ImageFormat) { facts = ImageFacts(format) }

    mutating func consume(_ bytes: Span<UInt8>) -> WalkState {
        var i = 0
        let start = position
        defer { position = start + Int64(bytes.count) }
        while true {
            let here = start + Int64(i)
            if gathered.bytes.isEmpty, case .head = place {
                while let last = containers.last, last.end <= here {
                    containers.removeLast()
                    guard close(last.name) else { return .flaw(Flaw(.malformed, at: here)) }
                }
            }
            guard i < bytes.count else { return .more }
            switch place {
            case .open, .junk: return .more
            case .head:
                let at = here - Int64(gathered.bytes.count)
                guard gathered.take(8, from: bytes, at: &i) else { break }
                let size = Int64(gathered.bytes.bigEndian(0, 4))
                let isNamed = gathered.bytes[4...].allSatisfy { (0x20...0x7E).contains($0) || $0 == 0xA9 }
                let name = String(decoding: gathered.bytes[4...], as: UTF8.self)
                gathered.clear()
                if size == 1, isNamed {
                    place = .largeSize(name: name, start: at)
                } else {
                    guard enter(name, isNamed ? size : -1, head: 8, at: at) else {
                        return .flaw(Flaw(.malformed, at: at))
                    }
                }
            case .largeSize(let name, let at):
                guard gathered.take(8, from: bytes, at: &i) else { break }
                let size = gathered.bytes.bigEndian(0, 8)
                gathered.clear()
                guard enter(name, size > 1 << 62 ? -1 : Int64(size), head: 16, at: at) else {
                    return .flaw(Flaw(.malformed, at: at))
                }
            case .version:
                guard gathered.take(4, from: bytes, at: &i) else { break }
                gathered.clear()
                place = .head
            case .leaf(let name, let length):
                guard gathered.take(length, from: bytes, at: &i) else { break }
                let content = gathered.bytes
                gathered.clear()
                place = skipEnd > start + Int64(i) ? .skip(skipEnd - start - Int64(i)) : .head
                guard read(name, content) else { return .flaw(Flaw(.malformed, at: here)) }
            case .skip(let rest):
                let step = min(rest, Int64(bytes.count - i))
                i += Int(step)
                place = step == rest ? .head : .skip(rest - step)
            }
        }
    }

    func end() -> WalkState {
        let truncated = WalkState.flaw(Flaw(.truncated, at: position))
        guard containers.isEmpty, facts.width != nil, hasData else { return truncated }
        if let needed = items.end, !track.exists { return position >= needed ? .whole : truncated }
        switch place {
        case .open, .junk: return .whole
        case .head: return .whole
        default: return truncated
        }
    }

    /// Begins a box. Size 0: to the end of the file; -1: none that could be.
    private mutating func enter(_ name: String, _ size: Int64, head: Int64, at: Int64) -> Bool {
        let limit = containers.last?.end
        if size == 0, limit == nil {
            if name == "mdat" { hasData = true }
            place = .open
            return hasBrand
        }
        guard size >= head, size <= .max - at, limit.map({ at + size <= $0 }) ?? true else {
            // What is appended to a whole image is nobody's business.
            guard limit == nil, facts.width != nil, hasData else { return false }
            place = .junk
            return true
        }
        guard hasBrand || name == "ftyp" else { return false }
        if name == "ftyp" { hasBrand = true }
        if name == "mdat" || name == "idat" { hasData = true }
        let parent = containers.last?.name ?? ""
        let content = size - head
        skipEnd = at + size
        switch (parent, name) {
        case ("", "meta"):
            containers.append(Container(name: name, end: skipEnd))
            // Version and flags come before its boxes.
            place = .version
            return content >= 4
        case ("", "moov"), ("moov", "trak"), ("trak", "mdia"), ("mdia", "minf"), ("minf", "stbl"), ("meta", "iprp"),
            ("iprp", "ipco"):
            containers.append(Container(name: name, end: skipEnd))
            if name == "trak" { track.begin() }
            place = .head
        case ("meta", "pitm"), ("meta", "iloc"), ("iprp", "ipma"), ("trak", "tkhd"), ("mdia", "hdlr"), ("stbl", "stsz"):
            // Of the table of sample sizes only the count matters.
            let length = name == "stsz" ? min(content, 12) : content
            guard length > 0 else { return false }
            if length > Gathered.limit {
                // Only the extents may be left unknown.
                guard name == "iloc" else { return false }
                place = .skip(content)
            } else {
                place = .leaf(name, length: Int(length))
            }
        case ("ipco", _):
            items.properties += 1
            if ["ispe", "irot", "clap"].contains(name), content > 0, content <= 64 {
                place = .leaf(name, length: Int(content))
            } else {
                place = content == 0 ? .head : .skip(content)
            }
        default: place = content == 0 ? .head : .skip(content)
        }
        return true
    }

    private mutating func read(_ name: String, _ content: [UInt8]) -> Bool {
        switch name {
        case "pitm": items.readPrimary(content)
        case "ipma": items.readAssociations(content)
        case "ispe": items.readExtent(content)
        case "clap": items.readAperture(content)
        case "irot": items.readRotation(content)
        case "iloc": items.readLocations(content)
        case "tkhd": track.readHead(content)
        case "hdlr": track.readHandler(content)
        case "stsz": track.readSampleCount(content)
        default: break
        }
        return true
    }

    private mutating func close(_ name: String) -> Bool {
        switch name {
        case "meta":
            guard let (width, height) = items.size else { return false }
            (facts.width, facts.height) = (width, height)
        case "moov":
            if let (width, height) = track.size, facts.width == nil { (facts.width, facts.height) = (width, height) }
            facts.frames = max(1, track.frames)
            facts.animationArea = track.frames > 1 ? Int64(track.frames).saturatingTimes(facts.pixels ?? 0) : 0
        case "trak": track.close()
        default: break
        }
        return true
    }
}
