internal import ControlPlane
package import EdgeModel

/// Why something did not work, as the console tells it: what, where, how to mend it.
package struct Problem: Error, Hashable, Sendable {
    package var place: String
    package var message: String
    package var remedy: String?
    package var details: [String]
    package var findings: [Finding]

    package init(
        at place: String, _ message: String, remedy: String? = nil, details: [String] = [], findings: [Finding] = []
    ) {
        self.place = place
        self.message = message
        self.remedy = remedy
        self.details = details
        self.findings = findings
    }

    package init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as ControlPlaneError:
            self.init(
                at: error.place, error.message, remedy: error.remedy, details: error.details, findings: error.findings)
        case let error as StoreError: self.init(at: error.place, error.message, remedy: error.remedy)
        default: self.init(at: "signalbox", "\(error)")
        }
    }
}
