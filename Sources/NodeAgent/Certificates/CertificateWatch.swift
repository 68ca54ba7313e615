internal import EdgeModel
internal import EdgePlan

/// One certificate of this node and what Envoy has of it: decisions only. Times are durations since the service began.
///
/// Envoy is told to load a pair only after it was found whole: one that it refuses would leave it without a watch on
/// the files. As long as there is none, it is told at once that there is nothing, so that the listener opens and serves
/// every other zone; connections for this one are closed.
struct CertificateWatch: Sendable {
    enum Step: Hashable, Sendable {
        /// Load the files; the number is the answer's version.
        case load(Int)
        /// There is nothing to load.
        case nothing
        /// Nothing new: look again in a while.
        case wait
    }

    /// After a refusal: files that were being replaced just then are tried again.
    static let pause = Duration.seconds(5)

    private(set) var inspection: CertificateInspection?
    private(set) var lastAsked = Duration.zero
    private var stamps: [FileStamp] = []
    /// Grows whenever there is something to load that was not there before.
    private var loading = 0
    private var sent: (number: Int, at: Duration)?
    private var accepted: Int?
    private var toldNothing = false

    /// A new Envoy process has nothing yet.
    mutating func envoyStarts() {
        sent = nil
        accepted = nil
        toldNothing = false
    }

    /// - Returns: whether the files must be inspected.
    func isNews(_ stamps: [FileStamp]) -> Bool { inspection == nil || self.stamps != stamps }

    mutating func found(_ inspection: CertificateInspection, _ stamps: [FileStamp]) {
        self.inspection = inspection
        self.stamps = stamps
        if inspection.problem == nil { loading += 1 }
    }

    mutating func asked(version: String?, at now: Duration) -> Step {
        lastAsked = now
        if let sent, version == String(sent.number) { accepted = sent.number }
        guard let inspection, inspection.problem == nil else {
            guard version == nil, !toldNothing else { return .wait }
            toldNothing = true
            return .nothing
        }
        if version == String(loading) { return .wait }
        if let sent, sent.number == loading {
            // Asked without a version after it was accepted: a listener that begins anew.
            let isRefused = !(version == nil && accepted == loading)
            if isRefused {
                guard now - sent.at >= Self.pause else { return .wait }
                loading += 1
            }
        }
        sent = (loading, now)
        return .load(loading)
    }
}
