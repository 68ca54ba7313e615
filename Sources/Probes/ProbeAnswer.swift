import Crypto
package import WebTransport

/// What one side answered, in the form that is compared, printed and kept: the body only as its length and digest,
/// cookie values hidden.
package struct ProbeAnswer: Hashable, Sendable, Codable {
    package struct Header: Hashable, Sendable, Codable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package var status: Int
    package var version: WebResponse.Version
    package var headers: [Header]
    /// In bytes.
    package var bodyLength: Int
    /// `sha256:` and 64 hexadecimal digits.
    package var bodyDigest: String
    /// Microseconds since the request began.
    package var timings: WebTimings
    /// The address that answered.
    package var peer: String

    package init(
        status: Int, version: WebResponse.Version, headers: [Header], bodyLength: Int, bodyDigest: String,
        timings: WebTimings, peer: String
    ) {
        self.status = status
        self.version = version
        self.headers = headers
        self.bodyLength = bodyLength
        self.bodyDigest = bodyDigest
        self.timings = timings
        self.peer = peer
    }

    package init(_ response: WebResponse) {
        self.init(
            status: response.status, version: response.version,
            headers: response.headers.lines.map { line in
                let hides = line.isNamed("Set-Cookie")
                return Header(name: line.name, value: hides ? ProbeAnswer.hidingCookie(line.value) : line.value)
            },
            bodyLength: response.body.count, bodyDigest: ProbeAnswer.digest(of: response.body),
            timings: response.timings, peer: response.peer)
    }

    package static func digest(of body: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text = Array("sha256:".utf8)
        for byte in SHA256.hash(data: body) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Keeps a cookie's name and attributes. Its value is a secret that has no place in a report, and like the moment
    /// it expires it differs from one answer to the next.
    static func hidingCookie(_ line: String) -> String {
        line.split(separator: ";", omittingEmptySubsequences: false).enumerated().map { index, part -> String in
            guard let equals = part.firstIndex(of: "=") else { return index == 0 ? "…" : String(part) }
            let name = part[..<equals]
            let isExpiry = name.lowercased().drop(while: { $0 == " " }) == "expires"
            return index == 0 || isExpiry ? "\(name)=…" : String(part)
        }.joined(separator: ";")
    }
}

/// An answer, or why there is none.
package enum ProbeOutcome: Hashable, Sendable {
    case answer(ProbeAnswer)
    case failure(WebError)

    package var answer: ProbeAnswer? {
        guard case .answer(let answer) = self else { return nil }
        return answer
    }

    package var failure: WebError? {
        guard case .failure(let failure) = self else { return nil }
        return failure
    }
}

/// In JSON an object with either `answer` or `failure`.
extension ProbeOutcome: Codable {
    private enum CodingKeys: String, CodingKey { case answer, failure }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let answer = try container.decodeIfPresent(ProbeAnswer.self, forKey: .answer) {
            self = .answer(answer)
        } else {
            self = .failure(try container.decode(WebError.self, forKey: .failure))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(answer, forKey: .answer)
        try container.encodeIfPresent(failure, forKey: .failure)
    }
}
