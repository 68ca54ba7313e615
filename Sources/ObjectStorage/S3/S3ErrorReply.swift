package import ImageSourcing
package import WebTransport

/// Why a store refused: the document of its answer, or what status and headers tell without one
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
///
/// Only the code, the words and where to go instead are read: other elements repeat the key and the signed text.
package struct S3ErrorReply {
    static let maximumBytes = 64 << 10

    let status: Int
    private(set) var code = ""
    private(set) var words = ""
    private(set) var region: String?
    private let retryAfter: Duration?
    private let date: Int64?

    package init(status: Int, headers: WebHeaders, body: [UInt8]) {
        self.status = status
        region = headers.first("x-amz-bucket-region")
        date = headers.first("Date").flatMap(CivilTime.milliseconds(http:))
        retryAfter = headers.first("Retry-After").flatMap { Int64($0) }.flatMap {
            (0...86_400).contains($0) ? .seconds($0) : nil
        }
        read(body)
    }

    private mutating func read(_ body: [UInt8]) {
        var reader = XMLReader(body)
        var names: [Range<Int>] = []
        while let token = try? reader.next() {
            switch token {
            case .start(let name): names.append(name)
            case .end: names.removeLast()
            case .finished: return
            case .text(let range):
                guard names.count == 2, reader.isName(names[0], "Error"), let raw = try? reader.text(range) else {
                    continue
                }
                let text = String(String(decoding: raw, as: UTF8.self).unicodeScalars.prefix(300))
                if reader.isName(names[1], "Code") { code = text }
                if reader.isName(names[1], "Message") { words = text }
                if reader.isName(names[1], "Region"), region == nil { region = text }
            }
        }
    }

    /// - Parameters:
    ///   - asked: the region that was signed for.
    ///   - now: milliseconds since 1970, by this machine's clock.
    package func failure(bucket: String, region asked: String, now: Int64) -> ObjectFailure {
        let said = words.isEmpty ? (code.isEmpty ? "" : ": \(code)") : ": \(words)"
        let (kind, message, remedy) = judged(bucket: bucket, asked: asked, now: now)
        return ObjectFailure(kind, message + said, remedy: remedy, retryAfter: retryAfter)
    }

    private func judged(bucket: String, asked: String, now: Int64) -> (ObjectFailure.Code, String, String) {
        switch code {
        case "NoSuchBucket": return (.missing, "There is no bucket \(bucket)", "Check the name and the endpoint.")
        case "NoSuchKey", "NoSuchVersion": return (.gone, "The object is gone", "")
        case "InvalidObjectState":
            return (.archived, "The object is archived", "Restore it first, or let it be skipped.")
        case "InvalidRange": return (.unsatisfiable, "The range begins behind the end of the object", "")
        case "KeyTooLongError", "InvalidObjectName", "InvalidURI":
            return (.badName, "The store takes no such name", "Rename the object.")
        case "EntityTooLarge", "EntityTooSmall": return (.refused, "The store does not take that size", "")
        case "QuotaExceeded", "XMinioStorageFull", "StorageFull", "InsufficientStorage":
            return (.quota, "The store is full", "Raise its quota.")
        case "SlowDown", "RequestLimitExceeded", "TooManyRequests", "Throttling", "ServiceUnavailable", "Busy":
            return (.throttled, "The store asks for patience", "")
        case "ConditionalRequestConflict", "OperationAborted":
            return (.unavailable, "The object was being changed at the same moment", "")
        case "RequestTimeout": return (.timedOut, "The store waited too long for bytes", "")
        case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException":
            return (.denied, "The bucket \(bucket) is in another region than \(asked)", regionRemedy)
        case "RequestTimeTooSkewed", "RequestExpired": return wrongClock(now)
        // Some stores have no word of their own for a wrong clock.
        case "SignatureDoesNotMatch" where isSkewed(now), "AccessDenied" where isSkewed(now): return wrongClock(now)
        case "SignatureDoesNotMatch":
            return (.denied, "The secret key is wrong", "Check the secret that belongs to this key id.")
        case "InvalidAccessKeyId": return (.denied, "The store does not know the access key", "Check the key id.")
        case "ExpiredToken", "InvalidToken":
            return (.denied, "The session token is no longer valid", "Get new credentials.")
        default: return judgedByStatus(bucket: bucket)
        }
    }

    private func judgedByStatus(bucket: String) -> (ObjectFailure.Code, String, String) {
        switch status {
        case 301, 307, 308: (.denied, "The bucket \(bucket) is elsewhere", regionRemedy)
        case 401, 403: (.denied, "The store refuses access to \(bucket)", "Check the rights of these credentials.")
        case 404: (.gone, "The object is gone", "")
        case 408: (.timedOut, "The store waited too long", "")
        case 412: (.changed, "The object has another state than was expected", "")
        case 416: (.unsatisfiable, "The range begins behind the end of the object", "")
        case 429, 503: (.throttled, "The store asks for patience", "")
        case 507: (.quota, "The store is full", "")
        case 500...: (.unavailable, "The store has trouble of its own (\(status))", "")
        case 400..<500: (.refused, "The store refused with status \(status)", "")
        default: (.unreadable, "The store answered with status \(status)", "Check that the endpoint speaks S3.")
        }
    }

    private var regionRemedy: String { region.map { "Use the region \($0)." } ?? "Give the bucket's own region." }

    /// S3 allows fifteen minutes.
    private func isSkewed(_ now: Int64) -> Bool { date.map { abs($0 - now) > 600_000 } ?? false }

    private func wrongClock(_ now: Int64) -> (ObjectFailure.Code, String, String) {
        let skew = date.map { "\(abs($0 - now) / 60_000) minutes" } ?? "too far"
        return (.denied, "This machine's clock is \(skew) off the store's", "Set the clock, for example by NTP.")
    }
}
