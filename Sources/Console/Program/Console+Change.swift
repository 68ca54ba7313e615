internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// What keys ask to be changed: offered by the screen, planned, asked about or done at once.
extension Console {
    static func ask(_ action: Action, _ model: inout ConsoleModel, at now: Instant) -> [Command<
        Effect, Message
    >] {
        // Whoever acts on a row has chosen it: it stays under the cursor wherever it goes.
        model.screen.table.pin()
        if model.performing != .nothing, [.toggle, .moveUp, .moveDown].contains(action) {
            if model.pressedMeanwhile.count < 50 { model.pressedMeanwhile.append(action) }
            return []
        }
        guard let context = model.context(at: now) else {
            // Pressed before the state was read: it is meant for what comes.
            if action.isChange, model.isReading { model.pressedEarly = action }
            return []
        }
        if action == .add { return add(context, &model, at: now) }
        if action.isChange, !context.marks.isEmpty { return askAll(action, context, &model, at: now) }
        if action == .undo, let inverse = model.inverse, inverse.until > now {
            model.inverse = nil
            return start(inverse.operation, &model, at: now)
        }
        // What was done a moment ago is what u takes back, wherever the cursor is now.
        if action == .undo, let last = model.following.last?.deployment, last.isUndoable(at: context.now),
            LastChange.ownOfMail(since: last.at, context) == nil
        {
            return start(.undo(last.id), &model, at: now)
        }
        var offer: Offer
        if let screen = model.screen.place.screen {
            offer = screen.offer(action, model.screen.selected, context)
        } else {
            offer = textOffer(action, context)
        }
        if action == .undo { offer = LastChange.undo(offer, context) }
        switch offer {
        case .none:
            model.say(.info, "\(Words.text(action.rawValue)) does not apply here", at: now, seconds: 4)
            return []
        case .unavailable(let why):
            model.say(.warning, why, at: now)
            return []
        case .go(let place): return go(to: place, &model, at: now)
        case .operation(let operation): return start(operation, &model, at: now)
        case .command(let words): return command(words, &model, at: now)
        }
    }

    /// Asks for the words of the command that adds something here.
    private static func add(
        _ context: ScreenContext, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        guard let form = model.screen.place.screen?.form(context) else {
            model.say(.info, "nothing is added here", at: now, seconds: 4)
            return []
        }
        guard !model.setup.isReadOnly else {
            model.say(.warning, "this console only reads (--read-only)", at: now)
            return []
        }
        model.overlay = .form(form)
        return []
    }

    /// Of several rows: one question after the other, each with its plan; what cannot be done is left out and told.
    private static func askAll(
        _ action: Action, _ context: ScreenContext, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        guard let screen = model.screen.place.screen, screen.bulk.contains(action) else {
            model.say(
                .warning,
                "rows are marked, and this is done one by one; \(model.setup.keys.key(.clearMarks)) clears the marks",
                at: now)
            return []
        }
        var operations: [Operation] = []
        var refused: TerminalText?
        for id in model.screen.table.targets {
            switch screen.offer(action, id, context) {
            case .operation(let operation): operations.append(operation)
            case .unavailable(let why): refused = refused ?? why
            case .go, .command, .none: break
            }
        }
        if let refused { model.say(.warning, "not all of them: \(refused)", at: now) }
        guard !operations.isEmpty else { return [] }
        model.screen.table.handle(.clearMarks, at: now)
        model.queued = operations.count
        model.queue = Array(operations.dropFirst())
        return start(operations[0], &model, at: now)
    }

    /// What a key means where text is read: to what the text is about.
    static func textOffer(_ action: Action, _ context: ScreenContext) -> Offer {
        switch context.place {
        case .difference(_, let right):
            // Who looks at a difference and goes back means the application.
            return action == .rollback
                ? ApplicationOffers.offer(action, right.application, context)
                : VersionsScreen.offer(action, right, context)
        case .deployment(let id):
            guard let row = context.picture.deployments.first(where: { $0.deployment.id == id }) else { return .none }
            return DeploymentsScreen.offer(action, row.deployment, context)
        case .added(MailActivityScreen.word, .some): return MailActivityScreen.offer(action, nil, context)
        default: return .none
        }
    }

