package import ControlPlane
package import EdgeModel
package import ImageSourcing
package import TerminalUI

/// Does what the console asks for, through the same library as the subcommands.
package struct ConsoleHandler: EffectHandler {
    package typealias Message = Console.Message

    /// What only the executable can do.
    package struct Services: Sendable {
        /// The library over the state, for reading or for writing. Throws when there is none.
        package var plane: @Sendable (_ isWriting: Bool) throws -> ControlPlane
        /// What is told without being asked; with every write to the state, or with those that decide something.
        package var feed: @Sendable (_ everyWrite: Bool) -> AsyncStream<FeedEvent>
        /// Tells the server that something was committed; whether one runs.
        package var tellPublished: @Sendable () -> Bool
        /// Tests of a plan outside of the store, with the evidence they give.
        package var check: @Sendable (Plan) async throws -> (findings: [Finding], evidence: [String: String])
        /// Content as text and back.
        package var text: @Sendable (DocumentValue) -> String
        package var document: @Sendable (String) throws -> DocumentNode
        /// Opens a text in the person's editor, under this name and on this line, and gives what was saved.
        package var editor: @Sendable (_ name: String, _ text: String, _ line: Int) async throws -> String
        /// Runs a command of the command line on this state.
        package var run: @Sendable ([String]) async -> CommandAnswer
        /// What the ledger of a migration knows, with so many of the objects that failed at most.
        package var imageRun: @Sendable (ImageRun, _ failures: Int) throws -> ImageRunFacts
        /// Describes an error of any adapter.
        package var describe: @Sendable (any Error) -> Problem
        /// A theme by its name, and what is wrong with its file.
        package var theme: @Sendable (String) throws -> (theme: ResolvedTheme, troubles: [String])
        /// Keeps a choice for the next console and tells where.
        package var keep: @Sendable (Choice) throws -> String
        package var now: @Sendable () -> Timestamp
        /// Returns after so long, or early when its task is cancelled.
        package var sleep: @Sendable (Duration) async -> Void

        package init(
            plane: @escaping @Sendable (_ isWriting: Bool) throws -> ControlPlane,
            feed: @escaping @Sendable (_ everyWrite: Bool) -> AsyncStream<FeedEvent>,
            tellPublished: @escaping @Sendable () -> Bool,
            check: @escaping @Sendable (Plan) async throws -> (findings: [Finding], evidence: [String: String]),
            text: @escaping @Sendable (DocumentValue) -> String,
            document: @escaping @Sendable (String) throws -> DocumentNode,
            editor: @escaping @Sendable (_ name: String, _ text: String, _ line: Int) async throws -> String,
            run: @escaping @Sendable ([String]) async -> CommandAnswer,
            imageRun: @escaping @Sendable (ImageRun, _ failures: Int) throws -> ImageRunFacts,
            describe: @escaping @Sendable (any Error) -> Problem,
            theme: @escaping @Sendable (String) throws -> (theme: ResolvedTheme, troubles: [String]),
            keep: @escaping @Sendable (Choice) throws -> String, now: @escaping @Sendable () -> Timestamp,
            sleep: @escaping @Sendable (Duration) async -> Void
        ) {
            self.plane = plane
            self.feed = feed
            self.tellPublished = tellPublished
            self.check = check
            self.text = text
            self.document = document
            self.editor = editor
            self.run = run
            self.imageRun = imageRun
            self.describe = describe
            self.theme = theme
            self.keep = keep
            self.now = now
            self.sleep = sleep
        }
    }

    private let services: Services

    package init(_ services: Services) { self.services = services }

    package func run(_ effect: Effect, _ send: @escaping @Sendable (Console.Message) -> Void) async {
        switch effect {
        case .readPicture(let parts, let old):
            send(.outcome(.picture(attempt { try Picture.read(services.plane(false), parts, after: old) })))
        case .readTheme(let name): send(.outcome(theme(name)))
        case .watch(let everyWrite):
            for await event in services.feed(everyWrite) {
                switch event {
                case .live(let picture): send(.outcome(.live(picture)))
                case .silent: send(.outcome(.live(nil)))
                case .written: send(.outcome(.stateChanged))
                }
            }
        case .readHistory:
            let now = services.now()
            send(
                .outcome(
                    .history(
                        attempt {
                            try services.plane(false).traffic(
                                from: now.advanced(byMilliseconds: -3_600_000), to: now, by: .version)
                        })))
        case .readContent(let place):
            let content = attempt { () throws -> Content in
                let content = try place.content(services.plane(false))
                guard let images = content.images else { return content }
                return .added(try images.known(by: services.imageRun, at: place))
            }
            send(.outcome(.content(place, content)))
        case .plan(let token, let operation): send(.outcome(.planned(token, await plan(operation))))
        case .apply(let token, let plan, let options):
            let result = attempt { try services.plane(true).apply(plan, options) }
            if case .success = result { _ = services.tellPublished() }
            send(.outcome(.applied(token, result)))
        case .follow(let token, let deployment): await follow(token, deployment, send)
        case .perform(let operation): send(.outcome(.performed(operation, attempt { try perform(operation) })))
        case .edit(let label, let kept): send(.outcome(.edited(label, await edit(label, kept: kept))))
        case .run(let words, let id): send(.outcome(.ran(words, id, await services.run(words))))
        case .readNames:
            // Without them less is completed, and that is all.
            let names = try? CommandArgument.Subject.names(services.plane(false))
            send(.outcome(.names(names ?? [:])))
        case .keep(let choice): send(.outcome(.kept(choice, attempt { try services.keep(choice) })))
        }
    }

    private func attempt<T>(_ body: () throws -> T) -> Result<T, Problem> {
        do {
            return .success(try body())
        } catch {
            return .failure(services.describe(error))
        }
    }

    package func theme(_ name: String) -> Outcome {
        let result = attempt { try services.theme(name) }
        return .theme(result.map(\.theme), troubles: (try? result.get().troubles) ?? [])
    }

    // MARK: changing

    /// With what checks outside of the store find, as a promotion on the command line has it.
    private func plan(_ operation: Operation) async -> Result<Reviewed, Problem> {
        guard case .change(let request) = operation.act else {
            return .failure(Problem(at: operation.title, "it needs no plan"))
        }
        let result = attempt { try services.plane(false).plan(request) }
        guard case .success(var plan) = result, plan.isGated, plan.touchesProduction else {
            return result.map { Reviewed(plan: $0, evidence: [:]) }
        }
        do {
            let (findings, evidence) = try await services.check(plan)
            plan.findings += findings
            return .success(Reviewed(plan: plan, evidence: evidence))
        } catch {
            // Checks that cannot be made are no checks that passed.
            return .failure(services.describe(error))
        }
    }

    private func follow(
        _ token: ChangeDialog.Token, _ deployment: Deployment, _ send: @Sendable (Console.Message) -> Void
    ) async {
        // The wait of the command line's `--wait`.
        let limit = 30_000
        let isServed = services.tellPublished()
        var last: Acknowledged?
        while !Task.isCancelled {
            // Since it was committed: nodes may have it before anybody looks.
            let after = max(0, Int(services.now().milliseconds - deployment.at.milliseconds))
            var now = Acknowledged(nodes: [], missing: [], after: after, state: .waiting)
            if let plane = try? services.plane(false), let known = try? plane.awaiting(deployment) {
                (now.nodes, now.missing) = (known.acknowledged, known.missing)
                if now.missing.isEmpty {
                    now.state = isServed || !now.nodes.isEmpty ? .done : .unserved
                } else if !isServed {
                    now.state = .unserved
                } else if let standstill = try? plane.standstill(of: deployment) {
                    now.state = .held(standstill.sentences.first ?? "a node holds it")
                }
            }
            if now.state == .waiting, after > limit { now.state = .timedOut }
            if now.nodes != last?.nodes || now.missing != last?.missing || now.state != last?.state {
                send(.outcome(.acknowledged(token, now)))
                last = now
            }
            guard now.state == .waiting else { return }
            await services.sleep(.milliseconds(20))
        }
    }

    private func perform(_ operation: Operation) throws -> Performed {
        switch operation.act {
        case .change, .edit, .command: throw Problem(at: operation.title, "it has to be asked about")
        case .blockSender(let sender, let domain):
            return Performed(try Operation.applyBlock(sender, domain, services.plane(true)))
        case .lock(let label):
            let version = try services.plane(true).lockVersion(reference(label))
            return Performed("locked \(version.label)")
        case .createVersion(let name, let number):
            let version = try services.plane(true).createVersion(
                of: name, from: VersionReference(application: name, selector: .number(number)),
                note: "from \(name)@\(number)")
            return Performed(
                "made draft \(version.label) of \(name)@\(number)",
                made: Place.VersionLabel(version.application, version.number))
        case .changeRule(let label, let ref, let edit):
            let plane = try services.plane(true)
            let version = try plane.resolve(reference(label))
            guard let changed = edit.applied(to: try plane.configuration(of: version), ref: ref) else {
                throw Problem(at: "\(label)", "\(ref) is not there any more", remedy: "read it again")
            }
            let document = try services.document(services.text(changed.document))
            let (written, diff, _) = try plane.applyVersion(
                reference(label), document: document, expected: version.digest)
            return Performed("\(written.label): \(diff.summary)")
        }
    }

    private func reference(_ label: Place.VersionLabel) -> VersionReference {
        VersionReference(application: label.application, selector: .number(label.number))
    }

    private func edit(_ label: Place.VersionLabel, kept: KeptText?) async -> EditOutcome {
        do {
            let plane = try services.plane(true)
            let version = try plane.resolve(reference(label))
            let base = kept?.base ?? version.digest
            let original = services.text(try plane.configuration(of: version).document)
            let before = kept?.text ?? original
            let opened = kept?.problem.map { EditText.annotated(before, $0) } ?? (text: before, line: 1)
            let text = EditText.stripped(try await services.editor("\(label)", opened.text, opened.line))
            // Left as it was: an edit that was refused is given up with that.
            guard text != before, text != original else { return .unchanged }
            do {
                let document = try services.document(text)
                let (written, diff, findings) = try plane.applyVersion(
                    reference(label), document: document, expected: base, copyIfLocked: true)
                return .saved(written, diff, findings)
            } catch {
                return .refused(services.describe(error), text: text, base: base)
            }
        } catch {
            return .failed(services.describe(error))
        }
    }
}
