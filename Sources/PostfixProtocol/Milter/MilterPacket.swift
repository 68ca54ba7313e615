package import NIOCore

/// A packet of the milter protocol: length of command and data (32 bit, big-endian), command byte, data.
///
/// Source: the milter protocol as spoken by Sendmail 8.14 and Postfix (MILTER_README, src/milter/milter8.c).
package struct MilterPacket: Sendable, Hashable {
    package let command: UInt8
    package let data: ByteBuffer

    package init(command: UInt8, data: ByteBuffer = ByteBuffer()) {
        self.command = command
        self.data = data
    }

    package init(_ command: Unicode.Scalar, strings: [String] = []) {
        var data = ByteBuffer()
        for text in strings {
            // A zero byte ends a string; one inside would make two of it.
            data.writeString(text.replacing("\0", with: " "))
            data.writeInteger(UInt8(0))
        }
        self.init(command: UInt8(ascii: command), data: data)
    }

    /// The texts of the data, each ended by a zero byte; what follows the last one is a text too.
    package var strings: [String] {
        let bytes = data.readableBytesView
        let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
        let kept = bytes.last == 0 ? parts.dropLast() : parts[...]
        return bytes.isEmpty ? [] : kept.map { String(decoding: $0, as: UTF8.self) }
    }

    package func write(to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt32(1 + data.readableBytes))
        buffer.writeInteger(command)
        buffer.writeImmutableBuffer(data)
    }
}

package struct MilterDecoder: Sendable {
    package enum Failure: Error, Hashable {
        case empty
        case tooLong(limit: Int)
    }

    /// A body comes in pieces of 65,535 bytes, a header may have `header_size_limit`, by default 102,400.
    package static let limit = 1 << 20

    private var buffer = ByteBuffer()

    package init() {}

    package mutating func append(_ bytes: ByteBuffer) {
        // Here, and not after each of the ten packets that come at once.
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(bytes)
    }

    /// The next packet; nil when more bytes are needed. After a failure the stream has no meaning any more.
    package mutating func next() throws(Failure) -> MilterPacket? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
        guard length > 0 else { throw .empty }
        guard length <= Self.limit else { throw .tooLong(limit: Self.limit) }
        guard buffer.readableBytes >= 4 + Int(length),
            let command = buffer.getInteger(at: buffer.readerIndex + 4, as: UInt8.self),
            let data = buffer.getSlice(at: buffer.readerIndex + 5, length: Int(length) - 1)
        else { return nil }
        buffer.moveReaderIndex(forwardBy: 4 + Int(length))
        return MilterPacket(command: command, data: data)
    }
}
