package import EdgeModel

/// What an operation refused or could not do, as data; words for people are made from it in one place.
package struct ControlPlaneError: Error, Hashable, Sendable {
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// The request makes no sense as it is.
        case usage
        /// The data given is wrong; `findings` say where.
        case invalid
        case notFound = "not-found"
        case exists
        /// A rule of the house forbids it: locked, gate, threshold, missing confirmation.
        case refused
        /// Somebody else was faster; look again.
        case conflict
        /// What was reviewed is not what would be done now.
        case stale
        case unavailable
        case timedOut = "timed-out"
    }

    package var code: Code
    /// Resource or argument it is about.
    package var place: String
    package var message: String
    /// A next command or step.
    package var remedy: String
    package var findings: [Finding]
    /// Further lines: entries of the journal that got in the way, thresholds exceeded.
    package var details: [String]

    package init(
        _ code: Code, at place: String, _ message: String, remedy: String, findings: [Finding] = [],
        details: [String] = []
    ) {
        self.code = code
        self.place = place
        self.message = message
        self.remedy = remedy
        self.findings = findings
        self.details = details
    }
}
