/// A migration as the account knows it: what it is to do, and what people want of it. What became of the objects is in
/// its ledger.
package struct ImageRun: Hashable, Sendable, Codable {
    package enum Wish: String, Hashable, Sendable, Codable { case run, pause, abort }

    /// From 1, never given twice.
    package var id: Int
    package var source: String
    package var target: String
    package var settings: MigrationSettings
    package var tuning: Tuning
    /// The file that names the objects, instead of a listing.
    package var manifest: String?
    package var wish: Wish
    /// As its process last said; one that was killed says nothing more.
    package var phase: MigrationMachine.Phase
    package var cause: String?
    /// Milliseconds since 1970.
    package var startedAt: Int64
    package var changedAt: Int64
    package var author: String

    package init(
        id: Int, source: String, target: String, settings: MigrationSettings, tuning: Tuning, manifest: String? = nil,
        startedAt: Int64, author: String
    ) {
        self.id = id
        self.source = source
        self.target = target
        self.settings = settings
        self.tuning = tuning
        self.manifest = manifest
        wish = .run
        phase = .listing
        self.startedAt = startedAt
        changedAt = startedAt
        self.author = author
    }

    /// Whether a resume would go on with it.
    package var canGoOn: Bool { phase != .completed && phase != .aborted }
}
