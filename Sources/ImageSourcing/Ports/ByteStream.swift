internal import Synchronization

/// Bytes that come one chunk after the other, pulled: nothing is read ahead of the consumer but what fits into a bounded
/// buffer, so a slow consumer slows the producer.
///
/// One consumer at a time.
package protocol ByteStream: AnyObject, Sendable {
    /// The next chunk, never empty; nil at the end of all bytes, and from then on.
    /// - Throws: `ObjectFailure`, `cut` when the connection ended before the announced length; from then on the same.
    func next() async throws(ObjectFailure) -> [UInt8]?

    /// The consumer wants no more: the transfer ends as soon as may be, without an error. Harmless after the end and
    /// when repeated.
    func close()
}

/// An object that is being read.
package struct ObjectBody: Sendable {
    /// What the store says of the object it is sending, which may be a newer one than was listed.
    package struct Head: Hashable, Sendable {
        /// Bytes of the body that follows; nil where the store does not tell.
        package var length: Int64?
        package var etag: EntityTag?
        package var contentType: String?
        /// User metadata, names in lower case without the store's prefix (`x-amz-meta-`).
        package var metadata: [String: String]

        package init(
            length: Int64? = nil, etag: EntityTag? = nil, contentType: String? = nil, metadata: [String: String] = [:]
        ) {
            self.length = length
            self.etag = etag
            self.contentType = contentType
            self.metadata = metadata
        }
    }

    package var head: Head
    package var bytes: any ByteStream

    package init(_ head: Head, bytes: any ByteStream) {
        self.head = head
        self.bytes = bytes
    }
}

/// Bytes in memory as a stream.
package final class BufferedStream: ByteStream {
    private let rest: Mutex<ArraySlice<UInt8>>
    private let chunkSize: Int

    package init(_ bytes: [UInt8], chunkSize: Int = 64 << 10) {
        rest = Mutex(bytes[...])
        self.chunkSize = max(1, chunkSize)
    }

    package func next() async throws(ObjectFailure) -> [UInt8]? {
        rest.withLock { rest in
            guard !rest.isEmpty else { return nil }
            let chunk = Array(rest.prefix(chunkSize))
            rest = rest.dropFirst(chunkSize)
            return chunk
        }
    }

    package func close() { rest.withLock { $0 = [] } }
}
