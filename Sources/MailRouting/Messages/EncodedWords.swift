/// Header text in which other alphabets are written in ASCII: `=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=` (RFC 2047).
package enum EncodedWords {
    /// Longer text is left as it is: a header of that length says nothing that a rule could ask for.
    package static let most = 16_384

    /// The text as people read it. Words in other charsets than UTF-8, ISO-8859-1 and US-ASCII and words that are not well
    /// formed stay as they are; white space between two words goes (section 6.2). Decoded control characters become
    /// blanks, so that no word brings in a line of its own.
    package static func decoded(_ text: String) -> String {
        guard text.utf8.count <= most, text.contains("=?") else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        // What was copied, and whether a decoded word was the last of it.
        var (done, place, isBehindWord) = (0, 0, false)
        while place + 1 < bytes.count {
            guard bytes[place] == equals, bytes[place + 1] == mark, let run = Run(bytes, from: place) else {
                place += 1
                continue
            }
            guard let words = run.text else {
                place = run.end
                continue
            }
            let between = bytes[done..<place]
            if !isBehindWord || !between.allSatisfy(isBlank) { result += between }
            result += words.utf8
            (done, place, isBehindWord) = (run.end, run.end, true)
        }
        return String(decoding: result + bytes[done...], as: UTF8.self)
    }

    private static let equals = UInt8(ascii: "=")
    private static let mark = UInt8(ascii: "?")

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Words of one charset with nothing but white space between them: mailers divide a character between two words,
    /// though they should not, so their bytes are joined first.
    private struct Run {
        private var charset: String
        private var content: [UInt8]
        /// Behind the last word.
        var end: Int

        init?(_ bytes: [UInt8], from start: Int) {
            guard let first = Word(bytes, from: start) else { return nil }
            (charset, content, end) = (first.charset, first.content, first.end)
            while true {
                var next = end
                while next < bytes.count, isBlank(bytes[next]) { next += 1 }
                guard let word = Word(bytes, from: next), word.charset == charset else { return }
                content += word.content
                end = word.end
            }
        }

        /// nil for a charset that is not known, and for bytes that are not of it.
        var text: String? {
            let scalars: String?
            switch charset {
            case "utf-8", "utf8": scalars = String(validating: content, as: UTF8.self)
            case "us-ascii", "ascii":
                scalars = content.allSatisfy { $0 < 0x80 } ? String(decoding: content, as: UTF8.self) : nil
            case "iso-8859-1", "latin1":
                var text = String.UnicodeScalarView()
                text.append(contentsOf: content.map { Unicode.Scalar($0) })
                scalars = String(text)
            default: scalars = nil
            }
            guard let scalars else { return nil }
            var clean = String.UnicodeScalarView()
            for scalar in scalars.unicodeScalars {
                clean.append(scalar.properties.generalCategory == .control ? " " : scalar)
            }
            return String(clean)
        }
    }

    /// `=?charset*language?encoding?text?=`
    private struct Word {
        /// Lower case.
        let charset: String
        let content: [UInt8]
        let end: Int

        init?(_ bytes: [UInt8], from start: Int) {
            guard start + 1 < bytes.count, bytes[start] == equals, bytes[start + 1] == mark else { return nil }
            var place = start + 2
            /// Up to the next question mark, and past it.
            func part(longest: Int) -> ArraySlice<UInt8>? {
                let first = place
                while place < bytes.count, place - first <= longest {
                    let byte = bytes[place]
                    if byte == mark {
                        place += 1
                        return bytes[first..<(place - 1)]
                    }
                    guard (0x21...0x7E).contains(byte) else { return nil }
                    place += 1
                }
                return nil
            }
            // Longer than the 75 characters of section 2, as many mailers write them.
            guard let name = part(longest: 60), let encoding = part(longest: 1), let text = part(longest: 2_000),
                !name.isEmpty, place < bytes.count, bytes[place] == equals
            else { return nil }
            let charset = name.prefix { $0 != UInt8(ascii: "*") }
            let content: [UInt8]?
            switch encoding.first {
            case UInt8(ascii: "Q"), UInt8(ascii: "q"): content = Self.quoted(text)
            case UInt8(ascii: "B"), UInt8(ascii: "b"): content = Self.base64(text)
            default: content = nil
            }
            guard let content else { return nil }
            self.charset = String(decoding: charset, as: UTF8.self).asciiLowercased
            self.content = content
            end = place + 1
        }

        private static func quoted(_ text: ArraySlice<UInt8>) -> [UInt8]? {
            var content: [UInt8] = []
            var rest = text
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "_"): content.append(0x20)
                case equals:
                    guard let high = rest.popFirst().flatMap(hexadecimal),
                        let low = rest.popFirst().flatMap(hexadecimal)
                    else { return nil }
                    content.append(high << 4 | low)
                default: content.append(byte)
                }
            }
            return content
        }

        private static func hexadecimal(_ byte: UInt8) -> UInt8? {
            Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
        }

        private static func base64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
            var content: [UInt8] = []
            var (bits, count): (UInt32, Int) = (0, 0)
            let digits = text.prefix { $0 != equals }
            // Padding is at most two at the end.
            guard text.count - digits.count <= 2, text.dropFirst(digits.count).allSatisfy({ $0 == equals }),
                digits.count % 4 != 1
            else { return nil }
            for byte in digits {
                let value: UInt8
                switch byte {
                case 0x41...0x5A: value = byte - 0x41
                case 0x61...0x7A: value = byte - 0x61 + 26
                case 0x30...0x39: value = byte - 0x30 + 52
                case UInt8(ascii: "+"): value = 62
                case UInt8(ascii: "/"): value = 63
                default: return nil
                }
                bits = bits << 6 | UInt32(value)
                count += 6
                if count >= 8 {
                    count -= 8
                    content.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                }
            }
            return content
        }
    }
}
