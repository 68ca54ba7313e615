/// What became of every object, on disk. One ledger for each pair of source and target; one process writes it at a time.
///
/// Every call is one transaction: killed at any moment, the ledger holds whole pages and whole batches, together with the
/// place in the listing that belongs to them.
package protocol ImageLedger: Sendable {
    /// The newest run; nil before the first.
    func newestRun() throws(LedgerError) -> LedgerRun?
    func run(_ id: Int) throws(LedgerError) -> LedgerRun?
    /// Begins a run. Objects are carried over from earlier ones as they are listed; what these did not import stays to be
    /// read.
    func begin(_ run: LedgerRun) throws(LedgerError)
    /// Writes what is no count: phase, pass, whatever the run says of itself.
    func update(_ run: LedgerRun) throws(LedgerError)

    /// Takes in a page of the listing and the place where the next one begins.
    /// - Parameter page: objects with what the listing alone decides of them.
    /// - Returns: how many of them wait to be read now.
    func record(
        _ page: [(object: SourceObject, reason: Reason?)], next: ObjectKey?, of run: Int,
        revisiting revisit: MigrationSettings.Revisit
    ) throws(LedgerError) -> Int

    /// The next objects that wait, ascending by key, behind `after`; and remembers that they may be under way.
    func claim(_ limit: Int, after: ObjectKey?, of run: Int) throws(LedgerError) -> [LedgerRow]

    /// Writes fates.
    func settle(_ rows: [LedgerRow], of run: Int) throws(LedgerError)

    /// Makes objects with these fates wait again.
    /// - Returns: how many.
    func reopen(_ reasons: Set<Reason>, of run: Int) throws(LedgerError) -> Int

    func tally(of run: Int) throws(LedgerError) -> Tally
    /// Rows of a run ascending by key, behind `after`; only those with these fates when given. Of a run that was followed
    /// by another one, what was neither imported nor left out by its filter.
    func rows(of run: Int, fates: Set<ObjectFate>?, after: ObjectKey?, limit: Int) throws(LedgerError) -> [LedgerRow]
}

/// One run as its ledger knows it.
package struct LedgerRun: Hashable, Sendable {
    package var id: Int
    /// Which pass through the listing it is, from 1; the later ones look for what came meanwhile.
    package var pass: Int
    /// The listing goes on behind this key.
    package var position: ObjectKey?
    package var isListed: Bool
    /// Up to here objects may have been under way when the process ended.
    package var claimed: ObjectKey?
    /// What the run tells of itself while it goes: JSON of `Progress`.
    package var progress: String

    package init(
        id: Int, pass: Int = 1, position: ObjectKey? = nil, isListed: Bool = false, claimed: ObjectKey? = nil,
        progress: String = "{}"
    ) {
        self.id = id
        self.pass = pass
        self.position = position
        self.isListed = isListed
        self.claimed = claimed
        self.progress = progress
    }
}

/// How many objects of a run have which fate.
package struct Tally: Hashable, Sendable {
    package struct Count: Hashable, Sendable {
        package var objects: Int
        /// As listed.
        package var bytes: Int64
        package init(objects: Int = 0, bytes: Int64 = 0) {
            self.objects = objects
            self.bytes = bytes
        }
    }

    package var counts: [ObjectFate: Count]
    package init(_ counts: [ObjectFate: Count] = [:]) { self.counts = counts }

    package subscript(_ fate: ObjectFate) -> Count { counts[fate] ?? Count() }

    package func sum(_ belongs: (ObjectFate) -> Bool) -> Count {
        counts.reduce(into: Count()) { sum, entry in
            guard belongs(entry.key) else { return }
            sum.objects += entry.value.objects
            sum.bytes += entry.value.bytes
        }
    }

    /// Everything that the listing named: always the sum of the rest.
    package var listed: Count { sum { _ in true } }
    package var imported: Count { sum { if case .imported = $0 { true } else { false } } }
    package var kept: Count { self[.kept] }
    package var pending: Count { self[.pending] }
    package var skipped: Count { sum { if case .skipped = $0 { true } else { false } } }
    package var failed: Count { sum { if case .failed = $0 { true } else { false } } }
}

/// Why a ledger cannot be used: data.
package struct LedgerError: Error, Hashable, Sendable {
    package enum Code: String, Hashable, Sendable {
        case busy, full, damaged
        case readOnly = "read-only"
        case io
        /// Written by a newer program.
        case newer
    }

    package var code: Code
    /// The file.
    package var place: String
    package var message: String
    package var remedy: String

    package init(_ code: Code, at place: String, _ message: String, remedy: String) {
        self.code = code
        self.place = place
        self.message = message
        self.remedy = remedy
    }
}
