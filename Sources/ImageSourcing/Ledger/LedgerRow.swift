/// What the ledger knows of one object.
package struct LedgerRow: Hashable, Sendable {
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        /// Name or declared type say that it is another kind of image.
        package static let typeMismatch = Flags(rawValue: 1)
        package static let activeSVG = Flags(rawValue: 2)
        /// An earlier state of it was imported, so that what is at the target is ours.
        package static let ours = Flags(rawValue: 4)
    }

    package var object: SourceObject
    package var fate: ObjectFate
    /// Where the flaw is, in bytes.
    package var offset: Int64?
    package var format: ImageFormat?
    package var flags: Flags
    /// How often it was tried in this run.
    package var attempts: Int
    /// The last run that listed it.
    package var run: Int

    package init(
        _ object: SourceObject, fate: ObjectFate, offset: Int64? = nil, format: ImageFormat? = nil, flags: Flags = [],
        attempts: Int = 0, run: Int
    ) {
        self.object = object
        self.fate = fate
        self.offset = offset
        self.format = format
        self.flags = flags
        self.attempts = attempts
        self.run = run
    }

    /// What a run's listing makes of an object, knowing what became of it before.
    ///
    /// - Parameter reason: what the listing alone decides.
    package static func listed(
        _ object: SourceObject, before: LedgerRow?, reason: Reason?, revisiting revisit: MigrationSettings.Revisit,
        run: Int
    ) -> LedgerRow {
        if let reason { return LedgerRow(object, fate: ObjectFate(reason), flags: before?.ours ?? [], run: run) }
        guard let before else { return LedgerRow(object, fate: .pending, run: run) }
        var row = before
        row.object = object
        row.run = run
        // Within one run an object is taken once for each of its states.
        if before.run == run, before.isSameState(as: object) { return row }
        row.flags.formUnion(before.ours)
        row.attempts = 0
        guard before.isSameState(as: object), revisit.overwrite != .always else { return row.reopened }
        switch before.fate {
        case .imported, .skipped(.unchanged): row.fate = .skipped(.unchanged)
        case .kept: return revisit.overwrite == .never ? row : row.reopened
        // Decided by the listing then, and not now.
        case .skipped(.excluded), .skipped(.empty), .skipped(.archived), .skipped(.tooLarge), .pending, .failed:
            return row.reopened
        case .skipped(let reason) where revisit.allowed.contains(reason): return row.reopened
        // The same bytes have the same flaw.
        case .skipped: break
        }
        return row
    }

    private var reopened: LedgerRow {
        var row = self
        (row.fate, row.offset, row.format) = (.pending, nil, nil)
        row.flags.formIntersection(.ours)
        return row
    }

    private var ours: Flags {
        switch fate {
        case .imported, .skipped(.unchanged): .ours
        default: flags.intersection(.ours)
        }
    }

    /// By entity tag where both have one, otherwise by size and time.
    private func isSameState(as other: SourceObject) -> Bool {
        guard object.size == other.size || object.size == nil || other.size == nil else { return false }
        if let mine = object.etag, let theirs = other.etag { return mine == theirs }
        return object.modified == other.modified
    }
}
