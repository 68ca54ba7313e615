/// Makes a logged reason fit for a report: one line, no control characters, no secrets, at most 2 kB.
enum RefusalText {
    static let limit = 2_048
    private static let mark = "[redacted]"

    static func clean(_ reason: String, secret: String?) -> String {
        var text = reason
        if let secret, !secret.isEmpty { text = text.replacing(secret, with: mark) }
        for opening in ["Bearer ", "bearer ", "\"token\":\"", "\"token\": \"", "token: \""] {
            text = redacted(text, after: opening)
        }
        return shortened(oneLine(text))
    }

    private static func redacted(_ text: String, after opening: String) -> String {
        var result = ""
        var rest = text[...]
        while let found = rest.firstRange(of: opening) {
            result += rest[..<found.upperBound] + mark
            rest = rest[found.upperBound...].drop { !$0.isWhitespace && $0 != "\"" && $0 != "'" }
        }
        return result + rest
    }

    private static func oneLine(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isBlank = true
        for scalar in text.unicodeScalars {
            let category = scalar.properties.generalCategory
            let isBreak = [.control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse].contains(
                category)
            if isBreak || scalar == " " {
                if !isBlank { result.append(" ") }
                isBlank = true
            } else {
                result.append(scalar)
                isBlank = false
            }
        }
        if result.last == " " { result.removeLast() }
        return String(result)
    }

    /// The end says more than the middle: causes come last.
    private static func shortened(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.count > limit else { return text }
        let gap = " … "
        let head = limit / 3
        let tail = limit - head - gap.utf8.count
        func isInside(_ place: Int) -> Bool { bytes[place] & 0xC0 == 0x80 }
        var headEnd = head
        while headEnd > 0, isInside(headEnd) { headEnd -= 1 }
        var tailStart = bytes.count - tail
        while tailStart < bytes.count, isInside(tailStart) { tailStart += 1 }
        return String(decoding: bytes[..<headEnd], as: UTF8.self) + gap
            + String(decoding: bytes[tailStart...], as: UTF8.self)
    }
}
