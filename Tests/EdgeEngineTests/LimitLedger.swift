import EdgeEngine

/// Counts for rate limits as one would write them down: for each key how many came in which window. The table in the
/// edge must say the same.
final class LimitLedger {
    private struct Entry {
        var counts: [Int64: Int64] = [:]
        var refusedUntil: Int64 = 0
    }

    private var entries: [UInt64: Entry] = [:]

    /// Requests in the last period, as many as the window before would have had evenly; times the period.
    private func weight(_ entry: Entry, _ now: Int64, _ period: Int64) -> Int64 {
        let window = now / period
        return (entry.counts[window - 1] ?? 0) * (period - now % period) + (entry.counts[window] ?? 0) * period
    }

    func answer(_ question: inout LimitQuestion) {
        var entry = entries[question.key] ?? Entry()
        defer { entries[question.key] = entry }
        let (now, period) = (question.now, question.period)
        if question.acts, entry.refusedUntil > now, entry.refusedUntil - now <= question.mitigation {
            (question.isOver, question.wait) = (true, entry.refusedUntil - now)
            return
        }
        if question.acts, weight(entry, now, period) + period > question.requests * period {
            question.isOver = true
            if question.mitigation > 0 {
                entry.refusedUntil = now + question.mitigation
                question.wait = question.mitigation
            } else {
                // The first millisecond at which it would pass.
                while weight(entry, now + question.wait, period) + period > question.requests * period {
                    question.wait += 1
                }
            }
            return
        }
        if question.counts { entry.counts[now / period, default: 0] += 1 }
    }

    /// Valid as long as the ledger.
    var port: LimitPort {
        LimitPort(memory: Unmanaged.passUnretained(self).toOpaque(), size: 0) { memory, _, question in
            Unmanaged<LimitLedger>.fromOpaque(memory).takeUnretainedValue().answer(
                &question.assumingMemoryBound(to: LimitQuestion.self).pointee)
        }
    }
}

/// Either way of counting, for tests that hold for both.
enum LimitCounting: CaseIterable {
    case ledger
    case table

    func with<Result>(sets: Int = 64, _ body: (LimitPort) throws -> Result) rethrows -> Result {
        switch self {
        case .ledger:
            let ledger = LimitLedger()
            return try withExtendedLifetime(ledger) { try body(ledger.port) }
        case .table:
            let table = LimitTable(sets: sets)
            return try body(table.port)
        }
    }
}
