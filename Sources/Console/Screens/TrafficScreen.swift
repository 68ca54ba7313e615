internal import EdgeModel
internal import TerminalUI

/// What is asked of whom now, and how it is answered: versions, zones, nodes, origins.
enum TrafficScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("kind", "KIND", .content(6, 8), priority: 6),
            Column("subject", "SUBJECT", .rest(12), priority: 9),
            Column("rate", "REQ/S", .content(5, 7), right: true, priority: 9),
            Column("2xx", "2XX", .content(5, 7), right: true, priority: 4),
            Column("3xx", "3XX", .content(5, 7), right: true, priority: 3),
            Column("4xx", "4XX", .content(5, 7), right: true, priority: 5),
            Column("5xx", "5XX", .content(5, 7), right: true, priority: 8),
            Column("p50", "P50", .content(5, 7), right: true, priority: 5),
            Column("p95", "P95", .content(5, 7), right: true, priority: 6),
            Column("p99", "P99", .content(5, 7), right: true, priority: 7),
            Column("health", "HEALTHY", .content(5, 7), right: true, priority: 6),
            Column("age", "AGE", .content(3, 4), right: true, priority: 5),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        let kinds: [TrafficSubject.Kind] = [.total, .version, .zone, .origin, .node]
        return kinds.enumerated().flatMap { place, kind in
            (context.live?.figures(of: kind) ?? []).map { figures in
                var figures = figures
                figures.isStale = figures.isStale || context.isStale
                return row(figures, place)
            }
        }
    }

    private static func row(_ figures: LiveFigures, _ place: Int) -> Row {
        let counts = figures.counts
        let (all, errors) = (counts.requests, counts.errors)
        let isBad = errors > 0 && errors * 100 >= all
        let ink: Role = figures.isStale ? .stale : .textNumber
        func share(_ index: Int) -> StyledLine {
            let part = counts.statusClasses.indices.contains(index) ? counts.statusClasses[index] : 0
            return StyledLine(all > 0 && figures.subject.kind != .origin ? Words.share(part, of: all) : "-", ink)
        }
        let health = figures.health
        return Row(
            figures.subject.description,
            [
                StyledLine(Words.text(figures.subject.kind.rawValue), .textMuted),
                StyledLine(
                    Words.text(figures.subject.name), figures.isStale ? .stale : isBad ? .statusBad : .textStrong),
                StyledLine(Words.rate(figures.perSecond), ink), share(1), share(2), share(3),
                StyledLine(all > 0 ? Words.share(errors, of: all) : "-", isBad && !figures.isStale ? .statusBad : ink),
                StyledLine(Words.latency(figures.p50), ink), StyledLine(Words.latency(figures.p95), ink),
                StyledLine(Words.latency(figures.p99), ink),
                health.map {
                    StyledLine("\($0.healthy)/\($0.endpoints)", $0.healthy < $0.endpoints ? .statusBad : .statusOk)
                } ?? StyledLine("-", .textMuted),
                StyledLine(Words.duration(figures.age, zero: "now"), figures.isStale ? .stale : .textMuted),
            ],
            keys: [
                Double(place), nil, figures.perSecond, nil, nil, nil, all > 0 ? Double(errors) / Double(all) : 0,
                figures.p50.map { Double($0) }, figures.p95.map { Double($0) }, figures.p99.map { Double($0) },
            ])
    }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? {
        guard let figures = context.live?.figures.first(where: { $0.subject.description == id }) else { return nil }
        switch figures.subject.kind {
        case .version:
            guard let reference = VersionReference(figures.subject.name), case .number(let number) = reference.selector
            else { return nil }
            return .version(reference.application, number)
        case .zone: return .zone(figures.subject.name)
        case .node: return ResourceName(rawValue: figures.subject.name).map { .node($0) }
        case .origin, .total: return nil
        }
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        [
            StyledLine("Nobody tells of traffic: no server runs, or no node reports.", .textStrong), StyledLine(),
            StyledLine("  signalbox serve", .textKey), StyledLine("  signalbox node run", .textKey),
        ]
    }
}

