/// Where what was observed is kept for some hours: traffic in rows of ten seconds, and what happened at nodes.
///
/// Observation and not decision: it may be thrown away at any time, is in no chain, and is no change that others would
/// have to look at (`StoreReading.revision` stays as it is).
package protocol FiguresHistory: Sendable {
    /// Adds rows and notes in one transaction. What is told of a subject and bucket that has a row already is added to it.
    /// - Parameter oldest: rows before it are forgotten, and of the notes all but the newest ``FiguresRetention/notes``.
    /// - Throws: `StoreError`; then nothing was kept.
    func append(_ records: [TrafficRecord], _ notes: [FleetNote], forgettingBefore oldest: Timestamp) throws

    /// Rows of these kinds whose bucket begins in this time, `to` excluded; by bucket and subject.
    /// - Parameter subject: only those of this name.
    func records(
        of kinds: Set<TrafficSubject.Kind>, named subject: String?, from: Timestamp, to: Timestamp
    ) throws -> [TrafficRecord]

    /// The newest of them, in the order in which they were appended.
    func notes(last: Int) throws -> [FleetNote]
}

/// How much of what was observed is kept.
package enum FiguresRetention {
    /// Milliseconds: three hours.
    package static let time: Int64 = 3 * 3_600_000
    package static let notes = 2_000
}
