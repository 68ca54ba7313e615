internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// What came of changes, edits and commands.
extension Console {
    static func planned(
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

    static func applied(
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

    static func performed(
        _ operation: Operation, _ result: Result<Performed, Problem>, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        switch result {
        case .success(let performed):
            let text = performed.text
            if let made = performed.made { model.expect(made) }
            model.inverse = operation.inverse.map { ($0, now.adding(Deployment.undoWindow)) }
            var said = Words.line(text)
            if model.inverse != nil { said += ", \(model.setup.keys.key(.undo)) undoes it" }
            if case .blockSender = operation.act { said += ", \(model.setup.keys.key(.promote)) promotes it" }
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

    static func edited(
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
            // What is locked was copied for it.
            if written != label { model.expect(written) }
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

    static func ran(
        _ words: [String], _ answer: CommandAnswer, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        // That it runs is over.
        model.toasts.dismiss(id: "info")
        if let asked = answer.asked {
            let command = Words.text(model.command(CommandDialog.confirmed(words, printed: asked)))
            let dialog = CommandDialog.make(
                words, printed: asked, model.around(at: now), command: command, at: now)
            model.present(.command(words, printed: asked, dialog))
            return []
        }
        let lines = (answer.output + answer.errors).split(separator: "\n", omittingEmptySubsequences: false)
        let isError = answer.status > 1
        let title: TerminalText = "\(Words.text(model.command(words)))  exit \(Int(answer.status))"
        // What was done is a sentence; what was asked for is read in peace.
        let isSentence = !CommandWords.isReading(words, model.setup.commands) && lines.filter { !$0.isEmpty }.count == 1
        // The newest change is what is taken back.
        if answer.status == 0, !CommandWords.isReading(words, model.setup.commands) { model.inverse = nil }
        if !isError, isSentence || answer.output.isEmpty && lines.count <= 3 {
            let text = answer.output + answer.errors
            model.say(.ok, Words.line(text.isEmpty ? "done" : text), command: words, at: now)
        } else {
            let pager = TextPager(untrusted: answer.output + answer.errors, ink: isError ? .statusBad : .text)
            // Tables are answers; what is told beside them, and errors, are sentences.
            model.present(TextPage(title: title, pager: pager, isProse: answer.output.isEmpty))
        }
        if let (form, entered) = model.entered, entered == words {
            model.entered = nil
            // Behind the answer, which is read first.
            if let next = isError ? form : form.next?(form.form.values) { model.present(.form(next)) }
        }
        return readAgain(&model)
    }
}

extension ConsoleModel {
    /// The list of an application's versions goes to one that was made just now.
    mutating func expect(_ version: Place.VersionLabel) {
        for index in screens.indices where screens[index].place == .versions(version.application) {
            screens[index].made = "\(version)"
        }
    }

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
