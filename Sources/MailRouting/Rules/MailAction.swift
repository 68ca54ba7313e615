package import EdgeModel

/// A header that a rule adds: an `X-` header, so that nothing that others sign is touched.
package struct MailTag: Hashable, Sendable, Codable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// What a rule does with the mail it matches.
package enum MailAction: Hashable, Sendable {
    /// To verified destinations, each of them.
    case forward([MailAddress])
    /// Accepted and discarded.
    case drop
    /// `550 5.7.1` with this text.
    case reject(String)
    /// `450 4.7.1` with this text: the sender tries again later.
    case deferral(String)
    /// A worker decides.
    case worker(ResourceName)
    /// Adds a header; later rules decide.
    case tag(MailTag)
    /// Counts only; later rules decide.
    case observe

    /// Whether a match ends the search for a rule.
    package var isFinal: Bool {
        switch self {
        case .tag, .observe: false
        default: true
        }
    }

    package enum Kind: String, CaseIterable, Hashable, Sendable, Codable {
        case forward, drop, reject, `defer`, worker, tag, observe
    }

    package var kind: Kind {
        switch self {
        case .forward: .forward
        case .drop: .drop
        case .reject: .reject
        case .deferral: .defer
        case .worker: .worker
        case .tag: .tag
        case .observe: .observe
        }
    }

    /// `forward to ops@example.net`, for people.
    package var sentence: String {
        switch self {
        case .forward(let addresses): "forward to " + addresses.map(\.description).joined(separator: ", ")
        case .drop: "drop"
        case .reject(let text): "reject: \(text)"
        case .deferral(let text): "defer: \(text)"
        case .worker(let name): "worker \(name)"
        case .tag(let tag): "tag \(tag.name): \(tag.value)"
        case .observe: "observe"
        }
    }

    /// Whether a text may stand in an SMTP answer: one line of 1...400 printable ASCII characters.
    package static func isAnswer(_ text: String) -> Bool {
        (1...400).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}
