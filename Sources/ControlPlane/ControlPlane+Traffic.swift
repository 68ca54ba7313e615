package import EdgeModel

extension ControlPlane {
    /// What was answered in some time, by one kind of subject; as far as it is kept, see `FiguresRetention`.
    package func traffic(from: Timestamp, to: Timestamp, by kind: TrafficSubject.Kind) throws -> TrafficHistory {
        let records = try store.history.records(
            of: [kind, .total], named: nil, from: TrafficBucket(containing: from).start, to: to)
        return TrafficHistory(of: kind, records, from: from, to: to)
    }

    /// What was done and what happened, newest first.
    ///
    /// - Parameters:
    ///   - last: so many at most.
    ///   - kinds: empty: all.
    ///   - since: nothing older.
    package func events(
        last: Int, kinds: Set<ActivityEvent.Kind> = [], since: Timestamp? = nil
    ) throws -> [ActivityEvent] {
        func wants(_ wanted: ActivityEvent.Kind...) -> Bool { kinds.isEmpty || !kinds.isDisjoint(with: wanted) }
        var events: [ActivityEvent] = []
        if wants(.deployment, .undo, .acknowledgement) {
            func told(_ row: HistoryRow) -> [ActivityEvent] {
                let subject = row.deployment.change.resource
                return [ActivityEvent(row.deployment, subject: subject)]
                    + row.acknowledgements.map { ActivityEvent($0, subject: subject) }
            }
            events += try newest(last, since: since, at: \.deployment.at, of: told) {
                try history(stream: nil, last: $0)
            }
        }
        if wants(.change) {
            func told(_ entry: AuditEntry) -> [ActivityEvent] { ActivityEvent(entry).map { [$0] } ?? [] }
            events += try newest(last, since: since, at: \.at, of: told) { try auditEntries(last: $0) }
        }
        if wants(.node, .certificate) {
            let notes = try store.history.notes(last: FiguresRetention.notes)
            events += notes.enumerated().map { ActivityEvent($1, order: $0) }
        }
        if wants(.certificate) { events += try certificateEvents() }
        return EventTail.merged(events, kinds: kinds, since: since, last: last)
    }

    /// Events of the newest entries of a list that is read from its end: so many entries that tell something, or all
    /// since some time if those are less.
    private func newest<Entry>(
        _ count: Int, since: Timestamp?, at time: KeyPath<Entry, Timestamp>,
        of events: (Entry) -> [ActivityEvent], in read: (Int) throws -> [Entry]
    ) throws -> [ActivityEvent] {
        var size = 64
        while true {
            let entries = try read(size)
            let told = entries.map(events)
            let isOldEnough = since.map { since in entries.first.map { $0[keyPath: time] < since } ?? true } ?? false
            if told.count(where: { !$0.isEmpty }) >= count || entries.count < size || isOldEnough {
                return told.flatMap(\.self)
            }
            size *= 4
        }
    }

    private func certificateEvents() throws -> [ActivityEvent] {
        let (zones, moment) = (try zones(), now())
        return try nodes().flatMap { $0.status?.certificateEvents(zones, at: moment) ?? [] }
    }
}
