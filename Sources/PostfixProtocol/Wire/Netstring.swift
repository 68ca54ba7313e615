package import NIOCore

/// The framing of Postfix's socketmap protocol: decimal length, colon, bytes, comma.
///
/// Source: https://cr.yp.to/proto/netstrings.txt and socketmap_table(5).
package struct NetstringDecoder: Sendable {
    package enum Failure: Error, Hashable {
        case notALength
        case tooLong(limit: Int)
        case noComma
    }

    /// Bytes of the longest payload that is accepted; a longer one is refused before it is kept.
    private let limit: Int
    private var buffer = ByteBuffer()

    package init(limit: Int) { self.limit = limit }

    package mutating func append(_ bytes: ByteBuffer) { buffer.writeImmutableBuffer(bytes) }

    /// The next payload; nil when more bytes are needed. After a failure the stream has no meaning any more.
    package mutating func next() throws(Failure) -> ByteBuffer? {
        var length = 0
        var digits = 0
        for byte in buffer.readableBytesView {
            if byte == UInt8(ascii: ":") { break }
            // A leading zero stands for the empty netstring only.
            guard (0x30...0x39).contains(byte), digits == 0 || length > 0 else { throw .notALength }
            length = length * 10 + Int(byte - 0x30)
            digits += 1
            guard length <= limit else { throw .tooLong(limit: limit) }
        }
        guard digits < buffer.readableBytes else { return nil }
        guard digits > 0 else { throw .notALength }
        let start = buffer.readerIndex + digits + 1
        guard buffer.writerIndex >= start + length + 1 else { return nil }
        guard buffer.getInteger(at: start + length, as: UInt8.self) == UInt8(ascii: ",") else { throw .noComma }
        let payload = buffer.getSlice(at: start, length: length)
        buffer.moveReaderIndex(to: start + length + 1)
        buffer.discardReadBytes()
        return payload
    }
}

extension ByteBuffer {
    package mutating func writeNetstring(_ payload: String) {
        writeString("\(payload.utf8.count):")
        writeString(payload)
        writeString(",")
    }
}
