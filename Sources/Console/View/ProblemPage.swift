internal import EdgeModel
internal import TerminalUI

/// A problem with all that it says.
enum ProblemPage {
    static func page(_ title: TerminalText, _ problem: Problem, hint: TerminalText? = nil) -> TextPage {
        let lines = lines(problem) + (hint.map { [StyledLine(), StyledLine($0, .textKey)] } ?? [])
        return TextPage(title: title, pager: TextPager(lines), isProse: true)
    }

    static func lines(_ problem: Problem) -> [StyledLine] {
        var lines = [
            StyledLine("\(Words.text(problem.place)): ", .textStrong)
                + StyledLine(Words.line(problem.message), .statusBad)
        ]
        for finding in problem.findings {
            var place = Words.text(finding.place)
            if let line = finding.line { place = "line \(line), \(place)" }
            lines.append(
                StyledLine("\(Words.text(finding.severity.rawValue)) ", Role.severity(finding.severity), .bold)
                    + StyledLine("\(place): ", .textStrong) + StyledLine(Words.line(finding.message)))
            for line in (finding.excerpt ?? "").split(separator: "\n") {
                lines.append(StyledLine("    \(Words.text(line))", .textValue))
            }
            if let remedy = finding.remedy { lines.append(StyledLine("    \(Words.line(remedy))", .textKey)) }
        }
        lines += problem.details.map { StyledLine("  \(Words.line($0))", .text) }
        if let remedy = problem.remedy { lines.append(StyledLine("next: \(Words.line(remedy))", .textKey)) }
        return lines
    }
}
