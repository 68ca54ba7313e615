package import MailRouting

/// What a worker decided about one recipient.
package struct WorkerVerdict: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        case forward([MailAddress])
        case drop
        case reject(String)
    }

    package var action: Action
    /// Headers to add to mail that goes on.
    package var tags: [MailTag]

    package init(_ action: Action, tags: [MailTag] = []) {
        self.action = action
        self.tags = tags
    }

    /// One word for logs and tables.
    package var word: String {
        switch action {
        case .forward: tags.isEmpty ? "forward" : "tag"
        case .drop: "drop"
        case .reject: "reject"
        }
    }
}

/// Why there is no verdict.
package struct WorkerError: Error, Hashable, Sendable {
    /// One sentence, without the message's content.
    package var message: String

    package init(_ message: String) { self.message = message }
}
