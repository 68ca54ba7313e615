internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import ImageSourcing
internal import LedgerSQLite

/// What a migration takes and what it leaves.
struct MigrationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only keys that begin so, behind the source's own path.", valueName: "prefix"))
    var prefix = ""
    @Option(
        help: ArgumentHelp(
            "Only keys of this pattern, e.g. '*.jpg' or 'a/**'; repeatable.", valueName: "pattern"))
    var include: [String] = []
    @Option(help: ArgumentHelp("No keys of this pattern; repeatable.", valueName: "pattern")) var exclude: [String] = []
    @Option(help: ArgumentHelp("Only what was changed since, e.g. 2026-01-31T00:00:00Z or 7d.", valueName: "time"))
    var since: String?
    @Option(
        name: .customLong("target-prefix"),
        help: ArgumentHelp("Put before every key at the target.", valueName: "prefix"))
    var targetPrefix = ""
    @Option(help: "What is done with an object that the target has: never, always or if-changed.")
    var overwrite = MigrationSettings.Overwrite.never
    @Option(help: "An SVG that would run or fetch something: flag, skip or pass.")
    var svg = ImageInspector.ActivePolicy.flag
    @Option(help: "An image whose name or declared type is another's: flag or skip.")
    var mismatch = MigrationSettings.Mismatch.flag
    @Option(
        name: .customLong("max-bytes"),
        help: ArgumentHelp("Nothing larger, besides the target's own limit.", valueName: "bytes"))
    var maxBytes: Int64?

    func settings(at now: Timestamp) throws -> MigrationSettings {
        var moment: Int64?
        if let since {
            if let ago = DurationText.milliseconds(since) {
                moment = now.milliseconds - Int64(ago)
            } else if let time = Timestamp(rfc3339: since) {
                moment = time.milliseconds
            } else {
                throw ErrorReport(
                    .usage, at: "--since \(since)", "that is no time", remedy: "write 7d or 2026-01-31T00:00:00Z")
            }
        }
        return MigrationSettings(
            filter: KeyFilter(prefix: prefix, include: include, exclude: exclude, since: moment),
            targetPrefix: targetPrefix, overwrite: overwrite, mismatch: mismatch, activeSVG: svg, maximumBytes: maxBytes
        )
    }
}

extension MigrationSettings.Overwrite: ExpressibleByArgument {}
extension MigrationSettings.Mismatch: ExpressibleByArgument {}
extension ImageInspector.ActivePolicy: ExpressibleByArgument {}

/// Who carries a migration out.
struct BackgroundOption: ParsableArguments {
    @Flag(help: "Leave it to the running 'signalbox serve', or to the next one.") var background = false

    /// - Parameters:
    ///   - run: one that nobody works on.
    ///   - lock: the right to work on it; nil: nobody has it, so that a server may.
    func carryOut(_ run: ImageRun, _ session: Session, _ plane: ControlPlane, _ lock: RunLock?) async throws {
        guard let lock, !background else {
            let isServed = ServerSocket.isAnswering(statePath: session.statePath)
            session.output.done(
                "\(run.id)", RunText.document(run, "waiting", nil, nil),
                "run \(run.id): left to \(isServed ? "the server" : "'signalbox serve', which does not run now")")
            return session.output.hint("Next: \(session.commandLine("images status --watch"))")
        }
        let runner = MigrationRunner(session: session, plane: plane, run: run, lock: lock)
        try await WatchedMigration(runner: runner).carryOut()
    }

    /// For a run that goes on: the server takes up what is to go on and not at its end.
    func handOver(_ run: ImageRun, _ plane: ControlPlane, _ action: String) throws -> ImageRun {
        guard background else { return run }
        return try plane.changeImageRun(run.id, action) { run in
            (run.wish, run.phase, run.cause) = (.run, .listing, nil)
        }
    }
}

/// How fast a migration goes.
struct TuningOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Objects at once (default: 32).", valueName: "number")) var transfers: Int?
    @Option(name: .customLong("bytes-per-second"), help: ArgumentHelp("No faster; 0: no limit.", valueName: "bytes"))
    var bytesPerSecond: Int64?
    @Option(
        name: .customLong("objects-per-second"), help: ArgumentHelp("No faster; 0: no limit.", valueName: "number"))
    var objectsPerSecond: Double?

    func validate() throws {
        if let transfers, !(1...Tuning.mostTransfers).contains(transfers) {
            throw ValidationError("--transfers takes a number from 1 to \(Tuning.mostTransfers).")
        }
        if let bytesPerSecond, bytesPerSecond < 0 { throw ValidationError("--bytes-per-second is 0 or more.") }
        if let objectsPerSecond, !(objectsPerSecond >= 0) {
            throw ValidationError("--objects-per-second is 0 or more.")
        }
    }

    /// What was given instead of what was.
    func applied(to old: Tuning) -> Tuning {
        Tuning(
            transfers: transfers ?? old.transfers,
            bytesPerSecond: bytesPerSecond.map { $0 == 0 ? nil : $0 } ?? old.bytesPerSecond,
            objectsPerSecond: objectsPerSecond.map { $0 == 0 ? nil : $0 } ?? old.objectsPerSecond)
    }
}

