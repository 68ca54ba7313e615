internal import EdgeModel
internal import EdgePlan

/// What decides what the edge serves, without the contents of zones and versions: enough to tell which zones a change
/// touches, and as small as there are rules and applications.
struct EdgeOutline: Hashable, Codable, Sendable {
    /// What changes whenever a version's content does.
    struct Stamp: Hashable, Codable {
        var id: ConfigurationID
        var digest: Digest
        /// An equal digest may stand for another spelling of the same.
        var updatedAt: Timestamp
    }

    var account: AccountID
    /// Head of the journal of zones: whatever becomes of a zone is written there. nil: there is none yet.
    var zones: Digest?
    /// Versions that an assignment, a pin or a reservation names, by `shop@3`.
    var versions: [String: Stamp]
    var routingRules: [RoutingRule]
    /// By rank.
    var environments: [Environment]
    var assignments: [Assignment]
    var settings: EdgeSettings
    var reservations: [StagingReservation]
    /// Digest of all lists.
    var lists: Digest

    init(in tx: any StoreReading) throws {
        let settings = try tx.settings()
        account = try tx.account()
        zones = try Self.journalOfZones(in: tx)
        routingRules = try tx.routingRules()
        environments = try tx.environments().sorted { $0.rank < $1.rank }
        assignments = try tx.assignments()
        self.settings = EdgeSettings(stored: settings)
        reservations = StagingReservation.all(in: settings)
        lists = Digest.sha256(
            of: try tx.lists().map { "\($0.name.rawValue) \($0.kind.rawValue) \($0.digest)\n" }.joined())
        versions = [:]
        var wanted: [(ResourceName, Int)] = assignments.map { ($0.application, $0.version) }
        wanted += routingRules.compactMap { rule in rule.pinned.map { (rule.application, $0) } }
        wanted += reservations.map { ($0.application, $0.version) }
        for (application, number) in wanted where versions["\(application)@\(number)"] == nil {
            guard let version = try tx.version(number, of: application) else { continue }
            versions[version.label] = Stamp(
                id: version.id, digest: version.digest, updatedAt: version.updatedAt)
        }
    }

    static func journalOfZones(in tx: any StoreReading) throws -> Digest? {
        try tx.deployments(stream: try Stream.name(Stream.zones), last: 1).last?.head
    }

    /// A snapshot of no zones and no contents.
    func snapshot(lists: KnownLists = .none) -> EdgeSnapshot {
        EdgeSnapshot(
            account: account, zones: [], versions: [:], routingRules: routingRules, environments: environments,
            assignments: assignments, settings: settings, reservations: reservations, lists: lists)
    }

    /// Names of the zones whose plans may differ from those of another outline; nil: any.
    func zonesTouched(since old: EdgeOutline) -> Set<String>? {
        guard account == old.account, zones == old.zones, settings == old.settings, lists == old.lists else {
            return nil
        }
        return EffectiveRule.zonesTouched(
            from: EffectiveRule.rows(old.snapshot()), to: EffectiveRule.rows(snapshot()),
            isSame: { versions[$0] == old.versions[$0] })
    }
}

extension EdgeSnapshot {
    /// Of the lower environments, sorted.
    var stagingAddresses: [String] { environments.flatMap(\.stagingAddresses).sorted() }
}
