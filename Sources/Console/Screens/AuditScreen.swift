internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// Who did what, newest first.
enum AuditScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("sequence", "#", .content(1, 7), right: true, priority: 7),
            Column("age", "AGE", .content(3, 4), right: true, priority: 8),
            Column("actor", "WHO", .content(4, 24), priority: 9),
            Column("action", "WHAT", .content(6, 22), priority: 9),
            Column("resource", "RESOURCE", .content(6, 28), priority: 8),
            Column("summary", "SUMMARY", .rest(16), priority: 7),
            Column("reason", "WHY", .content(4, 30), priority: 4),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        context.picture.audit.map { entry in
            Row(
                "\(entry.sequence)",
                [
                    StyledLine("\(entry.sequence)", .textNumber),
                    StyledLine(Words.age(entry.at, at: context.now), .textMuted),
                    StyledLine(Words.text(entry.actor.label), .textStrong), StyledLine(Words.text(entry.action), .text),
                    StyledLine(Words.text(entry.resource), .text), StyledLine(Words.line(entry.summary), .text),
                    StyledLine(Words.line(entry.reason ?? ""), .textMuted),
                ], keys: [Double(entry.sequence), Double(-entry.at.milliseconds)])
        }
    }
}

/// Everything that is wrong or deserves a look, worst first.
enum FindingsScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("severity", "", .content(7, 7), priority: 9),
            Column("place", "WHERE", .content(10, 40), priority: 8),
            Column("message", "WHAT", .rest(20), priority: 9),
            Column("remedy", "WHAT TO DO", .content(10, 50), priority: 6),
            Column("code", "CODE", .content(6, 28), priority: 3),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        let findings = context.picture.status.findings
        return findings.enumerated().sorted {
            ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
        }.map { index, finding in
            Row(
                "\(finding.code)/\(finding.place)/\(index)",
                [
                    StyledLine(Words.text(finding.severity.rawValue), Role.severity(finding.severity)),
                    StyledLine(Words.text(finding.place), .textStrong), StyledLine(Words.line(finding.message), .text),
                    StyledLine(Words.line(finding.remedy ?? ""), .textKey),
                    StyledLine(Words.text(finding.code), .textMuted),
                ])
        }
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        [StyledLine("nothing stands against what is served", .statusOk)]
    }
}

/// What this console did, with the command that does the same.
enum OperationsScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("age", "AGE", .content(3, 4), right: true, priority: 8),
            Column("state", "", .content(1, 1), priority: 9),
            Column("what", "WHAT", .content(10, 44), priority: 9),
            Column("result", "RESULT", .rest(14), priority: 7),
            Column("command", "COMMAND", .content(10, 60), priority: 8),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        context.log.reversed().map { record in
            Row(
                "\(record.id)",
                [
                    StyledLine(Words.age(record.at, at: context.now), .textMuted),
                    StyledLine(record.isFailed ? "✗" : "✓", record.isFailed ? .statusBad : .statusOk),
                    StyledLine(Words.text(record.title), .textStrong), StyledLine(Words.line(record.result), .text),
                    StyledLine(Words.text(record.command), .textKey),
                ], keys: [Double(-record.at.milliseconds)])
        }
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        [StyledLine("this console has changed nothing yet", .textMuted)]
    }
}
