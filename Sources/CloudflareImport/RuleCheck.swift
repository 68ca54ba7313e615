internal import EdgeModel
internal import EdgePlan
internal import RulesLanguage

/// Whether this edge carries out a rule: asked of the compiler itself, so that an import knows more as soon as it does.
struct RuleCheck {
    var origins: [Origin] = []
    var defaultOrigin: String?
    var lists = KnownLists.none

    /// Why an enabled rule would be refused; empty when it is carried out as it is written.
    func problems(_ rule: Rule, in phase: Phase) -> [Finding] {
        var rule = rule
        rule.enabled = true
        var used = origins
        var standard = defaultOrigin
        if phase != .origin {
            // Only routes name origins.
            used = []
            standard = nil
        }
        let settings = standard.map { [DocumentMember(KnownSetting.defaultOrigin.rawValue, .string($0))] } ?? []
        let configuration = Configuration(origins: used, settings: settings, rules: [phase: [rule]])
        var compiler = ConfigurationCompiler(
            EdgeSnapshot.Content(
                id: ConfigurationID(rawValue: 0), digest: .sha256(of: ""), application: nil, version: nil,
                configuration: configuration), lists: lists)
        _ = compiler.compile()
        return compiler.findings.filter { $0.severity == .error }
    }

    /// Whether a zone document may hold the rule, disabled if need be.
    static func isReadable(_ expression: String) -> Bool { ExpressionCheck.syntaxFindings(expression, at: "").isEmpty }

    /// Why a rule is refused and what to do, for the report: the first few problems, each once.
    static func reasons(_ problems: [Finding], of rule: Rule, in phase: Phase) -> [(why: String, remedy: String?)] {
        let unread = unreadable(rule.expression)
        if !unread.isEmpty { return unread }
        return problems.prefix(5).map { finding in
            let start = "rule '\(rule.ref)'"
            var why = finding.message
            if why.hasPrefix(start + ": ") {
                why.removeFirst(start.count + 2)
            } else if why.hasPrefix(start + " ") {
                why = "it" + why.dropFirst(start.count)
            }
            switch finding.code {
            case "unknown-action", "action-not-in-phase":
                // The compiler's advice is to disable the rule, which is done already.
                let names = RuleAction.names(in: phase)
                return (why, names.isEmpty ? nil : "what is carried out there: \(names.joined(separator: ", "))")
            case "field-never-filled": return (why, "rewrite the expression without it")
            default: return (why, finding.remedy)
            }
        }
    }

    /// What of an expression cannot be read, with the words in question.
    private static func unreadable(_ text: String) -> [(why: String, remedy: String?)] {
        do throws(ExpressionErrors) {
            _ = try Expression(text)
            return []
        } catch {
            let bytes = Array(text.utf8)
            return error.errors.prefix(5).map { one in
                let start = min(Int(one.span.start), bytes.count)
                let span = bytes[start..<min(max(start, Int(one.span.end)), bytes.count)]
                let words = String(decoding: span.prefix(60), as: UTF8.self)
                return (words.isEmpty ? one.message : "\(one.message): \(words)", one.remedy)
            }
        }
    }
}
