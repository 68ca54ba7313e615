/// SVG: markup from the prolog to the end of the root element (XML 1.0 5th edition, SVG 2).
///
/// No tree is built and no entity is looked up; the names of opening and closing tags need not match, only their number.
/// Of a value the first `valueLimit` bytes are looked at, in whatever spelling they come.
struct SVGWalk: FormatWalk {
    private enum Place: Hashable {
        case text
        /// Behind `<`, `</`, `<!`.
        case open, closing, bang
        case name
        /// In a tag, between its parts; behind `/` in it.
        case tag, slash
        case attribute
        case equals
        case quote
        case value(quote: UInt8)
        case comment, section, doctype, instruction
    }

    private static let nameLimit = 64
    private static let valueLimit = 1024
    /// Something that is no SVG by then is none.
    private static let prologLimit: Int64 = 64 << 10

    private(set) var facts = ImageFacts(.svg)
    private var place = Place.text
    private var position: Int64 = 0
    private var depth = 0
    private var hasRoot = false
    private var isInStyle = false
    private var element: [UInt8] = []
    private var attribute: [UInt8] = []
    private var value: [UInt8] = []
    /// The first bytes since `<!` or `<?`.
    private var heading: [UInt8] = []
    /// The last four bytes.
    private var recent: UInt32 = 0
    private var doctype = DoctypeWatch()
    private var style = StyleWatch()

    mutating func consume(_ bytes: Span<UInt8>) -> WalkState {
        let start = position
        defer { position = start + Int64(bytes.count) }
        for i in bytes.indices {
            if !hasRoot, start + Int64(i) >= Self.prologLimit { return .flaw(Flaw(.notAnImage, at: 0)) }
            recent = recent << 8 | UInt32(bytes[i])
            switch step(bytes[i]) {
            case nil: break
            case .whole: return .whole
            case .noImage: return .flaw(Flaw(.notAnImage, at: 0))
            case .malformed: return .flaw(Flaw(.malformed, at: start + Int64(i)))
            }
        }
        return .more
    }

    func end() -> WalkState {
        .flaw(hasRoot || isInProlog ? Flaw(.truncated, at: position) : Flaw(.notAnImage, at: 0))
    }

    /// Whether what came may have been the beginning of an SVG.
    private var isInProlog: Bool {
        switch place {
        case .text: false
        case .name: "svg".utf8.starts(with: Self.local(element))
        default: true
        }
    }

    private enum Outcome { case whole, malformed, noImage }