    static func start(_ operation: Operation, _ model: inout ConsoleModel, at now: Instant) -> [Command<
        Effect, Message
    >] {
        guard !model.setup.isReadOnly else {
            model.say(
                .warning, "this console only reads (--read-only): \(Words.text(model.command(operation.words)))",
                at: now)
            return []
        }
        switch (operation.act, operation.risk) {
        case (.change, .undo):
            let token = model.nextToken()
            model.quiet.append(ChangeDialog(token, operation, model.around(at: now), at: now))
            return [.run(.plan(token, operation), id: EffectID("plan.\(token.number)"))]
        case (.change, _):
            let token = model.nextToken()
            model.overlay = .change(ChangeDialog(token, operation, model.around(at: now), at: now))
            return [.run(.plan(token, operation), id: "plan")]
        case (_, .typed(let word)):
            model.overlay = .typed(
                operation, TypedDialog.make(operation, word: word, model.around(at: now), at: now))
            return []
        case (_, .ask(let what)):
            model.overlay = .typed(operation, AskDialog.make(operation, what, model.around(at: now), at: now))
            return []
        case (.edit(let label), _):
            // Whoever opens a refused text again has chosen already.
            guard model.keptText[label] == nil, let picture = model.picture,
                let back = TakenBack(label, in: picture)
            else { return edit(label, model) }
            model.overlay = .typed(operation, EditDialog.make(back, operation, model.around(at: now), at: now))
            return []
        default: return perform(operation, &model, at: now)
        }
    }

    static func edit(_ label: Place.VersionLabel, _ model: ConsoleModel) -> [Command<Effect, Message>] {
        [.outside(.edit(label, kept: model.keptText[label]))]
    }

    static func perform(
        _ operation: Operation, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        if operation.act == .command {
            model.record(operation, operation.words, "given to the command line", failed: false, at: now)
            return run(operation.words, &model, at: now)
        }
        guard model.performing != .writing else {
            model.say(.warning, "the change before it is still being written", at: now)
            return []
        }
        model.performing = .writing
        return [.run(.perform(operation), id: "perform")]
    }

    /// The next key that waited, now that what it is meant for is on the screen.
    static func performNext(_ model: inout ConsoleModel, at now: Instant) -> [Command<Effect, Message>] {
        guard !model.pressedMeanwhile.isEmpty else { return [] }
        return ask(model.pressedMeanwhile.removeFirst(), &model, at: now)
    }
}

extension ConsoleModel {
    /// Where a question is asked.
    func around(at now: Instant) -> ChangeDialog.Around {
        ChangeDialog.Around(
            place: StyledLine("on ", .textMuted) + StyledLine(Words.text(setup.context), .text)
                + StyledLine("  state \(Words.text(setup.state))", .textMuted),
            picture: picture, time: time(at: now), commandOptions: setup.commandOptions, size: size, key: lastKey,
            turn: queued > 1 ? "\(queued - queue.count) of \(queued)" : .empty)
    }

    /// Fits everything to the window.
    mutating func resize() {
        let layout = ScreenLayout(self)
        screen.table.resize(rows: layout.page)
        switch overlay {
        case .change(var question)?:
            question.resize(size)
            overlay = .change(question)
        case .typed(let operation, var dialog)?:
            dialog.resize(size)
            overlay = .typed(operation, dialog)
        case .text(var page)?:
            page.resize(layout)
            overlay = .text(page)
        case .help(var help)?:
            help.resize(ScreenLayout(self).main)
            overlay = .help(help)
        case .command(let words, let printed, var dialog)?:
            dialog.resize(size)
            overlay = .command(words, printed: printed, dialog)
        case .environments?, .themes?, .columns?, .plain?, .form?, nil: break
        }
    }
}
