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
            model.refreshScreen(at: now)
            return []
        // Without a state there is no history; the picture says why.
        case .history(.failure): return []
        case .theme(let result, let troubles):
            switch result {
            case .success(let theme):
                model.theme = theme
                // What is drawn in cells takes the characters that it has.
                model.refreshScreen(at: now)
            case .failure(let problem): model.say(problem, at: now)
            }
            if let trouble = troubles.first { model.say(.warning, "theme \(Words.line(trouble))", at: now) }
            return []
        case .content(let place, let result):
            for index in model.screens.indices where model.screens[index].place == place {
                switch result {
                case .success(let content):
                    model.screens[index].content = content.following(model.screens[index].content)
                    model.screens[index].problem = nil
                case .failure(let problem): model.screens[index].problem = problem
                }
            }
            model.refreshScreen(at: now)
            let again = lookAgain(place, model)
            guard model.performing == .reading(place) else { return again }
            model.performing = .nothing
            // Whoever went elsewhere meanwhile, or cannot see what came of it, did not mean that.
            if model.screen.place != place || model.screen.problem != nil { model.pressedMeanwhile = [] }
            return again + performNext(&model, at: now)
        case .moved(let place):
            guard model.screen.place == place else { return [] }
            return model.isPaused ? lookAgain(place, model) : [read(place)]
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
        case .names(let names):
            model.names = names
            complete(&model)
            return []
        case .kept(let choice, let result):
            switch (choice, result) {
            case (.theme(let name), .success(let path)):
                model.say(.ok, "theme \(Words.text(name)), kept in \(Words.text(path))", at: now)
            case (.hidden, .success(let path)): model.say(.ok, "columns, kept in \(Words.text(path))", at: now)
            case (_, .failure(let problem)): model.say(problem, at: now)
            }
            return []
        }
    }

    /// While somebody looks at what moves without the state being told.
    private static func lookAgain(_ place: Place, _ model: ConsoleModel) -> [Command<Effect, Message>] {
        guard model.screen.place == place, let moves = model.screen.content?.movesAfter else { return [] }
        return [.after(milliseconds: moves, .outcome(.moved(place)), id: "moved")]
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
            // What happened to mail may be more all the same.
            let more = model.screen.place.showsMail ? [read(model.screen.place)] : []
            return more + readOutdated(&model)
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
        if model.picture != nil, let early = model.pressedEarly {
            model.pressedEarly = nil
            commands += ask(early, &model, at: now)
        }
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
