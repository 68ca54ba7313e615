internal import EdgeModel
internal import EdgePlan

/// Request + what the store holds → plan. Reads only; `Plan` says everything that applying would do.
struct Planner {
    let tx: any StoreReading
    let now: Timestamp
    /// Digests of zones that were kept from an earlier plan.
    var kept: () -> LeafBook? = { nil }

    /// Zones up to which a change is looked at by itself. One that touches more is compiled with all zones.
    static let mostZones = 256

    /// What the request comes to before it is compiled.
    struct Intent {
        var stream: ResourceName
        var change: Change
        var title: String
        /// Label of the content that would be served newly, for findings.
        var target: String?
        var diff: (old: Configuration, new: Configuration)?
        var staleBase: String?
        /// What is worth knowing of the request itself.
        var notices: [Finding] = []
        var locks: [String] = []
        var undoes: Int?
        /// Digests of contents that the change names by number.
        var contents: [String] = []
    }

    func plan(_ request: ChangeRequest) throws -> Plan {
        let intent = try intent(of: request)
        let outline = try EdgeOutline(in: tx)
        let live = outline.snapshot(lists: try ControlPlane.knownLists(in: tx))
        let restored = request.isGated ? [] : try restoredLists(after: intent.change)
        let scope = try scope(of: intent, restored, live)
        let uses = try uses(of: intent.change, in: scope.before)
        let book = try LeafBook.current(
            outline, kept: scope.zones == nil ? nil : kept(), plan: scope.zones == nil ? scope.compiled.before : nil,
            in: tx)
        let leaves =
            scope.zones.map { book.leaves.replacing($0, by: scope.compiled.after) } ?? EdgeLeaves(scope.compiled.after)
        let diff = intent.diff.map { ConfigurationDiff(from: $0.old, to: $0.new) }
        let (oldRows, newRows) = (scope.rowsBefore.map(Self.line), scope.rowsAfter.map(Self.line))
        let (oldLines, newLines) = (Set(oldRows), Set(newRows))
        let digests = leaves.digests(account: outline.account, addresses: scope.after.stagingAddresses)
        let baseHead = try tx.deployments(stream: intent.stream, last: 1).last?.head
        return Plan(
            request: request, stream: intent.stream, change: intent.change, title: intent.title, diff: diff,
            effectiveRemoved: oldRows.filter { !newLines.contains($0) },
            effectiveAdded: newRows.filter { !oldLines.contains($0) },
            findings: scope.findings + intent.notices,
            thresholds: request.isGated
                ? try thresholds(of: intent.change, uses)
                    + (diff.map { Safety.exceeded($0, rulesBefore: intent.diff?.old.ruleCount ?? 0) } ?? [])
                : [],
            staleBase: intent.staleBase, locks: intent.locks, undoes: intent.undoes, baseHead: baseHead,
            before: book.leaves.digests(account: outline.account, addresses: live.stagingAddresses), after: digests,
            edge: scope.compiled.after, uses: uses,
            restoredLists: restored,
            checksum: Plan.checksum(
                request, stream: intent.stream, change: intent.change, restoredLists: restored, baseHead: baseHead,
                contents: intent.contents, after: digests),
            book: book, leaves: leaves)
    }

    private static func line(_ rule: EffectiveRule) -> String { "\(rule.environment): \(rule.sentence)" }

    /// What the snapshot would be after a change; also loads versions that it names.
    static func apply(_ change: Change, to snapshot: inout EdgeSnapshot, in tx: any StoreReading) throws {
        func need(_ application: ResourceName, _ number: Int?) throws {
            guard let number, snapshot.versions["\(application)@\(number)"] == nil,
                let version = try tx.version(number, of: application)
            else { return }
            snapshot.versions[version.label] = try ControlPlane.content(of: version, in: tx)
        }
        switch change {
        case .assignment(let application, let environment, _, let to):
            try need(application, to)
            snapshot.assignments.removeAll { $0.application == application && $0.environment == environment }
            if let to {
                snapshot.assignments.append(Assignment(application: application, environment: environment, version: to))
            }
        case .routing(_, let after):
            for rule in after { try need(rule.application, rule.pinned) }
            snapshot.routingRules = after
        case .environment(let before, let after):
            snapshot.environments = Ranking.applying(before: before, after: after, to: snapshot.environments)
            if after == nil, let before { snapshot.assignments.removeAll { $0.environment == before.name } }
        case .settings(_, let after): snapshot.settings = after
        case .reservation(let address, _, let after):
            snapshot.reservations.removeAll { $0.address == address }
            if let after {
                try need(after.application, after.version)
                snapshot.reservations.append(after)
                snapshot.reservations.sort { $0.address < $1.address }
            }
        case .list(let change): snapshot.lists = try Self.apply(change, to: snapshot.lists, in: tx)
        case .zone(let name, _, let after):
            snapshot.zones.removeAll { $0.zone.name == name }
            if let after {
                let configuration = try ControlPlane.read(after.configuration, id: after.id)
                snapshot.zones.append(
                    EdgeSnapshot.ZoneContent(
                        zone: Zone(
                            id: after.id, name: name, hosts: after.hosts, tls: after.tls, digest: after.digest,
                            createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0), author: ""),
                        content: EdgeSnapshot.Content(
                            id: after.id, digest: after.digest, application: nil, version: nil, zone: name,
                            configuration: configuration)))
            }
        }
    }
}
