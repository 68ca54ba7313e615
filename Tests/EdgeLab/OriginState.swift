import Synchronization

/// One origin's name and what its control paths have set; shared by its addresses and threads.
final class OriginState: Sendable {
    let name: String
    let region: String
    private let control = Mutex(Control())

    private struct Control {
        var isHealthy = true
        var failingShare = 0.0
        var owedFailures = 0.0
        var requests = 0
    }

    init(name: String, region: String) {
        self.name = name
        self.region = region
    }

    var isHealthy: Bool {
        get { control.withLock { $0.isHealthy } }
        set { control.withLock { $0.isHealthy = newValue } }
    }

    var requests: Int { control.withLock { $0.requests } }

    /// The share of ordinary requests to answer with 500, from 0 to 1.
    func setFailingShare(_ share: Double) {
        control.withLock {
            $0.failingShare = min(max(share, 0), 1)
            $0.owedFailures = 0
        }
    }

    /// Counts an ordinary request and tells whether it is one of the failing. Spread evenly rather than drawn: of 100
    /// requests at 0.2 exactly 20 fail.
    func countAndFail() -> Bool {
        control.withLock {
            $0.requests += 1
            guard $0.failingShare > 0 else { return false }
            $0.owedFailures += $0.failingShare
            // The sum of many shares falls short of a whole number by rounding.
            guard $0.owedFailures >= 1 - 1e-9 else { return false }
            $0.owedFailures -= 1
            return true
        }
    }
}
