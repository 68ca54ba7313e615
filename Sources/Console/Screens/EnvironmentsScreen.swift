internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// Environments, highest first: who gets there, and what each application serves there.
enum EnvironmentsScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("rank", "RANK", .content(4, 4), right: true, priority: 6),
            Column("environment", "ENVIRONMENT", .content(10, 16), priority: 9),
            Column("serves", "SERVES", .rest(16), priority: 8),
            Column("addresses", "STAGING ADDRESSES", .content(9, 32), priority: 6),
            Column("filter", "FILTER", .content(6, 32), priority: 5),
            Column("lock", "LOCKS", .content(5, 5), priority: 3),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        context.picture.environments.reversed().map { summary in
            let environment = summary.environment
            let served = summary.assignments.map { "\($0.application)@\($0.version)" }.sorted().joined(separator: " ")
            return Row(
                environment.name.rawValue,
                [
                    StyledLine("\(environment.rank)", .textNumber),
                    StyledLine(
                        Words.name(environment.name), Role.environment(environment),
                        environment.name == context.environment ? .underline : []),
                    StyledLine(served.isEmpty ? "-" : Words.text(served), .text),
                    StyledLine(Words.text(environment.stagingAddresses.joined(separator: " ")), .text),
                    StyledLine(
                        environment.isProduction ? "every request" : Words.text(environment.filter ?? ""), .textMuted),
                    StyledLine(environment.lockOnDeploy ? "yes" : "no", .textMuted),
                ], keys: [Double(environment.rank)])
        }
    }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? {
        ResourceName(rawValue: id).map { .effective($0) }
    }

    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer {
        guard let name = id.flatMap({ ResourceName(rawValue: $0) }) else { return .none }
        switch command {
        case .history: return .go(.deployments(name))
        case .difference: return difference(name, context)
        default: return .none
        }
    }

    /// From the environment to the one below it, of the first application in which they differ.
    private static func difference(_ name: ResourceName, _ context: ScreenContext) -> Offer {
        guard let below = context.picture.neighbours(of: name).below else {
            return .unavailable("\(Words.name(name)) is the lowest environment")
        }
        for summary in context.picture.status.applications {
            let application = summary.application.name
            guard let left = context.picture.served(application, in: name),
                let right = context.picture.served(application, in: below), left != right
            else { continue }
            return .go(.difference(Place.VersionLabel(application, left), Place.VersionLabel(application, right)))
        }
        return .unavailable("\(Words.name(name)) and \(Words.name(below)) serve the same versions")
    }
}

/// Staging addresses: who answers there, who holds them, how to get there.
enum StagingScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("address", "ADDRESS", .content(9, 39), priority: 9),
            Column("environment", "ENVIRONMENT", .content(8, 14), priority: 6),
            Column("serves", "SERVES", .content(8, 30), priority: 9),
            Column("holder", "HELD BY", .content(7, 20), priority: 7),
            Column("until", "FOR", .content(4, 6), right: true, priority: 6),
            Column("curl", "TRY IT", .rest(20), priority: 5),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        return context.picture.staging.map { address in
            let held = address.reservation
            let port = context.picture.status.nodes.lazy.compactMap { row in
                row.status?.description?.staging.first { $0.address == address.address && !$0.isTLS }?.port
            }.first
            let application = address.versions.first.flatMap { VersionReference($0)?.application }
            let zone = context.picture.status.applications.first { $0.application.name == application }?.application
                .zone
            let host =
                zone.flatMap { name in context.picture.zones.first { $0.name == name } }?.hosts.first {
                    !$0.hasPrefix("*.")
                } ?? "example.com"
            let left = held.map { $0.until.milliseconds - context.now.milliseconds }
            return Row(
                address.address,
                [
                    StyledLine(Words.text(address.address), .textStrong),
                    StyledLine(Words.name(address.environment), .envStaging),
                    StyledLine(Words.text(address.versions.joined(separator: " ")), .text),
                    StyledLine(held.map { Words.text($0.holder) } ?? "-", held == nil ? .textMuted : .statusProgress),
                    StyledLine(
                        left.map { $0 > 0 ? Words.duration($0) : "over" } ?? "-",
                        left.map { $0 > 0 ? .textNumber : .statusWarn } ?? .textMuted),
                    StyledLine(
                        Words.text(
                            "curl --connect-to ::\(address.address):\(port.map { "\($0)" } ?? "") http://\(host)\(port.map { ":\($0)" } ?? "")/"
                        ), .textKey),
                ])
        }
    }

    static var bulk: Set<Action> { [.release] }
    static var copiedColumn: String? { "curl" }

    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer {
        guard command == .release, let address = context.picture.staging.first(where: { $0.address == id }) else {
            return .none
        }
        guard let held = address.reservation else { return .unavailable("nobody holds it") }
        guard held.holder == context.actor || held.isOver(at: context.now) else {
            return .unavailable(
                "\(Words.text(held.holder)) holds it; :staging release \(Words.text(address.address)) --force")
        }
        return .operation(.release(address.address, holder: context.actor))
    }

    static func form(_ context: ScreenContext) -> EntryForm? {
        let newest = context.picture.versions.values.compactMap(\.first).max {
            $0.version.updatedAt < $1.version.updatedAt
        }
        guard let newest else { return nil }
        return EntryForm(
            "keep a staging address for a version", ["staging", "reserve"],
            [
                EntryForm.Field(
                    id: "version", label: "version", placeholder: "shop@5", text: newest.version.label),
                EntryForm.Field(id: "for", label: "for", placeholder: "2h, 30m", text: "2h", option: "--for"),
            ])
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        [
            StyledLine("No staging address.", .textStrong), StyledLine(),
            StyledLine("  :env change staging --staging-address 127.0.0.20", .textKey),
        ]
    }
}
