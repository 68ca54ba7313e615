/// A named place that images come from or go to. Holds where its secret is, never the secret.
package struct ImageStore: Hashable, Sendable, Codable {
    package enum Role: String, Hashable, Sendable, Codable, CaseIterable { case source, target }

    package enum Place: Hashable, Sendable, Codable {
        /// An absolute path.
        case folder(String)
        case s3(Bucket)
        /// Cloudflare Images of an account; a target only.
        case cloudflare(Account)

        /// Whether the same key may be right for both.
        package func isSameKind(as other: Place) -> Bool {
            switch (self, other) {
            case (.folder, .folder), (.s3, .s3), (.cloudflare, .cloudflare): true
            default: false
            }
        }
    }

    package struct Account: Hashable, Sendable, Codable {
        package var id: String
        /// Instead of Cloudflare's own hosts, for tests and proxies.
        package var endpoint: String?

        package init(_ id: String, endpoint: String? = nil) {
            self.id = id
            self.endpoint = endpoint
        }
    }

    package struct Bucket: Hashable, Sendable, Codable {
        package var name: String
        /// Keys begin so; empty or with a `/` at its end, unless it was given otherwise.
        package var prefix: String
        /// nil: Amazon's.
        package var endpoint: String?
        package var region: String?
        /// The bucket stands in the path, not in the host; nil: as fits the endpoint.
        package var isPathStyle: Bool?

        package init(
            _ name: String, prefix: String = "", endpoint: String? = nil, region: String? = nil,
            isPathStyle: Bool? = nil
        ) {
            self.name = name
            self.prefix = prefix
            self.endpoint = endpoint
            self.region = region
            self.isPathStyle = isPathStyle
        }
    }

    package var role: Role
    package var name: String
    package var place: Place
    /// `env:NAME`, `file:PATH` or `command:WORDS`; nil: none is needed.
    package var credentials: String?
    /// Milliseconds since 1970.
    package var createdAt: Int64
    package var updatedAt: Int64
    package var author: String

    package init(
        _ role: Role, _ name: String, _ place: Place, credentials: String? = nil, createdAt: Int64, updatedAt: Int64,
        author: String
    ) {
        self.role = role
        self.name = name
        self.place = place
        self.credentials = credentials
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.author = author
    }

    /// What every key of it begins with.
    package var prefix: String {
        if case .s3(let bucket) = place { bucket.prefix } else { "" }
    }

    /// Where it is, as it was written.
    package var address: String {
        switch place {
        case .folder(let path): path
        case .s3(let bucket): "s3://\(bucket.name)/\(bucket.prefix)"
        case .cloudflare(let account): "cloudflare:\(account.id)"
        }
    }
}
