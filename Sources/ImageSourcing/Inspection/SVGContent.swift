/// What elements and attributes of an SVG do besides showing it. A list of what is known to act, on the safe side: the
/// standard's own names (SVG 2 §15, §17; HTML's embedded content) in any case and namespace.
enum SVGContent {
    private static let elements: [String: SVGActivity] = [
        "script": .script, "handler": .script, "listener": .script, "foreignobject": .foreignContent,
        "iframe": .foreignContent, "object": .foreignContent, "embed": .foreignContent, "audio": .foreignContent,
        "video": .foreignContent, "body": .foreignContent, "form": .foreignContent, "meta": .foreignContent,
        "base": .foreignContent, "link": .externalReference,
    ]

    /// Attributes whose value is read as a style.
    private static let styled: Set<String> = [
        "style", "fill", "stroke", "filter", "mask", "clip-path", "cursor", "marker", "marker-start", "marker-mid",
        "marker-end", "shape-inside", "shape-subtract",
    ]

    static func activity(ofElement name: ArraySlice<UInt8>) -> SVGActivity? {
        elements[String(decoding: name, as: UTF8.self).lowercased()]
    }

    /// - Parameter value: as written, entities and all.
    static func activity(of attribute: [UInt8], _ value: [UInt8], in element: ArraySlice<UInt8>) -> SVGActivity? {
        let full = String(decoding: attribute, as: UTF8.self).lowercased()
        let name = full.split(separator: ":").last.map(String.init) ?? full
        if name.count > 2, name.hasPrefix("on"), name.utf8.allSatisfy({ (97...122).contains($0) }) { return .handler }
        let value = decoded(value)
        switch name {
        case "href", "src", "data", "action", "formaction", "ping", "srcdoc":
            guard full != "xmlns:\(name)" else { return nil }
            return address(value, isLink: element.elementsEqual("a".utf8))
        case "attributename":
            let target = String(decoding: value, as: UTF8.self).lowercased()
            return target.hasSuffix("href") || target.hasPrefix("on") ? .animatedAddress : nil
        case "values", "to", "from", "by":
            return scheme(of: value) == "javascript" ? .runningAddress : nil
        default:
            guard styled.contains(full) else { return nil }
            var watch = StyleWatch()
            for byte in value { if let activity = watch.feed(byte) { return activity } }
            return nil
        }
    }

    /// Places in the document itself and pictures in the address are harmless; a link to elsewhere is only followed by
    /// a person.
    private static func address(_ value: [UInt8], isLink: Bool) -> SVGActivity? {
        let plain = value.filter { $0 > 0x20 && $0 != 0x7F }
        guard let first = plain.first, first != UInt8(ascii: "#") else { return nil }
        switch scheme(of: value) {
        case "javascript", "vbscript", "livescript", "mocha": return .runningAddress
        case "data":
            let head = String(decoding: plain.prefix(32), as: UTF8.self).lowercased()
            let harmless = ["data:image/png", "data:image/jpeg", "data:image/jpg", "data:image/gif", "data:image/webp"]
            return harmless.contains(where: head.hasPrefix) ? nil : .runningAddress
        default: return isLink ? nil : .externalReference
        }
    }

    /// What stands before the colon, as a browser reads it: blanks and controls do not count.
    private static func scheme(of value: [UInt8]) -> String? {
        let plain = value.filter { $0 > 0x20 && $0 != 0x7F }
        guard let colon = plain.prefix(32).firstIndex(of: UInt8(ascii: ":")) else { return nil }
        return String(decoding: plain[..<colon], as: UTF8.self).lowercased()
    }

    /// Character references replaced by what they mean, as far as it is ASCII; everything else as it is.
    static func decoded(_ value: [UInt8]) -> [UInt8] {
        guard value.contains(UInt8(ascii: "&")) else { return value }
        var result: [UInt8] = []
        var i = 0
        while i < value.count {
            guard value[i] == UInt8(ascii: "&"),
                let end = value[i...].prefix(16).firstIndex(of: UInt8(ascii: ";")),
                let byte = character(String(decoding: value[(i + 1)..<end], as: UTF8.self).lowercased())
            else {
                result.append(value[i])
                i += 1
                continue
            }
            result.append(byte)
            i = end + 1
        }
        return result
    }

    private static func character(_ name: String) -> UInt8? {
        if name.hasPrefix("#x") { return UInt8(name.dropFirst(2), radix: 16).flatMap { $0 < 0x80 ? $0 : nil } }
        if name.hasPrefix("#") { return UInt8(name.dropFirst()).flatMap { $0 < 0x80 ? $0 : nil } }
        let named: [String: Character] = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "colon": ":", "tab": "\t", "newline": "\n",
            "lpar": "(", "rpar": ")", "sol": "/", "num": "#", "semi": ";", "period": ".",
        ]
        return named[name]?.asciiValue
    }
}

/// A style sheet or style value, looked at byte by byte for what it would fetch or run (CSS Syntax 3).
struct StyleWatch: Sendable {
    private static let alarms: [(String, SVGActivity)] = [
        ("@import", .externalReference), ("image-set(", .externalReference), ("expression(", .runningAddress),
        ("javascript:", .runningAddress), ("-moz-binding", .runningAddress), ("behavior:", .runningAddress),
    ]

    /// The last bytes in lower case without blanks.
    private var recent: [UInt8] = []
    /// Behind `url(`: what the address begins with.
    private var address: [UInt8]?

    mutating func feed(_ byte: UInt8) -> SVGActivity? {
        // An escape can spell everything else.
        if byte == UInt8(ascii: "\\") { return .externalReference }
        guard !XMLBytes.isBlank(byte) else { return nil }
        let low = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        if var begun = address {
            if begun.isEmpty, low == UInt8(ascii: "\"") || low == UInt8(ascii: "'") { return nil }
            begun.append(low)
            address = begun
            if [UInt8(ascii: "#"), UInt8(ascii: ")")].contains(begun[0]) || begun.elementsEqual("data:image/".utf8) {
                address = nil
            } else if !"data:image/".utf8.starts(with: begun) {
                return .externalReference
            }
            return nil
        }
        recent.append(low)
        if recent.count > 16 { recent.removeFirst() }
        func ends(_ text: String) -> Bool { recent.suffix(text.utf8.count).elementsEqual(text.utf8) }
        if ends("url(") {
            address = []
            return nil
        }
        return Self.alarms.first { ends($0.0) }?.1
    }
}
