internal import FoundationEssentials
internal import ImageSourcing
internal import Synchronization
internal import WebTransport

/// An image and its id as `multipart/form-data` (RFC 7578), whole when the image is at hand and in pieces otherwise.
struct UploadForm {
    let contentType: String
    /// The whole form; empty when it comes in pieces.
    let bytes: [UInt8]
    let upload: WebUpload?

    /// Bytes of metadata that Cloudflare takes; more are left out.
    static let maximumMetadata = 1024

    /// - Parameter entropy: two numbers make the boundary, so that no image can be made to hold it.
    init(id: String, content: ImageContent, entropy: () -> UInt64) {
        let boundary = "signalbox-" + String(entropy(), radix: 36) + String(entropy(), radix: 36)
        contentType = "multipart/form-data; boundary=\(boundary)"
        var head: [UInt8] = []
        func part(_ name: String, _ value: [UInt8]) {
            head += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n".utf8)
            head += value + Array("\r\n".utf8)
        }
        part("id", Array(id.utf8))
        if let metadata = Self.metadata(content.metadata) { part("metadata", metadata) }
        // The name is shown only; the type is what the bytes are, as Cloudflare judges by it.
        let name = "image.\(content.format.rawValue)"
        head += Array(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n".utf8)
        head += Array("Content-Type: \(content.format.mediaType)\r\n\r\n".utf8)
        let tail = Array("\r\n--\(boundary)--\r\n".utf8)
        switch content.body {
        case .bytes(let image):
            bytes = head + image + tail
            upload = nil
        case .stream(let stream, let length):
            bytes = []
            let pieces = Pieces(head: head, stream: stream, tail: tail)
            upload = WebUpload(length: Int64(head.count + tail.count) + length) { try await pieces.next() }
        }
    }

    private static func metadata(_ metadata: [String: String]) -> [UInt8]? {
        guard !metadata.isEmpty else { return nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let text = try? encoder.encode(metadata), text.count <= maximumMetadata else { return nil }
        return Array(text)
    }

    /// What stands before the image, the image, and what stands behind it. For one reader.
    private final class Pieces: Sendable {
        private enum Stage { case head, image, over }
        private let stage = Mutex(Stage.head)
        private let head: [UInt8]
        private let stream: any ByteStream
        private let tail: [UInt8]

        init(head: [UInt8], stream: any ByteStream, tail: [UInt8]) {
            self.head = head
            self.stream = stream
            self.tail = tail
        }

        func next() async throws(ObjectFailure) -> [UInt8]? {
            switch stage.withLock({ $0 }) {
            case .head:
                stage.withLock { $0 = .image }
                return head
            case .image:
                if let piece = try await stream.next() { return piece }
                stage.withLock { $0 = .over }
                return tail
            case .over: return nil
            }
        }
    }
}
