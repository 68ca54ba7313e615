/// A staging address on which one version is tried, beside what the environment serves on its other addresses: so several
/// versions of an application can be staged at once.
///
/// It holds until somebody releases it or takes the address after its time: what a tester looks at does not change by
/// itself.
package struct StagingReservation: Hashable, Sendable, Codable {
    package var address: String
    package var application: ResourceName
    package var version: Int
    /// Who reserved it, as the journal calls them.
    package var holder: String
    /// From then on anybody may take the address.
    package var until: Timestamp

    package init(address: String, application: ResourceName, version: Int, holder: String, until: Timestamp) {
        self.address = address
        self.application = application
        self.version = version
        self.holder = holder
        self.until = until
    }

    /// `shop@5`
    package var label: String { "\(application)@\(version)" }
    package func isOver(at now: Timestamp) -> Bool { until <= now }

    package var document: DocumentValue {
        .object([
            "address": .string(address), "version": .string(label), "holder": .string(holder),
            "until": .string(until.description),
        ])
    }
}

extension StagingReservation {
    /// Settings of the store that hold reservations begin with it; the address follows.
    package static let keyPrefix = "staging.reservation."

    package static func key(of address: String) -> String { keyPrefix + address }

    /// `shop 5 2026-11-21T12:00:00Z ada`: nothing before the holder holds a blank.
    package var stored: String { "\(application) \(version) \(until) \(holder)" }

    /// nil for a setting that is no reservation.
    package init?(key: String, stored: String) {
        let words = stored.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map { String($0) }
        guard key.hasPrefix(Self.keyPrefix), words.count == 4, let application = ResourceName(rawValue: words[0]),
            let version = Int(words[1]), let until = Timestamp(rfc3339: words[2])
        else { return nil }
        self.init(
            address: String(key.dropFirst(Self.keyPrefix.count)), application: application, version: version,
            holder: words[3], until: until)
    }

    /// All in a store's settings, by address.
    package static func all(in settings: [String: String]) -> [StagingReservation] {
        settings.compactMap { StagingReservation(key: $0.key, stored: $0.value) }.sorted { $0.address < $1.address }
    }
}
