package import EdgeModel

/// A program or webhook that decides about the mail of the rules that name it.
package struct MailWorker: Hashable, Sendable, Codable {
    package enum Target: Hashable, Sendable, Codable {
        /// Signed JSON is posted there. The secret is a reference: `env:NAME`, `file:PATH` or `command:...`.
        case webhook(url: String, secret: String?)
        /// The message on its standard input, the verdict on its standard output.
        case program(path: String, arguments: [String])
    }

    /// What becomes of the mail when the worker fails.
    package enum FailurePolicy: Hashable, Sendable, Codable {
        case `defer`
        case forward([MailAddress])
        case reject(String)
    }

    package var name: ResourceName
    package var target: Target
    /// Milliseconds.
    package var timeLimit: Int
    package var onFailure: FailurePolicy
    package var description: String
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    package var author: String

    package init(
        name: ResourceName, target: Target, timeLimit: Int, onFailure: FailurePolicy, description: String,
        createdAt: Timestamp, updatedAt: Timestamp, author: String
    ) {
        self.name = name
        self.target = target
        self.timeLimit = timeLimit
        self.onFailure = onFailure
        self.description = description
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.author = author
    }
}
