internal import ControlPlane
internal import EdgeModel
internal import MailRouting
internal import TerminalUI

/// Programs and webhooks that decide about mail: how fast they answer, and how often they do not.
enum MailWorkersScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("sign", "", .content(1, 1), priority: 9), Column("worker", "WORKER", .content(6, 24), priority: 9),
            Column("kind", "KIND", .content(4, 8), priority: 5),
            Column("failure", "LAST FAILURE", .rest(14), priority: 7),
            Column("asked", "ASKED 1H", .content(5, 8), right: true, priority: 7),
            Column("failed", "FAILED", .content(6, 7), right: true, priority: 8),
            Column("p50", "P50", .content(5, 7), right: true, priority: 6),
            Column("p95", "P95", .content(5, 7), right: true, priority: 8),
            Column("limit", "LIMIT", .content(5, 7), right: true, priority: 4),
            Column("policy", "IF IT FAILS", .content(6, 20), priority: 3),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        guard let mail = MailPicture(context.content) else { return [] }
        return mail.workers.map { worker in
            let own = mail.runs.first { $0.worker == worker.name }
            let isBad = own?.standingFailure != nil
            return Row(
                worker.name.rawValue,
                [
                    StyledLine(
                        isBad ? "✗" : own == nil ? "○" : "●", isBad ? .statusBad : own == nil ? .textMuted : .statusOk
                    ),
                    StyledLine(Words.name(worker.name), isBad ? .statusBad : .textStrong),
                    StyledLine(worker.isWebhook ? "webhook" : "program", .textMuted),
                    StyledLine(Words.line(own?.standingFailure ?? ""), isBad ? .statusBad : .textMuted),
                    StyledLine("\(own?.asked ?? 0)", .textNumber),
                    StyledLine("\(own?.failed ?? 0)", (own?.failed ?? 0) > 0 ? .statusBad : .textNumber),
                    StyledLine(time(own?.median), .textNumber), StyledLine(time(own?.slow), .textNumber),
                    StyledLine(Words.latency(worker.timeLimit * 1_000), .textMuted),
                    StyledLine(worker.policy, .textMuted),
                ],
                keys: [
                    isBad ? 1 : 0, nil, nil, nil, Double(own?.asked ?? 0), Double(own?.failed ?? 0),
                    own.map { Double($0.median) }, own.map { Double($0.slow) },
                ])
        }
    }

    private static func time(_ milliseconds: Int?) -> TerminalText {
        milliseconds.map { Words.latency($0 * 1_000) } ?? "-"
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        guard context.content != nil else { return [StyledLine("reading…", .textMuted)] }
        return [
            StyledLine("No worker: rules alone decide about mail.", .textStrong), StyledLine(),
            StyledLine("  :email worker new blocklist --starter blocklist", .textKey),
        ]
    }
}

extension MailWorker {
    fileprivate var isWebhook: Bool {
        if case .webhook = target { true } else { false }
    }

    fileprivate var policy: TerminalText {
        switch onFailure {
        case .defer: "defer"
        case .forward: "forward"
        case .reject: "reject"
        }
    }
}
