internal import ControlPlane
internal import EdgeModel
package import ImageSourcing

/// What the ledger of a migration says at one moment.
package struct ImageRunFacts: Hashable, Sendable {
    /// nil: no process has begun with it.
    package var tally: Tally?
    package var progress: Progress?
    /// A process works on it now.
    package var isRunning: Bool
    /// Some of the objects that failed, by name.
    package var failed: [LedgerRow]

    package init(tally: Tally? = nil, progress: Progress? = nil, isRunning: Bool = false, failed: [LedgerRow] = []) {
        self.tally = tally
        self.progress = progress
        self.isRunning = isRunning
        self.failed = failed
    }
}

/// Sources, targets and migrations, as far as the place that is shown needs them.
struct ImagesContent: Sendable {
    struct Run: Sendable {
        var run: ImageRun
        var facts: ImageRunFacts
        /// Objects a second as they were seen here, oldest first.
        var rates: [Double] = []
    }

    var sources: [ImageStore]
    var targets: [ImageStore]
    /// Newest first, at most `longest`.
    var runs: [Run]

    /// Migrations that are shown; `images status` shows all.
    static let longest = 100
    /// Objects of one migration that are shown of those that failed.
    static let failures = 20
    private static let rates = 240

    // MARK: reading

    /// What the state knows; ``known(by:)`` adds what the ledgers do.
    static func read(_ plane: ControlPlane, _ place: Place) throws -> ImagesContent {
        let runs: [ImageRun]
        switch place {
        case .added("images", let item?):
            guard let id = Int(item) else {
                throw Problem(at: place.path, "a migration is named by its number", remedy: "signalbox images status")
            }
            runs = [try plane.imageRun(id)]
        case .added(let word, let item?):
            let role: ImageStore.Role = word == "targets" ? .target : .source
            if let name = ResourceName(rawValue: item) { _ = try plane.imageStore(role, named: name) }
            runs = try plane.imageRuns().filter { (role == .target ? $0.target : $0.source) == item }
        case .added("images", nil): runs = try plane.imageRuns()
        // Of each store the last.
        default:
            var last: [[String]: ImageRun] = [:]
            for run in try plane.imageRuns() {
                last[[place == .added("targets", item: nil) ? run.target : run.source]] = run
            }
            runs = last.values.sorted { $0.id < $1.id }
        }
        return ImagesContent(
            sources: try plane.imageStores(.source), targets: try plane.imageStores(.target),
            runs: runs.suffix(longest).reversed().map { Run(run: $0, facts: ImageRunFacts()) })
    }

    /// - Parameter facts: of a migration, with so many of its failed objects at most.
    func known(by facts: (ImageRun, Int) throws -> ImageRunFacts, at place: Place) rethrows -> ImagesContent {
        var isOne = false
        if case .added("images", .some) = place { isOne = true }
        var content = self
        for index in runs.indices {
            content.runs[index].facts = try facts(runs[index].run, isOne ? Self.failures : 0)
        }
        return content
    }

    // MARK: while somebody looks

    /// Milliseconds after which it is worth reading again: ledgers are written without the state being told. nil: at its
    /// next change.
    var movesAfter: Int64? {
        if runs.contains(where: \.facts.isRunning) { return 1_000 }
        // Its process is just beginning, or is gone.
        return runs.contains { !$0.run.phase.isOver } ? 5_000 : nil
    }

    /// With the rates that were seen before.
    func following(_ old: ImagesContent?) -> ImagesContent {
        var content = self
        for index in runs.indices {
            let before = old?.runs.first { $0.run.id == runs[index].run.id }
            content.runs[index].rates = before?.rates ?? []
            guard runs[index].facts.isRunning, let progress = runs[index].facts.progress,
                progress.at != before?.facts.progress?.at || before?.rates.isEmpty != false
            else { continue }
            content.runs[index].rates = (content.runs[index].rates + [progress.objectsPerSecond]).suffix(Self.rates)
        }
        return content
    }
}

extension ImagesContent.Run {
    /// As `images status` calls it; one whose process is gone was interrupted.
    var state: String {
        if run.phase.isOver { return run.phase.rawValue }
        return facts.isRunning ? (facts.progress?.phase ?? run.phase).rawValue : "interrupted"
    }

    /// Why it failed.
    var cause: String? { state == "failed" ? facts.progress?.cause ?? run.cause : nil }
}

extension Content {
    var images: ImagesContent? {
        if case .added(let value) = self { value as? ImagesContent } else { nil }
    }

    /// Milliseconds after which it is read again while somebody looks; nil: when the state changes.
    var movesAfter: Int64? { images?.movesAfter }

    /// What was known before and is part of what is shown.
    func following(_ old: Content?) -> Content {
        guard let images else { return self }
        return .added(images.following(old?.images))
    }
}
