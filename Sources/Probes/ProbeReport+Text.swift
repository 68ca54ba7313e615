import WebTransport

/// The report as people read it. Whatever servers sent is escaped, so that no answer can move a cursor.
extension ProbeReport {
    /// Lines without colour or truncation, no line end.
    package func lines() -> [String] {
        let left = "staging \(stagingAddress ?? "(by name)")"
        let right = "production \(productionAddress ?? "(by name)")"
        var lines: [String] = []
        for row in rows {
            lines.append("\(row.verdict.rawValue)  \(row.method) \(ProbeText.escaped(row.url))")
            lines += ProbeText.table([["", left, right]] + row.facts).map { "  " + $0 }
            for difference in row.differences { lines += difference.lines().map { "  " + $0 } }
            lines.append("")
        }
        lines.append("\(rows.count) probed: \(equal) equal, \(different) different, \(failed) failed")
        if !ignoredHeaders.isEmpty { lines.append("not compared: " + ignoredHeaders.joined(separator: " ")) }
        return lines
    }
}

extension ProbeRow {
    fileprivate var facts: [[String]] {
        let both: ((ProbeAnswer) -> String) -> [String] = { words in
            [staging, production].map { $0.answer.map(words) ?? "-" }
        }
        var rows = [["status"] + both { "\($0.status) \($0.version.rawValue)" }]
        rows.append(["body"] + both { "\($0.bodyDigest.prefix(19)) \($0.bodyLength) B" })
        rows.append(["answered by"] + both { ProbeText.escaped($0.peer) })
        for phase in phases where phase.staging != nil || phase.production != nil {
            rows.append(
                [phase.phase.label] + [phase.staging, phase.production].map { $0.map(ProbeText.milliseconds) ?? "-" })
        }
        rows.append(["total"] + both { ProbeText.milliseconds($0.timings.total) })
        return rows
    }
}

extension ProbeDifference {
    fileprivate func lines() -> [String] {
        let title = name.map { "\(part.rawValue) \(ProbeText.escaped($0))" } ?? part.rawValue
        let side: (String, [String]) -> [String] = { label, values in
            values.isEmpty
                ? ["  \(label)  (none)"]
                : values.map { "  \(label)  \(ProbeText.escaped($0))" }
        }
        return [title] + side("staging   ", staging) + side("production", production)
    }
}

enum ProbeText {
    /// Microseconds as milliseconds with two decimals.
    static func milliseconds(_ microseconds: Int64) -> String {
        let hundredths = (microseconds + 5) / 10
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) ms"
    }

    /// Control, format and bidirectional characters as `\u{1B}`.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Columns padded to their widest cell, two blanks between, none at the end. Cells are ASCII but for escaped peers.
    static func table(_ rows: [[String]]) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }.joined(separator: "  ")
        }
    }
}
