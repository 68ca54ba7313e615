internal import FoundationEssentials
internal import ImageSourcing
internal import WebTransport

/// What every answer of Cloudflare's interface is wrapped in.
struct ImagesEnvelope<Result: Decodable>: Decodable {
    let result: Result

    /// nil: another document.
    init?(_ body: [UInt8]) {
        guard let read = try? JSONDecoder().decode(Self.self, from: Data(body)) else { return nil }
        self = read
    }
}

struct ImagesStats: Decodable {
    struct Count: Decodable {
        let allowed: Int64
        let current: Int64
    }
    let count: Count
}

struct ImagesBatchToken: Decodable, Sendable {
    let token: String
    let expiresAt: String
}

/// Why Cloudflare did not take an image.
struct ImagesRefusal {
    private struct Answer: Decodable {
        struct Entry: Decodable {
            let code: Int?
            let message: String?
        }
        let errors: [Entry]?
    }

    let status: Int
    let words: String
    let retryAfter: Duration?
    /// The account's number of images is reached (5453).
    let isFull: Bool

    init(status: Int, headers: WebHeaders, body: [UInt8]) {
        self.status = status
        retryAfter = headers.first("Retry-After").flatMap { Int64($0) }.flatMap {
            (0...86_400).contains($0) ? .seconds($0) : nil
        }
        let entries = (try? JSONDecoder().decode(Answer.self, from: Data(body)))?.errors ?? []
        isFull = entries.contains { $0.code == 5453 }
        words = entries.prefix(3).map { entry in
            String((entry.message ?? "").unicodeScalars.prefix(200)) + (entry.code.map { " (\($0))" } ?? "")
        }.joined(separator: "; ")
    }

    var failure: ObjectFailure {
        let said = words.isEmpty ? "" : ": \(words)"
        let (code, message, remedy): (ObjectFailure.Code, String, String) =
            switch status {
            case _ where isFull: (.quota, "Cloudflare Images is full", "Buy room for more images.")
            case 401, 403:
                (.denied, "Cloudflare refuses access", "The token needs the right Cloudflare Images: Edit.")
            case 404: (.missing, "Cloudflare does not know the account or its Images", "Check the account id.")
            case 408: (.timedOut, "Cloudflare waited too long for bytes", "")
            case 413: (.refused, "The image is too large for Cloudflare Images", "")
            case 429: (.throttled, "Cloudflare asks for patience", "")
            case 500...: (.unavailable, "Cloudflare has trouble of its own (\(status))", "")
            default: (.refused, "Cloudflare Images does not take the image (\(status))", "")
            }
        return ObjectFailure(code, message + said, remedy: remedy, retryAfter: retryAfter)
    }
}