    private mutating func step(_ byte: UInt8) -> Outcome? {
        switch place {
        case .text:
            if byte == UInt8(ascii: "<") {
                place = .open
            } else if isInStyle {
                note(style.feed(byte))
            } else if !hasRoot, !XMLBytes.isBlank(byte), !XMLBytes.mark.contains(byte) {
                return .noImage
            }
        case .open: return open(byte)
        case .name:
            if XMLBytes.isName(byte) {
                if element.count < Self.nameLimit { element.append(byte) }
            } else {
                guard beginElement() else { return .noImage }
                return tag(byte)
            }
        case .tag: return tag(byte)
        case .attribute:
            if XMLBytes.isName(byte) {
                if attribute.count < Self.nameLimit { attribute.append(byte) }
            } else {
                place = .equals
                return step(byte)
            }
        case .equals:
            if byte == UInt8(ascii: "=") {
                place = .quote
            } else if !XMLBytes.isBlank(byte) {
                return .malformed
            }
        case .quote:
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                value.removeAll(keepingCapacity: true)
                place = .value(quote: byte)
            } else if !XMLBytes.isBlank(byte) {
                return .malformed
            }
        case .value(let quote):
            if byte == quote {
                note(SVGContent.activity(of: attribute, value, in: Self.local(element)))
                place = .tag
            } else if value.count < Self.valueLimit {
                value.append(byte)
            }
        case .slash: return byte == UInt8(ascii: ">") ? endElement() : .malformed
        case .closing: if byte == UInt8(ascii: ">") { return endElement() }
        case .bang: return bang(byte)
        case .comment: if recent & 0xFF_FFFF == 0x2D_2D3E { place = .text }
        case .section:
            if isInStyle { note(style.feed(byte)) }
            if recent & 0xFF_FFFF == 0x5D_5D3E { place = .text }
        case .doctype:
            let (isOver, hasEntities) = doctype.feed(byte)
            if hasEntities { note(.entities) }
            if isOver { place = .text }
        case .instruction:
            if heading.count < 14 {
                heading.append(byte)
                if heading.elementsEqual("xml-stylesheet".utf8) { note(.externalReference) }
            }
            if recent & 0xFFFF == 0x3F3E { place = .text }
        }
        return nil
    }

    private mutating func open(_ byte: UInt8) -> Outcome? {
        heading.removeAll(keepingCapacity: true)
        recent = 0
        switch byte {
        case UInt8(ascii: "!"): place = .bang
        case UInt8(ascii: "?"): place = .instruction
        case UInt8(ascii: "/"):
            guard depth > 0 else { return .noImage }
            place = .closing
        default:
            guard XMLBytes.isName(byte) else { return hasRoot ? .malformed : .noImage }
            element = [byte]
            place = .name
        }
        return nil
    }

    private mutating func bang(_ byte: UInt8) -> Outcome? {
        heading.append(byte)
        let (comment, section, doctype) = ("--", "[CDATA[", "DOCTYPE")
        recent = 0
        if heading.elementsEqual(comment.utf8) {
            place = .comment
        } else if heading.elementsEqual(section.utf8), hasRoot {
            place = .section
        } else if heading.elementsEqual(doctype.utf8), !hasRoot {
            self.doctype = DoctypeWatch()
            place = .doctype
        } else if ![comment, section, doctype].contains(where: { $0.utf8.starts(with: heading) }) {
            return hasRoot ? .malformed : .noImage
        }
        return nil
    }

    private mutating func tag(_ byte: UInt8) -> Outcome? {
        place = .tag
        switch byte {
        case UInt8(ascii: ">"): place = .text
        case UInt8(ascii: "/"): place = .slash
        default:
            guard !XMLBytes.isBlank(byte) else { return nil }
            guard XMLBytes.isName(byte) else { return .malformed }
            attribute.removeAll(keepingCapacity: true)
            attribute.append(byte)
            place = .attribute
        }
        return nil
    }

    /// - Returns: false when this is another document's root.
    private mutating func beginElement() -> Bool {
        let name = Self.local(element)
        if !hasRoot {
            guard name.elementsEqual("svg".utf8) else { return false }
            hasRoot = true
        }
        depth += 1
        note(SVGContent.activity(ofElement: name))
        isInStyle = name.elementsEqual("style".utf8)
        style = StyleWatch()
        return true
    }

    private mutating func endElement() -> Outcome? {
        depth -= 1
        isInStyle = false
        place = .text
        return depth == 0 ? .whole : nil
    }

    private mutating func note(_ activity: SVGActivity?) {
        if facts.activity == nil { facts.activity = activity }
    }

    /// A name without its namespace prefix.
    private static func local(_ name: [UInt8]) -> ArraySlice<UInt8> {
        name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name[...]
    }
}

/// Classes of bytes in markup.
enum XMLBytes {
    /// The bytes of a byte order mark in UTF-8.
    static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2E, 0x80...: true
        default: false
        }
    }
}

/// A document type declaration: where it ends, and whether it declares entities.
struct DoctypeWatch: Sendable {
    private var isInside = false
    private var quote: UInt8 = 0
    private var recent: [UInt8] = []

    mutating func feed(_ byte: UInt8) -> (isOver: Bool, hasEntities: Bool) {
        if quote != 0 {
            if byte == quote { quote = 0 }
            return (false, false)
        }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
        case UInt8(ascii: "["): isInside = true
        case UInt8(ascii: "]"): isInside = false
        case UInt8(ascii: ">") where !isInside: return (true, false)
        default: break
        }
        recent.append(byte)
        if recent.count > 8 { recent.removeFirst() }
        return (false, isInside && recent.elementsEqual("<!ENTITY".utf8))
    }
}
