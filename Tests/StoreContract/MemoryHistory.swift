import EdgeModel
import Synchronization

/// What was observed, in memory.
final class MemoryHistory: FiguresHistory {
    private struct State {
        var records: [TrafficBucket: [TrafficSubject: TrafficRecord]] = [:]
        var notes: [FleetNote] = []
    }

    private let state = Mutex(State())

    func append(_ records: [TrafficRecord], _ notes: [FleetNote], forgettingBefore oldest: Timestamp) {
        state.withLock { state in
            for record in records {
                let known = state.records[record.bucket]?[record.subject]
                state.records[record.bucket, default: [:]][record.subject] = known?.adding(record) ?? record
            }
            state.records = state.records.filter { $0.key.start >= oldest }
            state.notes = (state.notes + notes).suffix(FiguresRetention.notes)
        }
    }

    func records(
        of kinds: Set<TrafficSubject.Kind>, named subject: String?, from: Timestamp, to: Timestamp
    ) -> [TrafficRecord] {
        state.withLock { state in
            state.records.filter { $0.key.start >= from && $0.key.start < to }.values.flatMap(\.values).filter {
                kinds.contains($0.subject.kind) && (subject == nil || $0.subject.name == subject)
            }.sorted { ($0.bucket, $0.subject) < ($1.bucket, $1.subject) }
        }
    }

    func notes(last: Int) -> [FleetNote] { state.withLock { $0.notes.suffix(max(0, last)) } }
}
