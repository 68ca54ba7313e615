internal import EdgeModel
package import MailRouting

/// Figures of the time that ends now.
extension MailControl {
    /// What the rules of a domain, or of all, did in so many milliseconds and the rest of the five minutes in which they
    /// began.
    package func spans(of domain: String?, last milliseconds: Int64) throws -> [MailCounterSpan] {
        let now = now()
        return try store.mailLedger.counters(
            domain: domain, from: MailCounterSpan.start(of: now.advanced(byMilliseconds: -milliseconds)),
            until: now.advanced(byMilliseconds: 1))
    }

    package func workerFigures(last milliseconds: Int64) throws -> [MailWorkerFigures] {
        try store.mailLedger.workerFigures(since: now().advanced(byMilliseconds: -milliseconds))
    }
}
