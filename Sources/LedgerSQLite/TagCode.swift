import ImageSourcing

/// Entity tags in the file: those that are 16 bytes in hexadecimal, as almost all are, take half the room.
enum TagCode {
    static func bytes(_ tag: EntityTag) -> [UInt8] {
        let text = Array(tag.text.utf8)
        guard text.count == 32 else { return [0] + text }
        var packed: [UInt8] = [1]
        for i in stride(from: 0, to: 32, by: 2) {
            guard let high = digit(text[i]), let low = digit(text[i + 1]) else { return [0] + text }
            packed.append(high << 4 | low)
        }
        return packed
    }

    static func tag(_ bytes: [UInt8]) -> EntityTag? {
        guard let kind = bytes.first else { return nil }
        if kind == 0 { return EntityTag(String(decoding: bytes.dropFirst(), as: UTF8.self)) }
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.dropFirst().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return EntityTag(String(decoding: text, as: UTF8.self))
    }

    /// Of lower-case letters only, so that what is read is what was written.
    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
