/// Text of addresses and notes, taken apart at ASCII marks: by bytes, because a search by characters looks at what could
/// combine with each, and this is done some ten times for a message.
enum MailText {
    /// What stands before and behind the last `@`; nil without one.
    static func halves(of text: String) -> (local: Substring, domain: Substring)? {
        guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        return (text[..<at], text[text.utf8.index(after: at)...])
    }

    static func split(_ text: Substring, at mark: Unicode.Scalar, omittingEmpty: Bool = true) -> [Substring] {
        text.utf8.split(separator: UInt8(ascii: mark), omittingEmptySubsequences: omittingEmpty).map { Substring($0) }
    }
}
