/// Decisions of the language that sources disagree about, in one place.
package enum Semantics {
    /// What a comparison with a missing value comes to, `ne` included: false.
    ///
    /// Source: Cloudflare's page on missing values. The open engine's default for `ne` differs.
    package static let comparisonWithMissing = false
    /// Longest expression, in characters (Unicode scalars); at most four times as many bytes.
    package static let maximumLength = 4_096
    /// Deepest nesting of parentheses, negations, quantifiers and calls.
    package static let maximumDepth = 128
    /// Most regular expressions in one expression.
    package static let maximumRegexes = 64
    /// Deepest tree a program may hold: each level of nesting can bring one `or`, one `xor`, one `and` and itself.
    package static let maximumProgramDepth = 512
    /// Largest program, in bytes; named lists are compiled in and may be long.
    package static let maximumProgramSize = 1 << 20
    /// Rounds of `url_decode(…, "r")`, so that hostile input ends.
    package static let maximumDecodeRounds = 10
}
