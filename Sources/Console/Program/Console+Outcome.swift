internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// What effects bring back.
extension Console {
    static func take(_ outcome: Outcome, _ model: inout ConsoleModel, at now: Instant) -> [Command<Effect, Message>] {
        switch outcome {
        case .picture(let result): return take(picture: result, &model, at: now)
        case .stateChanged: return readAgain(&model)
        case .live(let picture):
            return take(live: picture, &model, at: now)
        case .history(.success(let history)):
            model.history = history
            if model.scrub > 0 { model.refreshScreen(at: now) }
            return []
        // Without a state there is no history; the picture says why.
        case .history(.failure): return []
        case .theme(let result, let troubles):
            switch result {
            case .success(let theme): model.theme = theme
            case .failure(let problem): model.say(problem, at: now)
            }
            if let trouble = troubles.first { model.say(.warning, "theme \(Words.line(trouble))", at: now) }
            return []
        case .content(let place, let result):
            for index in model.screens.indices where model.screens[index].place == place {
                switch result {
                case .success(let content):
                    model.screens[index].content = content
                    model.screens[index].problem = nil
                case .failure(let problem): model.screens[index].problem = problem
                }
            }
            model.refreshScreen(at: now)
            guard model.performing == .reading(place) else { return [] }
            model.performing = .nothing
            // Whoever went elsewhere meanwhile, or cannot see what came of it, did not mean that.
            if model.screen.place != place || model.screen.problem != nil { model.pressedMeanwhile = [] }
            return performNext(&model, at: now)
        case .planned(let token, let result): return planned(token, result, &model, at: now)
        case .applied(let token, let result): return applied(token, result, &model, at: now)
        case .acknowledged(let token, let acknowledged):
            guard let index = model.following.firstIndex(where: { $0.token == token }) else { return [] }
            model.following[index].acknowledged = acknowledged
            if acknowledged.state != .waiting {
                model.toasts = Toasts()
                model.following[index].endedAt = now
                return readAgain(&model)
            }
            return []
        case .performed(let operation, let result): return performed(operation, result, &model, at: now)
        case .edited(let label, let outcome): return edited(label, outcome, &model, at: now)
        case .ran(let words, let id, let answer):
            model.running.removeAll { $0 == id }
            return ran(words, answer, &model, at: now)
        case .kept(let theme, let result):
            switch result {
            case .success(let path): model.say(.ok, "theme \(Words.text(theme)), kept in \(Words.text(path))", at: now)
            case .failure(let problem): model.say(problem, at: now)
            }
            return []
        }
    }

    /// One reading at a time; what changes meanwhile is read once more after it.
    static func readAgain(_ model: inout ConsoleModel) -> [Command<Effect, Message>] {
        guard !model.isPaused else {
            model.isOutdated = true
            return []
        }
        guard !model.isReading else {
            model.isOutdated = true
            return []
        }
        model.isReading = true
        let parts = model.screens.reduce(into: Set<Picture.Part>()) { $0.formUnion($1.place.parts) }
        return [.run(.readPicture(parts, after: model.picture), id: "picture")]
    }

    /// - Parameter picture: nil: nobody tells any more.
    private static func take(
        live picture: LivePicture?, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        let wasServed = model.isServed
        model.isServed = picture != nil
        // What was true until now begins to grow old.
        if picture != nil || wasServed { model.liveAt = now }
        guard !model.isPaused else { return [] }
        var commands: [Command<Effect, Message>] = []
        if let picture {
            // What the state says of nodes has changed with it, and changed while nobody told.
            if !wasServed || model.live?.nodes.map(\.standing) != picture.nodes.map(\.standing) {
                commands += readAgain(&model)
                // The server writes what nodes say within a second of telling it.
                commands.append(.after(milliseconds: 2_500, .outcome(.stateChanged), id: "nodes"))
            }
            model.live = picture
        }
        model.refreshScreen(at: now)
        // The store gets a piece every ten seconds.
        if model.historyAt.map({ now.since($0) >= 10_000 }) ?? true {
            model.historyAt = now
            commands.append(.run(.readHistory, id: "history"))
        }
        return commands
    }

