package import EdgeModel

/// What lint can find, with a stable name, how bad it is, and why it matters.
///
/// Codes are part of the interface: pipelines name them. Every kind has a test with a case that fires, one that nearly
/// does, and a mended one.
package enum LintKind: String, CaseIterable, Hashable, Sendable {
    // Proven about a condition.
    case neverMatches = "never-matches"
    case alwaysMatches = "always-matches"
    case partNeverHolds = "part-never-holds"
    case redundantPart = "redundant-part"
    // How it is written.
    case mixedAndOr = "mixed-and-or"
    case mixedNotation = "mixed-notation"
    case doubleNegation = "double-negation"
    case negatedComparison = "negated-comparison"
    case manyAlternatives = "many-alternatives"
    // Sets.
    case duplicateMember = "duplicate-member"
    case overlappingMembers = "overlapping-members"
    case emptySet = "empty-set"
    // Texts that do not fit what they are compared with.
    case methodCase = "method-case"
    case pathWithoutSlash = "path-without-slash"
    case queryInPath = "query-in-path"
    case headerNameCase = "header-name-case"
    case hostForm = "host-form"
    case extensionForm = "extension-form"
    case countryForm = "country-form"
    case foldedLiteral = "folded-literal"
    case encodedLiteral = "encoded-literal"
    case emptyPart = "empty-part"
    case numberOutOfRange = "number-out-of-range"
    case neOnMissing = "ne-on-missing"
    // Patterns.
    case regexIsLiteral = "regex-is-literal"
    case regexMatchesAnything = "regex-matches-anything"
    case unescapedDot = "unescaped-dot"
    case wildcardWithoutStar = "wildcard-without-star"
    // Names and phases.
    case deprecatedField = "deprecated-field"
    case functionNotInPhase = "function-not-in-phase"
    case responseField = "response-field-in-request"
    case expired = "expired-rule"
    case notYet = "rule-not-yet"
    // A rule among others.
    case disabled = "disabled-rule"
    case duplicateRule = "duplicate-rule"
    case unreachable = "unreachable-rule"
    case overwritten = "overwritten-rule"
    case conflictingCache = "conflicting-cache"
    case redirectLoop = "redirect-loop"
    case redirectToItself = "redirect-to-itself"
    case insecureRedirect = "redirect-to-http"
    case skipWithoutEffect = "skip-without-effect"
    case unusedOrigin = "unused-origin"
    // Environments and routing rules.
    case filterCatchesProduction = "filter-catches-production"
    case unreachableRoutingRule = "unreachable-routing-rule"

    package var severity: Finding.Severity {
        switch self {
        case .mixedNotation, .doubleNegation, .negatedComparison, .manyAlternatives, .regexIsLiteral, .alwaysMatches,
            .wildcardWithoutStar, .deprecatedField, .disabled, .notYet, .insecureRedirect, .duplicateMember,
            .unusedOrigin, .conflictingCache:
            .info
        case .responseField: .error
        default: .warning
        }
    }

    /// Why it matters, for whoever meets the code for the first time.
    package var explanation: String {
        switch self {
        case .neverMatches: "no request can make the condition true, so the rule does nothing"
        case .alwaysMatches: "the condition is true for every request; 'true' says the same plainly"
        case .partNeverHolds: "this part is false for every request, so only the rest decides"
        case .redundantPart: "the rest of the condition already decides this part"
        case .mixedAndOr: "'and' binds tighter than 'or'; without parentheses readers guess"
        case .mixedNotation: "words and signs for the same operator in one condition are hard to read and to search for"
        case .doubleNegation: "two negations cancel out"
        case .negatedComparison: "'not … eq' also matches when the value is missing, 'ne' does not: say which is meant"
        case .manyAlternatives: "a set says the same in one comparison and is checked in one step"
        case .duplicateMember: "the same member twice changes nothing and hides typing mistakes"
        case .overlappingMembers: "one member is within another, so it changes nothing"
        case .emptySet: "nothing is in an empty set, so the comparison is always false"
        case .methodCase: "methods are case-sensitive and written in capitals, so this never matches a usual request"
        case .pathWithoutSlash: "every path begins with '/', so this never matches"
        case .queryInPath: "the path ends before '?', so this never matches"
        case .headerNameCase: "rules see header names in lower case, so this key is never there"
        case .hostForm: "hosts are compared in lower case, without port, scheme, path and trailing dot"
        case .extensionForm: "extensions are in lower case and without the dot, so this never matches"
        case .countryForm: "countries are two capital letters (ISO 3166-1), so this never matches"
        case .foldedLiteral: "the value's case was changed, but the text has letters of the other case"
        case .encodedLiteral: "the value is decoded, so a percent-encoded text never matches it"
        case .emptyPart: "every text contains, begins and ends with the empty text"
        case .numberOutOfRange: "the value never has such a number"
        case .neOnMissing: "comparisons with a missing value are false, 'ne' too: requests without it do not match"
        case .regexIsLiteral: "a plain comparison says the same, is easier to read and cheaper"
        case .regexMatchesAnything: "the pattern matches every text"
        case .unescapedDot: "a dot in a regular expression stands for any character"
        case .wildcardWithoutStar: "a pattern without a star matches one text only"
        case .deprecatedField: "the field has another name now"
        case .functionNotInPhase:
            "Cloudflare does not allow the function in this phase; the rule could not be moved there"
        case .responseField: "there is no response yet when the rule runs"
        case .expired: "the time up to which the condition can hold is over"
        case .notYet: "the condition can hold only in the future"
        case .disabled: "a disabled rule does nothing and is easily forgotten"
        case .duplicateRule: "an earlier rule has the same condition and does the same"
        case .unreachable: "an earlier rule ends every request that this one could match"
        case .overwritten: "a later rule sets the same whenever this one matches, so this one has no effect"
        case .conflictingCache: "both rules match some requests and disagree; the later one wins"
        case .redirectLoop: "the redirected request matches the rule again, so browsers give up"
        case .redirectToItself: "the target is the address that was asked for"
        case .insecureRedirect: "the client is sent to an unencrypted address"
        case .skipWithoutEffect: "there is nothing to skip"
        case .unusedOrigin: "no rule and no setting sends requests there"
        case .filterCatchesProduction:
            "ordinary requests match the environment's filter, so production traffic would be served by it"
        case .unreachableRoutingRule: "an earlier routing rule takes every request that this one could match"
        }
    }

    package func finding(
        at place: String, _ message: String, remedy: String? = nil, excerpt: String? = nil
    ) -> Finding {
        Finding(severity, rawValue, at: place, message, remedy: remedy, excerpt: excerpt)
    }
}
