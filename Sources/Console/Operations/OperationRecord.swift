package import EdgeModel

/// What this console did, kept as long as it runs; the journal and the audit keep it for good.
package struct OperationRecord: Hashable, Sendable {
    package var id: Int
    package var at: Timestamp
    package var title: String
    package var command: String
    package var result: String
    package var isFailed: Bool
    /// The deployment it made.
    package var deployment: Int?

    package init(
        id: Int, at: Timestamp, title: String, command: String, result: String, isFailed: Bool, deployment: Int? = nil
    ) {
        self.id = id
        self.at = at
        self.title = title
        self.command = command
        self.result = result
        self.isFailed = isFailed
        self.deployment = deployment
    }
}
