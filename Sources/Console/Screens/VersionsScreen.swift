internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// Versions of one application, newest first: state, where each is served, how it is answered, who made it and why.
enum VersionsScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("version", "VERSION", .content(7, 9), priority: 9),
            Column("state", "STATE", .content(6, 8), priority: 6),
            Column("served", "SERVED IN", .content(9, 28), priority: 8),
            Column("rate", "REQ/S", .content(5, 7), right: true, priority: 7),
            Column("5xx", "5XX", .content(5, 7), right: true, priority: 7),
            Column("p95", "P95", .content(5, 7), right: true, priority: 4),
            Column("author", "AUTHOR", .content(6, 16), priority: 3),
            Column("age", "AGE", .content(3, 4), right: true, priority: 5),
            Column("note", "NOTE", .rest(10), priority: 6),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        guard case .versions(let name) = context.place else { return [] }
        return (context.picture.versions[name] ?? []).map { row($0, context) }
    }

    private static func row(_ summary: VersionSummary, _ context: ScreenContext) -> Row {
        let version = summary.version
        let label = Place.VersionLabel(version.application, version.number)
        let health = Health(of: label, context)
        var served = StyledLine()
        for (index, name) in summary.environments.reversed().enumerated() {
            if index > 0 { served.append(" ", .text) }
            let environment = context.picture.environments.first { $0.environment.name == name }?.environment
            served.append(Words.name(name), environment.map { Role.environment($0) } ?? .text)
        }
        for address in context.picture.staging where address.reservation?.label == "\(label)" {
            served.append(served.isEmpty ? "" : " ", .text)
            served.append(Words.text(address.address), .envStaging)
        }
        var note = StyledLine(Words.line(version.note), .text)
        for tag in version.tags { note = StyledLine("#\(Words.name(tag)) ", .textKey) + note }
        return Row(
            "\(label)",
            [
                StyledLine(Words.versionOnly(version.number), .textStrong),
                StyledLine(
                    Words.text(version.state.rawValue), version.state == .draft ? .statusProgress : .textMuted),
                served,
                StyledLine(health.requests > 0 ? Words.rate(health.perSecond) : "-", health.ink),
                StyledLine(
                    health.requests > 0 ? Words.share(health.failures, of: health.requests) : "-",
                    health.isBad && !health.isStale ? .statusBad : health.ink),
                StyledLine(Words.latency(health.p95), health.ink),
                StyledLine(Words.text(version.author), .textMuted),
                StyledLine(Words.age(version.updatedAt, at: context.now), .textMuted), note,
            ],
            keys: [
                Double(version.number), nil, nil, health.perSecond, health.share, health.p95.map { Double($0) }, nil,
                Double(-version.updatedAt.milliseconds),
            ])
    }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? {
        label(id).map { .version($0.application, $0.number) }
    }

    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer {
        guard case .versions = context.place else { return .none }
        let marked = context.marks.compactMap(label).sorted { $0.number < $1.number }
        if command == .difference, marked.count == 2 { return .go(.difference(marked[0], marked[1])) }
        // Nothing is shown: nothing is meant.
        guard let label = id.flatMap(label) else { return .none }
        return offer(command, label, context)
    }

    /// What can be done with one version, from its row or from inside of it.
    static func offer(_ command: Action, _ label: Place.VersionLabel, _ context: ScreenContext) -> Offer {
        let picture = context.picture
        let version = picture.versions[label.application]?.first { $0.version.number == label.number }?.version
        let served = picture.served(label.application, in: context.environment)
        switch command {
        case .assign:
            guard let lowest = picture.lowest else { return .none }
            if picture.served(label.application, in: lowest) == label.number {
                return .unavailable("\(Words.name(lowest)) serves it already")
            }
            return .operation(.assign(label, to: lowest))
        case .edit: return .operation(.edit(label))
        case .draft: return .operation(.createVersion(of: label.application, from: label.number))
        case .lock:
            guard version?.state == .draft else { return .unavailable("it is locked already") }
            return .operation(.lock(label))
        case .difference:
            guard let served else {
                return .unavailable("\(Words.name(context.environment)) serves no version to compare with")
            }
            guard served != label.number else {
                guard let base = version?.base else { return .unavailable("it is the first version") }
                return .go(.difference(Place.VersionLabel(label.application, base), label))
            }
            return .go(.difference(Place.VersionLabel(label.application, served), label))
        case .promote:
            // Whoever names a version means that one.
            guard let below = picture.neighbours(of: context.environment).below else { break }
            let source = picture.served(label.application, in: below)
            guard source == label.number else {
                let now = Words.version(label.application, source)
                return .unavailable(
                    "\(Words.name(below)) serves \(now), not \(Words.version(label.application, label.number)): \(context.keys.key(.assign)) puts it there"
                )
            }
        case .rollback where served != label.number:
            // To exactly that one, when it was there before.
            let was = picture.deployments(of: label.application, in: context.environment).contains { row in
                if case .assignment(_, _, _, label.number) = row.deployment.change { true } else { false }
            }
            guard was || picture.deployments.count >= Picture.longest else {
                return .unavailable(
                    "\(Words.version(label.application, label.number)) was never in \(Words.name(context.environment))")
            }
            return .operation(.rollback(label.application, in: context.environment, to: label.number))
        default: break
        }
        return ApplicationOffers.offer(command, label.application, context)
    }

    private static func label(_ id: String) -> Place.VersionLabel? {
        guard let reference = VersionReference(id), case .number(let number) = reference.selector else { return nil }
        return Place.VersionLabel(reference.application, number)
    }
}
