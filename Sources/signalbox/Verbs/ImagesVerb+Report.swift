internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import FoundationEssentials
internal import ImageSourcing
internal import LedgerSQLite

extension ImagesVerb {
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "How migrations go and went, the newest first.",
            discussion: Examples.text(
                "signalbox images status", "signalbox images status --watch | jq .totals",
                before: "With --watch it ends when nothing runs any more, and writes lines of JSON into a pipe."))

        @OptionGroup var watching: WatchOptions
        @Option(help: ArgumentHelp("So many at most.", valueName: "number")) var last = 20
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func validate() throws {
            guard last > 0 else { throw ValidationError("--last takes a number from 1.") }
        }

        func run() async throws {
            var moving: Set<Int>?
            try await watching.show(global, linesForPipes: true) { session in
                let output = session.output
                guard let plane = try session.planeIfAny() else {
                    output.list(Self.listing([], output))
                    return false
                }
                let facts = try plane.imageRuns().reversed().prefix(last).map { try RunFacts($0, session) }
                if facts.isEmpty {
                    output.hint("No migration yet. Next: \(session.commandLine("images migrate SOURCE --to TARGET"))")
                }
                // On a terminal the whole list stands in one place; a pipe gets all of it once, then what moves to its end.
                let told = moving.map { moving in facts.filter { $0.isRunning || moving.contains($0.run.id) } }
                output.list(Self.listing(output.isTerminal ? Array(facts) : told ?? Array(facts), output))
                moving = Set(facts.lazy.filter(\.isRunning).map(\.run.id))
                return moving?.isEmpty == false
            }
        }

        private static func listing(_ facts: [RunFacts], _ output: Output) -> Listing {
            var listing = Listing([
                .number("RUN"), "SOURCE", "TARGET", "STATE", .number("LISTED"), .number("IMPORTED"), .number("KEPT"),
                .number("SKIPPED"), .number("FAILED"), .number("WAITING"), .number("RATE"), "LIMITED BY", "STARTED",
            ])
            for fact in facts {
                let progress = fact.isRunning ? fact.progress : nil
                func count(_ value: (Tally) -> Int) -> Listing.Cell { fact.tally.map { .text(value($0)) } ?? .none }
                let isBad = fact.state == "failed" || fact.state == "interrupted"
                listing.add(
                    "\(fact.run.id)", fact.document, .text(fact.run.id), .text(fact.run.source), .text(fact.run.target),
                    .text(SafeText(fact.state), isBad ? .bad : fact.isRunning ? .good : .plain),
                    count(\.listed.objects), count(\.imported.objects), count(\.kept.objects), count(\.skipped.objects),
                    count(\.failed.objects), count(\.pending.objects),
                    progress.map { .text("\(Int($0.objectsPerSecond.rounded()))/s") } ?? .none,
                    progress.map { .text($0.limiter) } ?? .none,
                    .time(Timestamp(milliseconds: fact.run.startedAt)))
            }
            return listing
        }
    }

    struct Report: ParsableCommand {
        enum Format: String, CaseIterable, ExpressibleByArgument { case csv, json }

        static let configuration = CommandConfiguration(
            commandName: "report", abstract: "What became of every object of a run, also while it runs.",
            discussion: Examples.text(
                "signalbox images report 3", "signalbox images report 3 --failed --format csv > failed.csv",
                before: """
                    Without --format it is the sums: listed = imported + kept + skipped + failed + waiting. As CSV or \
                    JSON it has an entry for each object and can be given to 'images migrate --manifest'.
                    """))

        @Argument(help: ArgumentHelp("Number of the run.", valueName: "run")) var number: Int
        @Option(help: "An entry for each object: csv or json.") var format: Format?
        @Flag(help: "Only objects that failed.") var failed = false
        @Flag(help: "Only objects that were left out, such as what is no whole image.") var skipped = false
        @Option(help: ArgumentHelp("Only objects of this reason; repeatable.", valueName: "reason")) var reason:
            [Reason] = []
        @OptionGroup(title: "Global options") var global: GlobalOptions

        /// Objects that are read at once.
        private static let page = 1000

        func run() throws {
            let session = try Session(global)
            let facts = try RunFacts(try session.plane(.reading).imageRun(number), session)
            var fates: Set<ObjectFate>?
            if failed || skipped {
                let reasons = Reason.allCases.filter { $0.isFailure ? failed : skipped }
                fates = Set(reasons.map { ObjectFate($0) })
            }
            if !reason.isEmpty { fates = Set(reason.map { ObjectFate($0) }) }
            guard let format = format ?? (session.output.isJSON || fates == nil ? nil : .csv) else {
                return session.output.show("\(number)", facts.document) {
                    [
                        Output.Piece(
                            "run \(number) from \(facts.run.source) to \(facts.run.target): \(facts.state)", .strong)
                    ]
                        + (facts.tally.map { RunText.pieces($0) } ?? [])
                }
            }
            let ledger = try RunFacts.ledger(facts.run, session, isReadOnly: true)
            if let newest = try? ledger.newestRun(), newest.id != number {
                session.output.note(
                    "run \(newest.id) came after it: what run \(number) imported is in the sums only", .dim)
            }
            switch format {
            case .csv: session.output.script(ReportText.header)
            case .json:
                let totals = (facts.tally.map { RunText.totals($0) } ?? .null).json()
                session.output.script(
                    "{\"run\":\(number),\"state\":\"\(facts.state)\",\"totals\":\(totals),\"objects\":[")
            }
            var after: ObjectKey?
            var isFirst = true
            while true {
                let rows: [LedgerRow]
                do {
                    rows = try ledger.rows(of: number, fates: fates, after: after, limit: Self.page)
                } catch {
                    throw ErrorReport(error)
                }
                guard let last = rows.last else { break }
                switch format {
                case .csv: session.output.script(rows.map(ReportText.line).joined(separator: "\n"))
                case .json:
                    let lines = rows.map { Self.document($0).json() }.joined(separator: ",\n")
                    session.output.script((isFirst ? "" : ",") + lines)
                }
                isFirst = false
                after = last.object.key
            }
            if format == .json { session.output.script("]}") }
        }

        private static func document(_ row: LedgerRow) -> DocumentValue {
            let text = row.object.key.text
            let hex = row.object.key.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            let flags: DocumentValue = .array(row.flags.words.map { .string($0) })
            let number = { (value: Int64?) -> DocumentValue? in value.map { .int(Int($0)) } }
            let word = { (value: String?) -> DocumentValue? in value.map { .string($0) } }
            return .object([
                "key": word(text), "key_hex": word(text == nil ? hex : nil), "fate": .string(row.fate.word),
                "reason": word(row.fate.reason?.rawValue), "offset": number(row.offset),
                "size": number(row.object.size), "etag": word(row.object.etag?.text),
                "modified": word(row.object.modified.map { Timestamp(milliseconds: $0).description }),
                "format": word(row.format?.rawValue), "flags": row.flags.words.isEmpty ? nil : flags,
                "attempts": .int(row.attempts),
            ])
        }
    }

    struct Survey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "survey", abstract: "List a source and look at a sample: what a migration would meet.",
            discussion: Examples.text(
                "signalbox images survey press --to media", "signalbox images survey press --prefix 2024/ --sample 500",
                before: "Nothing is sent to the target; with --to, its limits count and sampled names are compared."))

        @Argument(help: "Name of the source.") var source: String
        @Option(help: ArgumentHelp("Name of the target.", valueName: "target")) var to: String?
        @OptionGroup(title: "What") var what: MigrationOptions
        @Option(help: ArgumentHelp("Objects to look at.", valueName: "number")) var sample = 200
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func validate() throws {
            guard (1...10_000).contains(sample) else {
                throw ValidationError("--sample takes a number from 1 to 10000.")
            }
        }

        func run() async throws {
            let session = try Session(global)
            let plane = try session.plane(.reading)
            let from = try plane.imageStore(.source, named: try StoreText.name(source, .source))
            let into = try to.map { try plane.imageStore(.target, named: try StoreText.name($0, .target)) }
            var settings = try what.settings(at: session.output.now)
            settings.filter.prefix = from.prefix + settings.filter.prefix
            settings.targetPrefix = (into?.prefix ?? "") + settings.targetPrefix
            let opener = ImageStoreOpener(session)
            let surveyor = Surveyor(
                try opener.source(from), target: try into.map { try opener.target($0) }, settings: settings,
                sampleSize: sample, random: { Int.random(in: 0..<max(1, $0)) })
            let survey: ImageSourcing.Survey
            do {
                survey = try await surveyor.run()
            } catch {
                let name = error.store == .source ? from.name : into?.name ?? ""
                throw ErrorReport(error.failure, at: "\(error.store.rawValue) \(name)")
            }
            session.output.show(from.name, Self.document(survey)) { Self.pieces(survey) }
        }

        private static func pieces(_ survey: ImageSourcing.Survey) -> [Output.Piece] {
            let share = { (count: Int) in "\(count) of \(survey.sample.count)" }
            var facts: [(name: SafeText, value: SafeText)] = [
                ("objects", "\(survey.objects), \(Bytes.text(survey.bytes))"),
                ("to be read", "\(survey.wanted), \(Bytes.text(survey.wantedBytes))"),
            ]
            for (reason, count) in survey.skipped.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                facts.append(("skipped", "\(reason.rawValue): \(count)"))
            }
            for (format, count) in survey.formats { facts.append(("sampled", "\(format.rawValue): \(share(count))")) }
            for (reason, count) in survey.refusals {
                facts.append(("would not be imported", "\(reason.rawValue): \(share(count))"))
            }
            if survey.isCompared {
                facts.append(("names taken", SafeText(share(survey.clashes.count))))
                for key in survey.clashes.prefix(3) { facts.append(("", SafeText(key.description))) }
            }
            if let room = survey.room {
                let lack: SafeText = survey.tooMany > 0 ? ", too few for \(survey.tooMany) of them" : ""
                facts.append(("room", "\(room) images\(lack)"))
            }
            facts.append(("requests", "\(survey.calls)"))
            if let hours = survey.hours {
                facts.append(("at least", SafeText("\(ProgressText.rounded(hours)) h at the target's limit")))
            }
            return Facts.pieces(facts)
        }

        private static func document(_ survey: ImageSourcing.Survey) -> DocumentValue {
            func counts(_ pairs: [(String, Int)]) -> DocumentValue {
                .object(pairs.map { DocumentMember($0.0, .int($0.1)) })
            }
            let skipped = survey.skipped.map { ($0.key.rawValue, $0.value) }.sorted { $0.0 < $1.0 }
            let hours: DocumentValue? = survey.hours.map { .double($0) }
            let taken: DocumentValue? = survey.isCompared ? .int(survey.clashes.count) : nil
            return .object([
                "objects": .int(survey.objects), "bytes": .int(Int(survey.bytes)), "wanted": .int(survey.wanted),
                "wanted_bytes": .int(Int(survey.wantedBytes)), "requests": .int(survey.calls), "hours": hours,
                "sampled": .int(survey.sample.count), "skipped": counts(skipped),
                "formats": counts(survey.formats.map { ($0.0.rawValue, $0.1) }),
                "refused": counts(survey.refusals.map { ($0.0.rawValue, $0.1) }), "names_taken": taken,
                "room": survey.room.map { .int(Int($0)) },
                "too_many": survey.room.map { _ in .int(Int(survey.tooMany)) },
            ])
        }
    }
}