    private static func take(
        picture result: Result<Picture?, Problem>, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        model.isReading = false
        let isFirst = model.picture == nil
        let before = model.picture.map(\.mutation)
        switch result {
        case .success(nil):
            model.pictureAt = now
            model.pictureProblem = nil
            return readOutdated(&model)
        case .success(let picture?):
            model.picture = picture
            model.pictureAt = now
            model.pictureProblem = nil
            model.follow(clock: picture.status.at, at: now)
        case .failure(let problem):
            model.pictureProblem = problem
            if isFirst { model.missedState = true }
            if !isFirst { model.say(problem, at: now) }
        }
        var commands: [Command<Effect, Message>] = []
        // A state that was not there at the start is watched from now on.
        if isFirst, model.picture != nil, model.missedState {
            commands.append(.follow(.watch(everyWrite: model.hearsEveryWrite), id: "feed"))
        }
        if isFirst, let path = model.setup.path, model.picture != nil { commands += go(toPath: path, &model, at: now) }
        model.refreshScreen(at: now)
        // Content may have changed with it.
        if model.screen.place.needsContent { commands.append(read(model.screen.place)) }
        if let before, let after = model.picture?.mutation, before != after { commands += planAgain(model) }
        return commands + readOutdated(&model)
    }

    private static func readOutdated(_ model: inout ConsoleModel) -> [Command<Effect, Message>] {
        guard model.isOutdated else { return [] }
        model.isOutdated = false
        return readAgain(&model)
    }

    /// A question that is open is about the state as it was: what was decided meanwhile may change what it asks.
    private static func planAgain(_ model: ConsoleModel) -> [Command<Effect, Message>] {
        guard case .change(let dialog)? = model.overlay, case .review = dialog.stage else { return [] }
        return [.run(.plan(dialog.token, dialog.operation), id: "plan")]
    }

    static func read(_ place: Place) -> Command<Effect, Message> {
        .run(.readContent(place), id: EffectID("content.\(place.path)"))
    }

    // MARK: changes

    private static func planned(
        _ token: ChangeDialog.Token, _ result: Result<Reviewed, Problem>, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        if let place = model.quiet.firstIndex(where: { $0.token == token }) {
            return planned(place, result, &model, at: now)
        }
        guard case .change(var dialog)? = model.overlay, dialog.token == token else { return [] }
        switch (dialog.stage, result) {
        // It is being committed: the answer to that is the one that counts.
        case (.applying, _): return []
        case (.review(let known), .success(let reviewed)) where known.checksum == reviewed.plan.checksum: return []
        case (.review, .success(let reviewed)):
            // Read again before it is confirmed: keys are deaf for a moment, and nothing is accepted beforehand.
            dialog.evidence = reviewed.evidence
            dialog.show(.review(reviewed.plan), at: now)
            model.say(.warning, "the state was changed meanwhile: this is what it means now", at: now)
        case (_, .success(let reviewed)):
            dialog.evidence = reviewed.evidence
            dialog.show(.review(reviewed.plan), at: now)
        case (_, .failure(let problem)): dialog.show(.failed(problem), at: now)
        }
        model.overlay = .change(dialog)
        return []
    }

    /// What is done at once is done, unless something stands against it: then it is asked about like all else.
    private static func planned(
        _ place: Int, _ result: Result<Reviewed, Problem>, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        switch result {
        case .failure(let problem):
            let question = model.quiet.remove(at: place)
            model.say(problem, at: now)
            model.record(question.operation, question.words, problem.message, failed: true, at: now)
            return next(&model, at: now)
        case .success(let reviewed):
            model.quiet[place].evidence = reviewed.evidence
            model.quiet[place].show(.review(reviewed.plan), at: now)
            if let plan = model.quiet[place].applyAtOnce() {
                let question = model.quiet[place]
                return [.run(.apply(question.token, plan, question.options), id: EffectID("apply.\(place)"))]
            }
            model.present(.change(model.quiet.remove(at: place)))
            return []
        }
    }

