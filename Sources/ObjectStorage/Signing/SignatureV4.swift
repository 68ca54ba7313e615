internal import Crypto
internal import Synchronization

/// Signs requests to S3 and to what speaks its language: AWS Signature Version 4, header form
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html), and Google's variant of it.
///
/// The key of a day is made once and kept, with what of the hash depends on it alone: a signature costs two short hashes.
package final class SignatureV4: Sendable {
    /// The words in which the two variants differ.
    package enum Dialect: Sendable {
        case amazon
        /// https://cloud.google.com/storage/docs/authentication/signatures
        case google

        var algorithm: String { self == .amazon ? "AWS4-HMAC-SHA256" : "GOOG4-HMAC-SHA256" }
        var keyPrefix: String { self == .amazon ? "AWS4" : "GOOG4" }
        var terminator: String { self == .amazon ? "aws4_request" : "goog4_request" }
        /// What the names of the store's own headers begin with.
        package var headerPrefix: String { self == .amazon ? "x-amz-" : "x-goog-" }
    }

    /// What is signed of a request, in the form in which it is sent.
    package struct Subject {
        package var method: String
        /// Percent-encoded; see ``PercentEncoding``.
        package var path: String
        /// Sorted by name, both sides of every `=` percent-encoded.
        package var query: String
        /// Names in lower case, sorted; `host` among them.
        package var headers: [(name: String, value: String)]
        /// Hexadecimal SHA-256 of the body, or `UNSIGNED-PAYLOAD`.
        package var payload: String

        package init(
            method: String, path: String, query: String, headers: [(name: String, value: String)], payload: String
        ) {
            self.method = method
            self.path = path
            self.query = query
            self.headers = headers
            self.payload = payload
        }
    }

    package static let unsignedPayload = "UNSIGNED-PAYLOAD"
    /// The SHA-256 of nothing.
    package static let emptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    package let dialect: Dialect
    private let credentials: S3Credentials
    private let region: String
    private let service: String
    private let latest = Mutex<(day: String, code: HMAC<SHA256>)?>(nil)

    package init(_ credentials: S3Credentials, region: String, service: String = "s3", dialect: Dialect = .amazon) {
        self.credentials = credentials
        self.region = region
        self.service = service
        self.dialect = dialect
    }

    /// The value of the `Authorization` header.
    package func authorization(_ subject: Subject, at time: CivilTime) -> String {
        let moment = time.basic
        let day = String(moment.prefix(8))
        let names = subject.headers.map(\.name).joined(separator: ";")
        var scope: [UInt8] = []
        for part in [day, "/", region, "/", service, "/", dialect.terminator] { scope += part.utf8 }

        var text: [UInt8] = []
        text.reserveCapacity(512)
        for part in [dialect.algorithm, "\n", moment, "\n"] { text += part.utf8 }
        text += scope
        text.append(10)
        SHA256.hash(data: Self.canonical(subject, names: names)).withUnsafeBytes { Self.append($0, to: &text) }
        var code = code(day)
        code.update(data: text)

        text.removeAll(keepingCapacity: true)
        for part in [dialect.algorithm, " Credential=", credentials.keyID, "/"] { text += part.utf8 }
        text += scope
        for part in [", SignedHeaders=", names, ", Signature="] { text += part.utf8 }
        code.finalize().withUnsafeBytes { Self.append($0, to: &text) }
        return String(decoding: text, as: UTF8.self)
    }

    package static func hash(_ body: [UInt8]) -> String {
        if body.isEmpty { return emptyPayload }
        var text: [UInt8] = []
        SHA256.hash(data: body).withUnsafeBytes { append($0, to: &text) }
        return String(decoding: text, as: UTF8.self)
    }

    static func canonical(_ subject: Subject, names: String) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(1024)
        for part in [subject.method, subject.path, subject.query] {
            text += part.utf8
            text.append(10)
        }
        for header in subject.headers {
            text += header.name.utf8
            text.append(UInt8(ascii: ":"))
            appendTrimmed(header.value, to: &text)
            text.append(10)
        }
        text.append(10)
        text += names.utf8
        text.append(10)
        text += subject.payload.utf8
        return text
    }

    /// Blanks at the ends go, several in a row count as one.
    private static func appendTrimmed(_ value: String, to text: inout [UInt8]) {
        let isPlain = value.utf8.withContiguousStorageIfAvailable { !$0.contains { $0 == 0x20 || $0 == 0x09 } } ?? false
        if isPlain {
            text += value.utf8
            return
        }
        var isBlank = true
        for byte in value.utf8 {
            let blank = byte == 0x20 || byte == 0x09
            if blank, isBlank { continue }
            text.append(blank ? 0x20 : byte)
            isBlank = blank
        }
        if isBlank, text.last == 0x20 { text.removeLast() }
    }

    /// The beginning of an authentication code with the key of a day.
    private func code(_ day: String) -> HMAC<SHA256> {
        latest.withLock { latest in
            if let latest, latest.day == day { return latest.code }
            var key = SymmetricKey(data: Array((dialect.keyPrefix + credentials.secret).utf8))
            for part in [day, region, service, dialect.terminator] {
                key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
            }
            let code = HMAC<SHA256>(key: key)
            latest = (day, code)
            return code
        }
    }

    /// In hexadecimal.
    private static func append(_ hash: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        for byte in hash {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