extension ImagesVerb {
    struct Migrate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "migrate", abstract: "Import the images of a source into a target.",
            discussion: Examples.text(
                "signalbox images migrate press --to media",
                "signalbox images migrate press --to media --prefix 2024/ --exclude '*-thumb.*' --transfers 16",
                "signalbox images migrate press --to media --manifest failed.csv",
                before: """
                    It runs here, until nothing new is found; with --background in 'signalbox serve', which also goes \
                    on with what was cut off. Run it again later: what was imported and has not changed costs no more \
                    than its line in the listing. Exit status 1: done, and some objects failed.
                    """))

        @Argument(help: "Name of the source.") var source: String
        @Option(help: ArgumentHelp("Name of the target.", valueName: "target")) var to: String
        @OptionGroup(title: "What") var what: MigrationOptions
        @Option(
            help: ArgumentHelp("Only the objects that a report or a list of keys names.", valueName: "file"),
            completion: .file())
        var manifest: String?
        @Flag(help: "One listing: what comes while it runs is left to the next run.") var once = false
        @OptionGroup(title: "How fast") var tuning: TuningOptions
        @OptionGroup var place: BackgroundOption
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            let session = try Session(global)
            let plane = try session.plane(.writing)
            if let manifest { _ = try ManifestFile.keys(manifest) }
            let (from, into) = (try StoreText.name(source, .source), try StoreText.name(to, .target))
            _ = try (plane.imageStore(.source, named: from), plane.imageStore(.target, named: into))
            // Before the run is known to anybody, or a server would be as quick.
            let lock = try RunPlace(source: from.rawValue, target: into.rawValue, statePath: session.statePath).take()
            var settings = try what.settings(at: session.output.now)
            settings.listsOnce = once ? true : nil
            let run = try plane.beginImageRun(
                from: from, to: into, settings, tuning.applied(to: .standard),
                manifest: manifest.map { TextFile.absolute($0) })
            try await place.carryOut(run, session, plane, place.background ? nil : lock)
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume", abstract: "Go on with a run that was paused, has failed or was cut short.",
            discussion: Examples.text("signalbox images resume 3", "signalbox images resume 3 --background"))

        @Argument(help: ArgumentHelp("Number of the run.", valueName: "run")) var number: Int
        @OptionGroup var place: BackgroundOption
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            let session = try Session(global)
            let plane = try session.plane(.writing)
            let run = try plane.imageRun(number)
            guard run.canGoOn else {
                throw ErrorReport(
                    .refused, at: "run \(run.id)", "it is \(run.phase.rawValue), so there is nothing to go on with",
                    remedy: "signalbox images migrate \(run.source) --to \(run.target)")
            }
            let lock = try RunPlace(run, statePath: session.statePath).take()
            let open = try place.handOver(run, plane, "resume")
            try await place.carryOut(open, session, plane, place.background ? nil : lock)
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry", abstract: "Try the failed objects of a run again, all or those of some reasons.",
            discussion: Examples.text(
                "signalbox images retry 3", "signalbox images retry 3 --reason timed-out --reason throttled"))

        @Argument(help: ArgumentHelp("Number of the run.", valueName: "run")) var number: Int
        @Option(help: ArgumentHelp("Only these, as the report names them; repeatable.", valueName: "reason"))
        var reason: [Reason] = []
        @OptionGroup var place: BackgroundOption
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            let session = try Session(global)
            let plane = try session.plane(.writing)
            let run = try plane.imageRun(number)
            let whose = RunPlace(run, statePath: session.statePath)
            guard !whose.isTaken else {
                throw ErrorReport(
                    .refused, at: "run \(run.id)", "it is under way", remedy: "signalbox images pause \(run.id)")
            }
            let lock = try whose.take()
            let reasons = reason.isEmpty ? Set(Reason.allCases.filter(\.isFailure)) : Set(reason)
            let count = try RunFacts.newestLedger(run, session).reopen(reasons, of: run.id)
            guard count > 0 else {
                return session.output.note("run \(run.id) has no such object", .dim)
            }
            session.output.note("\(count) objects are tried again", .dim)
            let open = try place.handOver(
                try plane.changeImageRun(run.id, "retry") { $0.phase = .paused }, plane, "resume")
            try await place.carryOut(open, session, plane, place.background ? nil : lock)
        }
    }

    struct Pause: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pause", abstract: "Pause a run; what is under way is finished.",
            discussion: Examples.text("signalbox images pause 3", "signalbox images pause 3 --quiet"))

        @Argument(help: ArgumentHelp("Number of the run.", valueName: "run")) var number: Int
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws { try RunFacts.wish(.pause, number, try Session(global)) }
    }

    struct Abort: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "abort",
            abstract: "End a run for good; what is under way is finished, what was imported stays.",
            discussion: Examples.text("signalbox images abort 3", "signalbox images abort 3 --quiet"))

        @Argument(help: ArgumentHelp("Number of the run.", valueName: "run")) var number: Int
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws { try RunFacts.wish(.abort, number, try Session(global)) }
    }

    struct Tune: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tune", abstract: "Change how fast a run goes, while it goes.",
            discussion: Examples.text(
                "signalbox images tune 3 --transfers 8", "signalbox images tune 3 --bytes-per-second 10000000"))

        @Argument(help: ArgumentHelp("Number of the run.", valueName: "run")) var number: Int
        @OptionGroup(title: "How fast") var tuning: TuningOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let run = try session.plane(.writing).changeImageRun(number, "tune") {
                $0.tuning = tuning.applied(to: $0.tuning)
            }
            session.output.done(
                "\(run.id)", RunText.document(run, run.phase.rawValue, nil, nil),
                "run \(run.id): \(Self.sentence(run.tuning))")
        }

        private static func sentence(_ tuning: Tuning) -> String {
            let objects = tuning.objectsPerSecond.map { Int(exactly: $0).map { "\($0)" } ?? "\($0)" }
            return [
                "\(tuning.transfers) at once", objects.map { "at most \($0) objects a second" },
                tuning.bytesPerSecond.map { "at most \($0) bytes a second" },
            ].compactMap(\.self).joined(separator: ", ")
        }
    }
}

extension Reason: ExpressibleByArgument {}