    private static func applied(
        _ token: ChangeDialog.Token, _ result: Result<Deployment, Problem>, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        if let place = model.quiet.firstIndex(where: { $0.token == token }) {
            let question = model.quiet.remove(at: place)
            switch result {
            case .failure(let problem):
                model.say(problem, at: now)
                model.record(question.operation, question.words, "\(problem.message)", failed: true, at: now)
                return next(&model, at: now)
            case .success(let deployment): return committed(question, deployment, &model, at: now)
            }
        }
        guard case .change(var dialog)? = model.overlay, dialog.token == token else { return [] }
        switch result {
        case .failure(let problem):
            dialog.show(.failed(problem), at: now)
            model.overlay = .change(dialog)
            model.record(dialog.operation, dialog.words, "\(problem.message)", failed: true, at: now)
            return []
        case .success(let deployment):
            model.closeOverlay()
            return committed(dialog, deployment, &model, at: now)
        }
    }

    private static func committed(
        _ question: ChangeDialog, _ deployment: Deployment, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        // What was said before is over: now the nodes are told of.
        model.toasts = Toasts()
        model.inverse = nil
        model.following.append(
            ConsoleModel.Following(
                token: question.token, deployment: deployment, title: question.operation.title,
                acknowledged: Acknowledged(nodes: [], missing: [], after: 0, state: .waiting)))
        model.record(
            question.operation, question.words, "deployment \(deployment.id): \(deployment.change.sentence)",
            failed: false, deployment: deployment.id, at: now)
        let follow: Command<Effect, Message> = .follow(
            .follow(question.token, deployment), id: EffectID("follow.\(deployment.id)"))
        return [follow] + readAgain(&model) + next(&model, at: now)
    }

    /// Of several rows that were marked, the next.
    private static func next(_ model: inout ConsoleModel, at now: Instant) -> [Command<Effect, Message>] {
        guard !model.queue.isEmpty else { return [] }
        return start(model.queue.removeFirst(), &model, at: now)
    }

    private static func performed(
        _ operation: Operation, _ result: Result<String, Problem>, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        switch result {
        case .success(let text):
            model.inverse = operation.inverse.map { ($0, now.adding(Deployment.undoWindow)) }
            var said = Words.line(text)
            if model.inverse != nil { said += ", \(model.setup.keys.key(.undo)) undoes it" }
            model.say(.ok, said, command: operation.words, at: now)
            model.record(operation, operation.words, text, failed: false, at: now)
        case .failure(let problem):
            // What was pressed after it was meant for what it should have left.
            model.pressedMeanwhile = []
            model.say(problem, at: now)
            model.record(operation, operation.words, problem.message, failed: true, at: now)
        }
        let place = model.screen.place
        guard place.needsContent, model.queue.isEmpty else {
            (model.performing, model.pressedMeanwhile) = (.nothing, [])
            return readAgain(&model) + next(&model, at: now)
        }
        model.performing = .reading(place)
        return [read(place)] + readAgain(&model)
    }

    private static func edited(
        _ label: Place.VersionLabel, _ outcome: EditOutcome, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        switch outcome {
        case .unchanged:
            model.keptText[label] = nil
            model.say(.info, "nothing was changed", at: now)
            return []
        case .saved(let version, let diff, let findings):
            model.keptText[label] = nil
            let written = Place.VersionLabel(version.application, version.number)
            let worst = findings.filter { $0.severity == .error }.count
            let rest: TerminalText =
                worst > 0 ? "; \(Words.count(worst, "error", "errors")) would stop a promotion" : .empty
            model.say(
                worst > 0 ? .warning : .ok, "saved \(Words.text("\(written)")): \(Words.text(diff.summary))\(rest)",
                command: ["version", "edit", "\(label)"], at: now)
            model.record(
                .edit(label), ["version", "edit", "\(label)"], "saved \(written): \(diff.summary)", failed: false,
                at: now)
            var commands = readAgain(&model)
            if let base = version.base {
                // What was saved is shown as the difference that it makes.
                let environment = model.environment ?? model.picture?.highest
                let from = environment.flatMap { model.picture?.served(label.application, in: $0) } ?? base
                if from != version.number {
                    commands += go(
                        to: .difference(Place.VersionLabel(label.application, from), written), &model, at: now)
                }
            }
            return commands
        case .refused(let problem, let text, let base):
            model.keptText[label] = KeptText(text: text, base: base, problem: problem)
            let again: TerminalText =
                "\(model.setup.keys.key(.edit)) opens your text again, on the first faulty line; nothing was written and nothing is lost"
            var page = ProblemPage.page("\(Words.text("\(label)")) was not saved", problem, hint: again)
            page.edits = label
            model.present(page)
            return []
        case .failed(let problem):
            model.say(problem, at: now)
            return []
        }
    }

