import RulesLanguage

/// A request that asks the edge itself what it decides: signed by an operator for one node, one request and one minute.
///
/// The header is `EXPIRES;NONCE;SIGNATURE`: seconds since 1970, 16 and 64 hexadecimal digits. The signature is an HMAC
/// over expiry, nonce, method, host and path as the edge sees them. Like every header of the edge it is taken off before
/// any rule and before the origin; a request whose signature is not right is served as if it had none.
package enum LiveTrace {
    package static let requestName: StaticString = "x-edge-trace"
    package static var requestHeader: String { "\(requestName)" }
    /// Seconds that a signature is good for.
    package static let lifetime: Int64 = 60
    /// Seconds by which the signer's clock may be ahead of the node's.
    package static let skew: Int64 = 30
    /// Longest value that is looked at.
    static let longest = 128

    package static func sign(
        method: [UInt8], host: [UInt8], path: [UInt8], expires: Int64, nonce: UInt64, key: TraceKey
    ) -> String {
        let digits = String(nonce, radix: 16)
        let padded = String(repeating: "0", count: 16 - digits.count) + digits
        let head = "\(expires);\(padded)"
        let code = key.code(for: message(Array(head.utf8), method: method, host: host, path: path))
        return head + ";" + Digest(bytes: code).rawValue
    }

    /// Whether the value was signed with the key for this very request, and not too long ago.
    package static func isSigned(
        _ value: UnsafeRawBufferPointer, method: UnsafeRawBufferPointer, host: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer, now: Int64, key: TraceKey
    ) -> Bool {
        guard value.count <= longest else { return false }
        let parts = Array(value).split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].count == 16, parts[2].count == SecureHash.size * 2,
            let expires = decimal(parts[0]), let signature = hexadecimal(parts[2])
        else { return false }
        guard now <= expires, expires <= now &+ lifetime &+ skew else { return false }
        let head = Array(parts[0]) + [UInt8(ascii: ";")] + Array(parts[1])
        return SecureHash.isEqual(
            signature, key.code(for: message(head, method: Array(method), host: Array(host), path: Array(path))))
    }

    /// No part of it holds a line feed, so no two requests have one text.
    private static func message(_ head: [UInt8], method: [UInt8], host: [UInt8], path: [UInt8]) -> [UInt8] {
        // Hosts mean the same in any case, and who sends one may spell it otherwise than who signed.
        let host = host.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
        let parts = [Array("signalbox live trace 1".utf8), head, method, host, path]
        return Array(parts.joined(separator: [10]))
    }

    /// Twelve digits at most: no date that is far away, and no overflow.
    private static func decimal(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard (1...12).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 &* 10 &+ Int64($1 &- 48) }
    }

    static func hexadecimal(_ digits: some Collection<UInt8>) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case 48...57: value = digit &- 48
            case 97...102: value = digit &- 87
            default: return nil
            }
            if let first = high {
                bytes.append(first &<< 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}

/// What live traces at one node are signed with.
///
/// It is derived from the digest of the node's token, which the control plane keeps anyway: no further secret has to be
/// made, carried or kept, each node has its own, and a new token makes a new one. It gives away neither. Whoever can read
/// the state can sign a trace, and learns from it nothing that the state does not tell. It never is in a plan, nor in
/// anything that Envoy shows of its configuration.
package struct TraceKey: Hashable, Sendable {
    private let bytes: [UInt8]

    package init(tokenDigest: Digest) {
        bytes = SecureHash.authenticationCode(
            for: Array("signalbox live trace key 1".utf8), key: Array(tokenDigest.rawValue.utf8))
    }

    /// - Returns: nil unless the text is 64 lower-case hexadecimal digits, with white space behind them or not.
    package init?(hexadecimal text: some Sequence<UInt8>) {
        let digits = Array(text).prefix { $0 != 10 && $0 != 13 && $0 != 32 }
        guard digits.count == SecureHash.size * 2, let bytes = LiveTrace.hexadecimal(digits) else { return nil }
        self.bytes = bytes
    }

    package var hexadecimal: String { Digest(bytes: bytes).rawValue }

    func code(for message: [UInt8]) -> [UInt8] { SecureHash.authenticationCode(for: message, key: bytes) }
}

/// What the edge answers a live trace with, as response headers. The names of what is not there are left out.
package enum LiveTraceHeader: CaseIterable, Sendable {
    /// `777:123`, and behind a blank the one that a selector chose: `777:456`.
    case configurations
    /// `shop@2`
    case version
    case environment, routingRule
    /// Refs of the request's rules that matched, in order, with commas; the same of the response's.
    case matched, matchedResponse
    /// How many refs did not fit.
    case omitted
    /// Ref of the rule that ended the request.
    case endedBy
    /// `forward`, `redirect`, `block`, …
    case outcome
    case origin
    /// The client's address with its port, as conditions see it.
    case client

    /// Bytes of all values together; what goes beyond is left out and counted.
    package static let most = 6_144

    package var name: StaticString {
        switch self {
        case .configurations: "x-edge-trace-configurations"
        case .version: "x-edge-trace-version"
        case .environment: "x-edge-trace-environment"
        case .routingRule: "x-edge-trace-routing-rule"
        case .matched: "x-edge-trace-matched"
        case .matchedResponse: "x-edge-trace-matched-response"
        case .omitted: "x-edge-trace-omitted"
        case .endedBy: "x-edge-trace-ended-by"
        case .outcome: "x-edge-trace-outcome"
        case .origin: "x-edge-trace-origin"
        case .client: "x-edge-trace-client"
        }
    }
}
