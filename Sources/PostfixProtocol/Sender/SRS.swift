internal import Crypto

/// Sender rewriting: the envelope sender of forwarded mail becomes an address of ours that tells, with a hash, whom a
/// bounce belongs to.
///
/// `SRS0=HHHHHHHH=DD=domain=local@ours` for an original sender, `SRS1=HHHHHHHH=domain==rest@ours` for one that another
/// forwarder rewrote: it keeps that forwarder's own text, so that addresses do not grow with every hop.
/// Source: Shevek, "The Sender Rewriting Scheme" (2004); libsrs2 uses the same fields with four characters of HMAC-SHA1.
/// Ours are eight characters of HMAC-SHA256: 40 bits, so that forging by trying costs 2^39 messages.
package struct SRS: Sendable {
    package enum Refusal: Error, Hashable {
        /// Not an address of this scheme.
        case notRewritten
        case malformed
        case forged
        case expired
    }

    private let key: SymmetricKey
    /// For how many days a bounce may come back.
    private let lifetime: Int

    /// - Parameter secret: at least 16 bytes; whoever has it can send through us to anybody.
    package init(secret: [UInt8], lifetimeDays: Int = 21) {
        key = SymmetricKey(data: secret)
        lifetime = lifetimeDays
    }

    /// The local part that stands for the sender at one of our domains.
    ///
    /// - Parameter day: days since 1970.
    package func forward(local: String, domain: String, day: Int) -> String {
        let kind = local.prefix(5).uppercased()
        if kind == "SRS1=" || kind == "SRS1+" || kind == "SRS1-" {
            // Whoever wrote SRS1 named the first forwarder; that stays and only the hash is ours.
            let rest = local.dropFirst(5)
            let tail = rest.firstIndex(of: "=").map { String(rest[rest.index(after: $0)...]) } ?? ""
            // What only looks so at its beginning is a sender like any other.
            if Self.first(tail) != nil { return "SRS1=\(hash(tail))=\(tail)" }
        }
        if kind == "SRS0=" || kind == "SRS0+" || kind == "SRS0-" {
            let tail = "\(domain)=\(local.dropFirst(4))"
            return "SRS1=\(hash(tail))=\(tail)"
        }
        let tail = "\(Self.stamp(day))=\(domain)=\(local)"
        return "SRS0=\(hash(tail))=\(tail)"
    }

    /// Whom a bounce to this local part belongs to.
    package func reverse(local: String, day: Int) throws(Refusal) -> (local: String, domain: String) {
        let kind = local.prefix(5).uppercased()
        guard kind == "SRS0=" || kind == "SRS1=" else { throw .notRewritten }
        let rest = local.dropFirst(5)
        guard let equals = rest.firstIndex(of: "=") else { throw .malformed }
        let tail = String(rest[rest.index(after: equals)...])
        guard isEqual(String(rest[..<equals]), hash(tail)) else { throw .forged }
        if kind == "SRS1=" {
            guard let first = Self.first(tail) else { throw .malformed }
            return first
        }
        let parts = tail.split(separator: "=", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let written = Self.number(parts[0]), !parts[1].isEmpty, !parts[2].isEmpty else {
            throw .malformed
        }
        // Two characters count 1024 days; what looks as if written tomorrow comes from a clock ahead of ours.
        let age = ((day - written) % 1024 + 1024) % 1024
        guard age <= lifetime || age == 1023 else { throw .expired }
        return (String(parts[2]), String(parts[1]))
    }

    /// The address that the first forwarder wrote, from what follows the hash of an SRS1: `domain==rest`.
    private static func first(_ tail: String) -> (local: String, domain: String)? {
        guard let cut = tail.firstIndex(of: "="), cut != tail.startIndex else { return nil }
        let opaque = tail[tail.index(after: cut)...]
        guard let sign = opaque.first, sign == "=" || sign == "+" || sign == "-" else { return nil }
        return ("SRS0\(opaque)", String(tail[..<cut]))
    }

    package static func isRewritten(_ local: String) -> Bool {
        let kind = local.utf8.prefix(5).map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
        return kind.elementsEqual("SRS0=".utf8) || kind.elementsEqual("SRS1=".utf8)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func stamp(_ day: Int) -> String {
        let day = ((day % 1024) + 1024) % 1024
        return String(decoding: [alphabet[day >> 5], alphabet[day & 31]], as: UTF8.self)
    }

    static func number(_ stamp: Substring) -> Int? {
        let digits = stamp.uppercased().utf8.map { alphabet.firstIndex(of: $0) }
        guard digits.count == 2, let high = digits[0], let low = digits[1] else { return nil }
        return high << 5 | low
    }

    /// Over lower case: hosts on the way may fold a local part.
    private func hash(_ text: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.lowercased().utf8), using: key)
        var bits: UInt64 = 0
        for byte in code.prefix(5) { bits = bits << 8 | UInt64(byte) }
        return String(decoding: (0..<8).map { Self.alphabet[Int(bits >> (35 - 5 * UInt64($0))) & 31] }, as: UTF8.self)
    }

    /// Takes the same time wherever the two differ.
    private func isEqual(_ given: String, _ expected: String) -> Bool {
        let (left, right) = (Array(given.uppercased().utf8), Array(expected.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