    private static func ran(
        _ words: [String], _ answer: CommandAnswer, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        if let asked = answer.asked {
            let command = Words.text(model.command(CommandDialog.confirmed(words, printed: asked)))
            let dialog = CommandDialog.make(
                words, printed: asked, model.around(at: now), command: command, at: now)
            model.toasts.dismiss(id: "info")
            model.present(.command(words, printed: asked, dialog))
            return []
        }
        let lines = (answer.output + answer.errors).split(separator: "\n", omittingEmptySubsequences: false)
        let isError = answer.status > 1
        let title: TerminalText = "\(Words.text(model.command(words)))  exit \(Int(answer.status))"
        if answer.output.isEmpty, !isError, lines.count <= 3 {
            model.say(.ok, Words.line(answer.errors.isEmpty ? "done" : answer.errors), command: words, at: now)
        } else {
            let pager = TextPager(untrusted: answer.output + answer.errors, ink: isError ? .statusBad : .text)
            model.present(TextPage(title: title, pager: pager))
        }
        return readAgain(&model)
    }
}

extension ConsoleModel {
    mutating func record(
        _ operation: Operation, _ words: [String], _ result: String, failed: Bool, deployment: Int? = nil,
        at now: Instant
    ) {
        let words = words.first == "signalbox" ? Array(words.dropFirst()) : words
        log.append(
            OperationRecord(
                id: (log.last?.id ?? 0) + 1, at: time(at: now), title: operation.title, command: command(words),
                result: result, isFailed: failed, deployment: deployment))
    }
}

/// A problem with all that it says.
enum ProblemPage {
    static func page(_ title: TerminalText, _ problem: Problem, hint: TerminalText? = nil) -> TextPage {
        let lines = lines(problem) + (hint.map { [StyledLine(), StyledLine($0, .textKey)] } ?? [])
        return TextPage(title: title, pager: TextPager(lines), isProse: true)
    }

    static func lines(_ problem: Problem) -> [StyledLine] {
        var lines = [
            StyledLine("\(Words.text(problem.place)): ", .textStrong)
                + StyledLine(Words.line(problem.message), .statusBad)
        ]
        for finding in problem.findings {
            var place = Words.text(finding.place)
            if let line = finding.line { place = "line \(line), \(place)" }
            lines.append(
                StyledLine("\(Words.text(finding.severity.rawValue)) ", Role.severity(finding.severity), .bold)
                    + StyledLine("\(place): ", .textStrong) + StyledLine(Words.line(finding.message)))
            for line in (finding.excerpt ?? "").split(separator: "\n") {
                lines.append(StyledLine("    \(Words.text(line))", .textValue))
            }
            if let remedy = finding.remedy { lines.append(StyledLine("    \(Words.line(remedy))", .textKey)) }
        }
        lines += problem.details.map { StyledLine("  \(Words.line($0))", .text) }
        if let remedy = problem.remedy { lines.append(StyledLine("next: \(Words.line(remedy))", .textKey)) }
        return lines
    }
}

extension LiveNode {
    /// What is told of a node but for how long ago and how much: where that changes the state tells more.
    fileprivate var standing: LiveNode {
        var node = self
        (node.requestAge, node.reportAge, node.residentBytes) = (nil, nil, nil)
        for index in node.serving.indices { node.serving[index].milliseconds = 0 }
        return node
    }
}