/// A sample of the requests that failed lately, newest first, as the nodes' access logs tell them.
enum FailingScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("age", "AGE", .content(3, 4), right: true, priority: 7),
            Column("status", "STATUS", .content(6, 6), right: true, priority: 9),
            Column("flags", "FLAGS", .content(5, 10), priority: 7),
            Column("method", "METHOD", .content(6, 8), priority: 5),
            Column("request", "REQUEST", .rest(16), priority: 9),
            Column("version", "VERSION", .content(7, 16), priority: 8),
            Column("origin", "ORIGIN", .content(6, 20), priority: 6),
            Column("rules", "RULES", .content(5, 24), priority: 3),
            Column("duration", "MS", .content(4, 7), right: true, priority: 4),
            Column("node", "NODE", .content(4, 12), priority: 5),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        requests(context).map { request, id in
            let ink: Role = request.isSevere ? .statusBad : .statusWarn
            return Row(
                id,
                [
                    StyledLine(Words.age(request.at, at: context.now), .textMuted),
                    StyledLine(request.status == 0 ? "none" : "\(request.status)", ink),
                    StyledLine(Words.text(request.flags), ink), StyledLine(Words.text(request.method), .text),
                    StyledLine(Words.text(request.path), .textStrong)
                        + StyledLine("  \(Words.text(request.host))", .textMuted),
                    StyledLine(Words.text(request.version ?? request.zone ?? "-"), .text),
                    StyledLine(Words.text(request.origin ?? "-"), .text),
                    StyledLine(Words.text(request.rules.joined(separator: " ")), .textMuted),
                    StyledLine("\(request.duration)", .textNumber),
                    StyledLine(request.node.map { Words.name($0) } ?? "-", .textMuted),
                ], keys: [Double(-request.at.milliseconds), Double(request.status)])
        }
    }

    /// With their rows' ids: the same thing has the same when newer ones come, so equal ones are counted from the oldest.
    private static func requests(_ context: ScreenContext) -> [(FailingRequest, id: String)] {
        var seen: [String: Int] = [:]
        let failing = context.live?.failing ?? []
        let ids = failing.reversed().map { request in
            let key =
                "\(request.at.milliseconds)/\(request.node?.rawValue ?? "")/\(request.status)\(request.host)\(request.path)"
            seen[key, default: 0] += 1
            return "\(key)/\(seen[key] ?? 0)"
        }
        return Array(zip(failing, ids.reversed()))
    }

    /// What answered: the version, or the zone's own configuration.
    static func inner(_ id: String, _ context: ScreenContext) -> Place? {
        guard let request = requests(context).first(where: { $0.id == id })?.0 else { return nil }
        if let label = request.version.flatMap({ VersionReference($0) }), case .number(let number) = label.selector {
            return .version(label.application, number)
        }
        return request.zone.flatMap { zone in context.picture.zones.contains { $0.name == zone } ? .zone(zone) : nil }
    }

    /// The rule that decided: the last of those that did anything.
    static func innerRow(_ id: String, _ context: ScreenContext) -> String? {
        requests(context).first { $0.id == id }?.0.rules.last.map(ConfigurationScreen.row(ofRule:))
    }

    /// What is wrong is taken back from where it is seen.
    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer {
        guard [.rollback, .undo, .difference, .history].contains(command), let id,
            case .version(let application, _)? = inner(id, context)
        else { return .none }
        return ApplicationOffers.offer(command, application, context)
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        [StyledLine(context.live == nil ? "no server runs that would know" : "no request failed lately", .textMuted)]
    }
}

/// What was done and what happened, in one tail: deployments, acknowledgements, nodes that came, went or refused.
enum EventsScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("age", "AGE", .content(3, 4), right: true, priority: 8),
            Column("kind", "KIND", .content(6, 15), priority: 7),
            Column("subject", "SUBJECT", .content(6, 28), priority: 8),
            Column("text", "WHAT", .rest(20), priority: 9),
            Column("actor", "BY", .content(4, 20), priority: 5),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        var seen: [String: Int] = [:]
        return context.picture.events.map { event in
            let key = "\(event.at.milliseconds)/\(event.kind.rawValue)/\(event.subject)/\(event.text)"
            seen[key, default: 0] += 1
            return Row(
                "\(key)/\(seen[key] ?? 0)",
                [
                    StyledLine(Words.age(event.at, at: context.now), .textMuted),
                    StyledLine(Words.text(event.kind.rawValue), .textMuted),
                    StyledLine(Words.text(event.subject), .textStrong),
                    StyledLine(Words.line(event.text), event.severity == .info ? .text : Role.severity(event.severity)),
                    StyledLine(Words.text(event.actor ?? ""), .textMuted),
                ], keys: [Double(-event.at.milliseconds)])
        }
    }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? {
        let event = context.picture.events.first { event in
            id.hasPrefix("\(event.at.milliseconds)/\(event.kind.rawValue)/\(event.subject)/")
        }
        return event?.deployment.map { .deployment($0) } ?? event?.node.map { .node($0) }
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] { [StyledLine("nothing happened yet", .textMuted)] }
}
