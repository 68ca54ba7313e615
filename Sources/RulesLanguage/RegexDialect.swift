/// The dialect of patterns: that of Rust's regex crate over bytes, as at Cloudflare.
///
/// Patterns are run by RE2, whose syntax differs in places. A pattern is read by the rules of Rust's syntax and written
/// for RE2 with the same meaning, so that no rule silently means something else; what RE2 cannot do is refused by name.
/// Source: documentation of the crates regex and regex-syntax; RE2's syntax page.
enum RegexDialect {
    struct Problem: Error, Equatable {
        let message: String
        var remedy: String?
        /// Cloudflare takes the pattern and this edge does not.
        var isOfEdge = false
    }

    /// Nil when the pattern can be used.
    ///
    /// - Parameter compiles: whether RE2 is asked too, which takes longer than all else and refuses what needs too much
    ///   memory.
    static func problem(in pattern: [UInt8], compiles: Bool) -> Problem? {
        do throws(Problem) {
            let translated = try RegexTranslator.translate(pattern)
            guard compiles, let reason = RegexTable.refusal(of: translated) else { return nil }
            return Problem(message: "this edge cannot run the pattern: \(reason)", remedy: nil, isOfEdge: true)
        } catch {
            return error
        }
    }

    /// The pattern in RE2's syntax; one that has a problem comes back as it is.
    static func translated(_ pattern: [UInt8]) -> [UInt8] {
        (try? RegexTranslator.translate(pattern)) ?? pattern
    }
}
