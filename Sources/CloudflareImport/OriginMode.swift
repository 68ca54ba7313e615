internal import EdgeModel

/// How Cloudflare reaches origins: the zone setting `ssl`
/// (https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/).
enum OriginMode: String, Hashable, Sendable {
    case off, flexible, full, strict
    case originPull = "origin_pull"

    var usesTLS: Bool { self != .off && self != .flexible }
    var verifies: Bool { self != .full }
    var port: Int { usesTLS ? 443 : 80 }

    func tls(_ serverName: String) -> Origin.TLS? {
        usesTLS ? Origin.TLS(serverName: serverName, verify: verifies) : nil
    }
}

/// Hosts for which one origin answers.
struct HostGroup: Hashable, Sendable {
    var hosts: [String]
    var origin: String
}

/// Names of things of ours made of names of theirs.
enum ImportName {
    /// A resource name: lower case, hyphens for what it cannot hold, at most 57 bytes.
    static func resource(_ text: String) -> String {
        let text = text.hasPrefix("*.") ? "any." + text.dropFirst(2) : text
        var bytes: [UInt8] = []
        for byte in text.lowercased().utf8.prefix(50) {
            let isPlain = (97...122).contains(byte) || (48...57).contains(byte)
            if isPlain {
                bytes.append(byte)
            } else if bytes.last != UInt8(ascii: "-"), !bytes.isEmpty {
                bytes.append(UInt8(ascii: "-"))
            }
        }
        while bytes.last == UInt8(ascii: "-") { bytes.removeLast() }
        let name = String(decoding: bytes, as: UTF8.self)
        if ResourceName.problem(with: name) == nil { return name }
        // Empty, or a word that stands for something else.
        return name.isEmpty ? "origin" : "origin-\(name)"
    }

    /// Texts as a quoted literal of an expression.
    static func literal(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { out += "\\" }
            out.unicodeScalars.append(scalar)
        }
        return out + "\""
    }

    /// A ref of words, for what has none: `Redirect Bob to /` → `redirect-bob-to`.
    static func ref(_ text: String) -> String? {
        let name = resource(text)
        return name == "origin" ? nil : name
    }
}
