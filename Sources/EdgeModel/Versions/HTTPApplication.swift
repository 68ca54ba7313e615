package import EdgePlan

/// Configuration by use case, sourced from a zone; holds versions.
package struct HTTPApplication: Hashable, Sendable, Codable {
    package var name: ResourceName
    /// Name of the zone whose configuration became version 1; independent of it since.
    package var zone: String
    package var purpose: String
    package var createdAt: Timestamp
    package var author: String

    package init(name: ResourceName, zone: String, purpose: String, createdAt: Timestamp, author: String) {
        self.name = name
        self.zone = zone
        self.purpose = purpose
        self.createdAt = createdAt
        self.author = author
    }
}

/// Numbered snapshot of a configuration. Never renumbered, never deleted; its content may change only while a draft.
package struct Version: Hashable, Sendable, Codable {
    package enum State: String, Hashable, Sendable, Codable { case draft, locked }

    package var application: ResourceName
    package var number: Int
    /// Id of the configuration: `456` in `777:456`.
    package var id: ConfigurationID
    /// Number of the version this one was copied from; nil for version 1.
    package var base: Int?
    package var state: State
    /// Digest of the configuration in canonical form.
    package var digest: Digest
    package var note: String
    package var author: String
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// Sorted.
    package var tags: [ResourceName]

    package init(
        application: ResourceName, number: Int, id: ConfigurationID, base: Int?, state: State, digest: Digest,
        note: String, author: String, createdAt: Timestamp, updatedAt: Timestamp, tags: [ResourceName]
    ) {
        self.application = application
        self.number = number
        self.id = id
        self.base = base
        self.state = state
        self.digest = digest
        self.note = note
        self.author = author
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.tags = tags
    }

    /// `shop@3`
    package var label: String { "\(application)@\(number)" }
}
