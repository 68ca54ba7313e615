/// Runs a program on a terminal: the only place where its messages, work, time and frames meet.
///
/// All messages that wait are taken before one view is made. While the terminal is busy with a frame no other is made,
/// so a slow line always gets the newest picture next. When nothing happens nothing runs.
package actor Runner<P: Program, Handler: EffectHandler<P.Effect, P.Message>> {
    private enum Item: Sendable {
        case input(InputEvent)
        /// - Parameter from: the work that sends it.
        case message(P.Message, Pacing.Need, from: Int? = nil)
        case ended(token: Int)
        case presented(FrameReceipt)
        case outsideEnded
        case timer
        case eventsEnded
    }

    private struct Work {
        var task: Task<Void, Never>
        var id: EffectID?
        var isFollowing: Bool
    }

    /// What was done so far, for a display of frames and for tests.
    package struct Statistics: Sendable, Hashable {
        package var frames = 0
        package var bytes = 0
        package var messages = 0
        /// How often the runner was woken, by whatever.
        package var wakeUps = 0
    }

    private let terminal: any Terminal
    private let handler: Handler
    private let clock: RunnerClock
    /// Where work runs; nil: in Swift's own pool.
    private let executor: (any TaskExecutor)?
    private let inbox = Inbox<Item>()

    private var model: P.Model
    private var pacing = Pacing()
    private var work: [Int: Work] = [:]
    private var nextToken = 0
    private var timer: (due: Instant, task: Task<Void, Never>)?
    /// What the terminal shows; nil: it is to be shown whatever it is.
    private var shown: (frame: Frame, theme: ResolvedTheme)?
    private var status: Int32?
    package private(set) var statistics = Statistics()

    /// - Parameter executor: for all work, which tasks of its own inherit; nil: Swift's own pool.
    package init(
        _ model: P.Model, terminal: any Terminal, handler: Handler, clock: RunnerClock,
        executor: (any TaskExecutor)? = nil
    ) {
        self.model = model
        self.terminal = terminal
        self.handler = handler
        self.clock = clock
        self.executor = executor
    }

    /// Work that is under way and will end by itself; following does not count.
    package var inFlight: Int { work.values.count { !$0.isFollowing } }

    /// Another way in for messages, such as a watched theme file.
    package nonisolated func send(_ message: P.Message) { inbox.post(.message(message, .soon)) }

    /// Runs until the program quits or the terminal ends, closes the terminal, and gives the exit status. Once.
    ///
    /// - Parameter first: what the program is told before everything else.
    package func run(first: [P.Message] = []) async -> Int32 {
        let events = terminal.events
        await withDiscardingTaskGroup { group in
            group.addTask { [inbox] in
                for await event in events { inbox.post(.input(event)) }
                inbox.post(.eventsEnded)
            }
            for message in first { apply(message, need: .now, &group) }
            draw(&group)
            for await _ in inbox.doorbell {
                statistics.wakeUps += 1
                for item in inbox.takeAll() where status == nil { take(item, &group) }
                if status != nil { break }
                draw(&group)
            }
            timer?.task.cancel()
            for work in work.values { work.task.cancel() }
            // Before the work has ended: the person has the shell back at once.
            await terminal.close()
            group.cancelAll()
        }
        inbox.close()
        return status ?? 0
    }

    private func take(_ item: Item, _ group: inout DiscardingTaskGroup) {
        switch item {
        case .input(let event): pacing.hold(for: apply(P.input(event), need: .now, &group), at: clock.now())
        case .message(let message, let need, let sender):
            let started = apply(message, need: need, &group)
            if let sender, pacing.waits(for: sender) { pacing.hold(for: started, at: clock.now()) }
        case .ended(let token):
            work[token] = nil
            pacing.ended(token)
        case .presented(let receipt):
            statistics.bytes += receipt.bytes
            pacing.isPresenting = false
        case .outsideEnded:
            pacing.isOutside = false
            shown = nil
            pacing.note(.now)
        case .timer:
            timer = nil
            // What was waited for has come, also when the program then names a later instant or none.
            if let message = P.elapsed() {
                apply(message, need: .soon, &group)
            } else {
                pacing.note(.soon)
            }
        // 128 + SIGHUP: nobody is there any more.
        case .eventsEnded: status = status ?? 129
        }
    }

    /// - Returns: work that was started and will end by itself.
    @discardableResult
    private func apply(_ message: P.Message, need: Pacing.Need, _ group: inout DiscardingTaskGroup) -> [Int] {
        statistics.messages += 1
        pacing.note(need)
        let first = nextToken
        for command in P.update(&model, message, at: clock.now()) { perform(command, &group) }
        return (first..<nextToken).filter { work[$0].map { !$0.isFollowing } ?? false }
    }

    private func perform(_ command: Command<P.Effect, P.Message>, _ group: inout DiscardingTaskGroup) {
        switch command {
        case .run(let effect, let id):
            start(id: id, following: false, &group) { [handler, inbox] token in
                await handler.run(effect) { inbox.post(.message($0, .now, from: token)) }
            }
        case .follow(let effect, let id):
            start(id: id, following: true, &group) { [handler, inbox] _ in
                await handler.run(effect) { inbox.post(.message($0, .soon)) }
            }
        case .cancel(let id): cancel(id)
        case .after(let milliseconds, let message, let id):
            let due = clock.now().adding(milliseconds)
            start(id: id, following: true, &group) { [clock, inbox] _ in
                await clock.sleep(due)
                if !Task.isCancelled { inbox.post(.message(message, .now)) }
            }
        case .copy(let text):
            start(id: nil, following: false, &group) { [terminal, inbox] _ in
                inbox.post(.message(P.copied(await terminal.copyToClipboard(text)), .now))
            }
        case .outside(let effect):
            pacing.isOutside = true
            start(id: nil, following: false, &group) { [terminal, handler, inbox] _ in
                await terminal.runOutside { await handler.run(effect) { inbox.post(.message($0, .now)) } }
                inbox.post(.outsideEnded)
            }
        case .suspend:
            shown = nil
            group.addTask { [terminal] in await terminal.suspend() }
        case .repaint:
            shown = nil
            group.addTask { [terminal] in await terminal.repaint() }
        case .quit(let status): self.status = status
        }
    }

    private func start(
        id: EffectID?, following: Bool, _ group: inout DiscardingTaskGroup,
        _ body: @escaping @Sendable (_ token: Int) async -> Void
    ) {
        if let id { cancel(id) }
        let token = nextToken
        nextToken += 1
        let task = Task(executorPreference: executor) { await body(token) }
        work[token] = Work(task: task, id: id, isFollowing: following)
        // The group owns the task: it is waited for, and cancelled with the group.
        group.addTask { [inbox] in
            await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }
            inbox.post(.ended(token: token))
        }
    }

    private func cancel(_ id: EffectID) {
        for (token, work) in work where work.id == id {
            work.task.cancel()
            // What it still sends is late, but it is no longer the work of that name.
            self.work[token]?.id = nil
        }
    }

    private func draw(_ group: inout DiscardingTaskGroup) {
        let now = clock.now()
        switch pacing.decide(at: now, wakeUp: P.wakeUp(model, at: now)) {
        case .draw:
            let frame = P.view(model, at: now)
            let theme = P.theme(model)
            if let shown, shown.frame == frame, shown.theme == theme {
                // Something happened that is not to be seen.
                pacing.passed(at: now)
                arm(P.wakeUp(model, at: now), &group)
                return
            }
            shown = (frame, theme)
            pacing.drew(at: now)
            statistics.frames += 1
            group.addTask { [terminal, inbox] in
                inbox.post(.presented(await terminal.present(frame, theme)))
            }
        case .wait(let due): arm(due, &group)
        }
    }

    private func arm(_ due: Instant?, _ group: inout DiscardingTaskGroup) {
        if timer?.due == due { return }
        timer?.task.cancel()
        timer = nil
        guard let due else { return }
        let task = Task(executorPreference: executor) { [clock, inbox] in
            await clock.sleep(due)
            if !Task.isCancelled { inbox.post(.timer) }
        }
        timer = (due, task)
        group.addTask {
            await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }
        }
    }
}
