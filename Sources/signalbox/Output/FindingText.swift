internal import EdgeModel

/// Findings as people read them: how bad, where, what, the excerpt with its caret, how to mend it.
enum FindingText {
    /// A person reads no more; a hostile file makes a million of them.
    static let most = 500

    static func pieces(_ findings: [Finding], indent: Int = 0) -> [Output.Piece] {
        let (shown, leftOut) = worst(findings)
        let pieces = shown.flatMap { self.pieces($0, indent: indent) }
        guard leftOut > 0 else { return pieces }
        return pieces + [Output.Piece(SafeText("and \(leftOut) more").indented(by: indent), .dim)]
    }

    /// The worst ones first, and how many are not among them.
    static func worst(_ findings: [Finding]) -> (shown: [Finding], leftOut: Int) {
        let sorted = findings.sorted { $0.severity > $1.severity }
        return (Array(sorted.prefix(most)), max(0, sorted.count - most))
    }

    private static func pieces(_ finding: Finding, indent: Int) -> [Output.Piece] {
        let column = finding.column.map { ", column \($0)" } ?? ""
        let place = finding.line.map { "line \($0)\(column), \(finding.place)" } ?? finding.place
        var pieces = [
            Output.Piece(
                SafeText("\(finding.severity.rawValue) [\(finding.code)] \(place): \(finding.message)").indented(
                    by: indent),
                style(finding.severity))
        ]
        if let excerpt = finding.excerpt {
            pieces.append(Output.Piece(SafeText(lines: excerpt).trimmed.indented(by: indent + 4)))
        }
        // An excerpt may end with the advice already.
        if let remedy = finding.remedy, !(finding.excerpt?.contains(remedy) ?? false) {
            pieces.append(Output.Piece(SafeText(lines: remedy).indented(by: indent + 2), .dim))
        }
        return pieces
    }

    static func style(_ severity: Finding.Severity) -> Style {
        switch severity {
        case .error: .bad
        case .warning: .warning
        case .info: .dim
        }
    }

    /// `2 errors, 1 warning`; `no findings`
    static func summary(_ findings: [Finding]) -> SafeText {
        let counts = [(Finding.Severity.error, "error"), (.warning, "warning"), (.info, "note")].compactMap {
            pair -> String? in
            let count = findings.count { $0.severity == pair.0 }
            return count == 0 ? nil : "\(count) \(pair.1)\(count == 1 ? "" : "s")"
        }
        return counts.isEmpty ? "no findings" : SafeText(counts.joined(separator: ", "))
    }
}
