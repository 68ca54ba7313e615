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
        let since = context.now.advanced(byMilliseconds: -MailHour.length)
        let runs = mail.activity.filter { $0.at > since }.flatMap(\.workers)
        return mail.workers.map { worker in
            let own = runs.filter { $0.worker == worker.name }
            let failures = own.compactMap(\.failure)
            let times = own.map(\.milliseconds).sorted()
            let isBad = own.first?.failure != nil
            return Row(
                worker.name.rawValue,
                [
                    StyledLine(
                        isBad ? "✗" : own.isEmpty ? "○" : "●", isBad ? .statusBad : own.isEmpty ? .textMuted : .statusOk
                    ),
                    StyledLine(Words.name(worker.name), isBad ? .statusBad : .textStrong),
                    StyledLine(worker.isWebhook ? "webhook" : "program", .textMuted),
                    StyledLine(Words.line(failures.first ?? ""), isBad ? .statusBad : .textMuted),
                    StyledLine("\(own.count)\(mail.isCut(at: context.now) ? "+" : "")", .textNumber),
                    StyledLine("\(failures.count)", failures.isEmpty ? .textNumber : .statusBad),
                    StyledLine(time(times, 50), .textNumber), StyledLine(time(times, 95), .textNumber),
                    StyledLine(Words.latency(worker.timeLimit * 1_000), .textMuted),
                    StyledLine(worker.policy, .textMuted),
                ],
                keys: [
                    isBad ? 1 : 0, nil, nil, nil, Double(own.count), Double(failures.count),
                    times.isEmpty ? nil : Double(times[times.count / 2]), times.last.map { Double($0) },
                ])
        }
    }

    /// The smallest time that so many of a hundred did not exceed.
    static func time(_ sorted: [Int], _ percent: Int) -> TerminalText {
        guard !sorted.isEmpty else { return "-" }
        return Words.latency(sorted[max(0, (sorted.count * percent + 99) / 100 - 1)] * 1_000)
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
