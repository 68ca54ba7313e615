import RulesLanguage
import TestKit

/// Values of `x-token`: some that a rule with the key takes, and some that it must not.
enum Tokens {
    static let key = "lab key"
    static let issued = 1_657_026_353

    static let all = [
        token("/a&t=", escaped: true), token("/a&t=", escaped: false), token("/a&t=", key: "other", escaped: true),
        token("/b&t=", escaped: true), token("/b&t=", escaped: false),
        token("/a&t=", issued: issued - 61, escaped: true),
        token("/a&t=", escaped: true) + "A", "1657026353-short", String(token("/a&t=", escaped: true).dropFirst(5)),
    ]

    private static func token(
        _ text: String, key: String = key, issued: Int = issued, escaped: Bool
    ) -> String {
        let message = text.dropLast(3) + "\(issued)"
        let code = SecureHash.authenticationCode(for: Array(message.utf8), key: Array(key.utf8))
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        return text + "\(issued)-" + base64(code, letters, escaped)
    }

    private static func base64(_ code: [UInt8], _ letters: [Character], _ escaped: Bool) -> String {
        var text = ""
        for start in stride(from: 0, to: code.count, by: 3) {
            let group = (0..<3).reduce(0) { $0 << 8 | (start + $1 < code.count ? Int(code[start + $1]) : 0) }
            for digit in 0..<min(4, code.count - start + 1) { text.append(letters[group >> (18 - 6 * digit) & 63]) }
        }
        guard escaped else { return text }
        return text.map { $0 == "-" ? "%2B" : $0 == "_" ? "%2F" : String($0) }.joined() + "%3D"
    }
}
