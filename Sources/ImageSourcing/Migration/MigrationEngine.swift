/// Carries a migration out: what the machine decides is done here, at most `Tuning.transfers` objects at once, and what
/// became of each is written to the ledger in batches.
///
/// One engine takes one run to a standstill: completed, paused, failed or aborted. A paused or failed run is resumed by a
/// new engine on the same ledger.
package actor MigrationEngine {
    /// Fates are written down once in so long, or when so many have come.
    private static let spacing = Duration.seconds(1)
    private static let batch = 4096
    private static let attempts = 5
    private static let pageSize = 1000
    private static let tick = Duration.milliseconds(250)

    private let source: any ObjectSource
    private let target: any ImageTarget
    private let ledger: any ImageLedger
    private let transfer: ObjectTransfer
    private let settings: MigrationSettings
    private let limits: ImageLimits
    private let surroundings: Surroundings
    private let encode: @Sendable (Progress) -> String
    private let observe: @Sendable (Progress) -> Void
    private let gauge: StageGauge
    private let actions: AsyncStream<MigrationMachine.Action>
    private let decided: AsyncStream<MigrationMachine.Action>.Continuation

    private var machine: MigrationMachine
    private var run: LedgerRun
    private var tuning: Tuning
    private var queue: [LedgerRow] = []
    private var queueStart = 0
    private var results: [LedgerRow] = []
    private var isFlushing = false
    private var lastFlush = Duration.zero
    private var flushWaiters: [CheckedContinuation<Void, Never>] = []
    private var lastClaimed: ObjectKey?
    /// Up to here an earlier process may have stored objects without writing that down.
    private let suspects: ObjectKey?
    private var meter = LimiterMeter()
    private var speed = Speedometer()
    private var objectGate: RateGate
    private var byteGate: RateGate
    private var heldUntil = Duration.zero
    private var lastSample: (now: Duration, processor: Duration)?
    private var isOutOfQuota = false
    private var stopReasons: Set<Reason> = []

    /// - Parameter run: as the ledger has it; begun before.
    /// - Parameter encode: how progress is written down in the ledger.
    package init(
        source: any ObjectSource, target: any ImageTarget, ledger: any ImageLedger, run: LedgerRun,
        settings: MigrationSettings, tuning: Tuning, surroundings: Surroundings,
        encode: @escaping @Sendable (Progress) -> String, observe: @escaping @Sendable (Progress) -> Void = { _ in }
    ) throws(LedgerError) {
        let abilities = target.capabilities
        limits = ImageLimits(maximumBytes: settings.maximumBytes).stricter(
            ImageLimits(
                maximumBytes: abilities.maximumBytes, maximumPixels: abilities.maximumPixels,
                maximumSide: abilities.maximumSide, maximumSides: abilities.maximumSides,
                maximumAnimationArea: abilities.maximumAnimationArea))
        gauge = StageGauge()
        transfer = ObjectTransfer(source: source, target: target, settings: settings, limits: limits, gauge: gauge)
        self.source = source
        self.target = target
        self.ledger = ledger
        self.run = run
        self.settings = settings
        self.tuning = tuning
        self.surroundings = surroundings
        self.encode = encode
        self.observe = observe
        suspects = run.claimed
        machine = MigrationMachine(
            transfers: tuning.transfers, pass: run.pass, isListed: run.isListed,
            found: try ledger.tally(of: run.id).pending.objects, listsOnce: settings.listsOnce ?? false)
        objectGate = RateGate(perSecond: tuning.objectsPerSecond)
        byteGate = RateGate(perSecond: tuning.bytesPerSecond.map { Double($0) })
        (actions, decided) = AsyncStream.makeStream()
    }

    // MARK: what people want

    /// What is under way is finished, nothing new is begun: what waits for its turn goes on waiting.
    package func pause() { decide(.pause) }
    package func abort() { decide(.abort) }

    package func tune(_ tuning: Tuning) {
        self.tuning = tuning
        objectGate.change(perSecond: tuning.objectsPerSecond)
        byteGate.change(perSecond: tuning.bytesPerSecond.map { Double($0) })
        decide(.tuned(transfers: tuning.transfers))
    }

    /// Runs until nothing is left to do or somebody wants it to stop; cancelling the task cuts what is under way, which
    /// then waits for the next run.
    /// - Returns: how it stands at the end.
    package func run() async -> Progress {
        await withDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    await self.surroundings.sleep(Self.tick)
                    await self.look()
                }
            }
            decide(.started)
            for await action in actions {
                switch action {
                case .list: group.addTask { await self.listPage() }
                case .claim(let limit): claim(limit)
                case .transfer(let count):
                    for row in take(count) { group.addTask { await self.move(row) } }
                case .beginPass(let pass): await beginPass(pass)
                case .rewind:
                    await flushAll()
                    lastClaimed = nil
                case .end: decided.finish()
                }
            }
            group.cancelAll()
        }
        return await finish()
    }

    private func decide(_ event: MigrationMachine.Event) {
        for action in machine.handle(event) { decided.yield(action) }
    }

    // MARK: listing

    private func listPage() async {
        let request = ListingRequest(
            prefix: ObjectKey(settings.filter.prefix), after: run.position, limit: Self.pageSize)
        var attempt = 1
        while true {
            do {
                let page = try await source.list(request)
                let objects = page.objects.map { ($0, settings.verdict(on: $0, limits: limits)) }
                run.position = page.next
                run.isListed = page.next == nil
                let waiting = try ledger.record(
                    objects, next: page.next, of: run.id, revisiting: settings.revisit)
                return decide(.listed(waiting: waiting, isLast: page.next == nil))
            } catch let error as ObjectFailure {
                guard error.isPassing, attempt < Self.attempts, !Task.isCancelled else {
                    return decide(.listingFailed(error))
                }
                await surroundings.sleep(backOff(attempt, error))
                attempt += 1
            } catch {
                return decide(.broke((error as? LedgerError)?.message ?? "\(error)"))
            }
        }
    }

    private func beginPass(_ pass: Int) async {
        await flushAll()
        // What was stored and could not be written down stays what was under way: so it is known as ours afterwards.
        guard results.isEmpty else { return }
        (run.pass, run.position, run.isListed, run.claimed) = (pass, nil, false, nil)
        lastClaimed = nil
        write()
    }

    // MARK: transfers

    private func claim(_ limit: Int) {
        do {
            let rows = try ledger.claim(limit, after: lastClaimed, of: run.id)
            if let last = rows.last {
                lastClaimed = last.object.key
                run.claimed = max(run.claimed ?? .first, last.object.key)
            }
            if queueStart > 0 {
                queue.removeFirst(queueStart)
                queueStart = 0
            }
            queue += rows
            decide(.claimed(rows.count))
        } catch {
            decide(.broke(error.message))
        }
    }

    private func take(_ count: Int) -> ArraySlice<LedgerRow> {
        let end = min(queueStart + count, queue.count)
        defer { queueStart = end }
        return queue[queueStart..<end]
    }

    /// Moves an object, and then one after the other as long as there are any for this task.
    private nonisolated func move(_ first: LedgerRow) async {
        var next: LedgerRow? = first
        while let row = next, !Task.isCancelled { next = await moveOne(row) }
    }

    private nonisolated func moveOne(_ row: LedgerRow) async -> LedgerRow? {
        var attempt = 1
        let mayBeDone = suspects.map { row.object.key <= $0 } ?? false
        while true {
            let wait = await pause(before: row)
            if wait > .zero {
                gauge.enter(.cap)
                await rest(wait)
                gauge.leave(.cap)
                // It has not begun.
                if await machine.isStopping { return await settle(nil, ObjectTransfer.Result(row: row, bytes: 0)) }
            }
            // What failed in one attempt may have been done in it.
            let result = await transfer.run(row, mayBeDone: mayBeDone || attempt > 1)
            if Task.isCancelled, result.failure != nil { return await settle(nil, result) }
            guard let failure = result.failure, failure.isPassing, attempt < Self.attempts else {
                var done = result
                done.row.attempts = row.attempts + attempt
                return await settle(done.row, done)
            }
            let pause = backOff(attempt, failure)
            if failure.code == .throttled { await hold(pause) }
            await rest(pause)
            if await machine.isStopping { return await settle(nil, result) }
            attempt += 1
        }
    }

    /// Waits, at most until nobody wants the run to go on.
    private nonisolated func rest(_ whole: Duration) async {
        var left = whole
        while left > .zero, !Task.isCancelled, await !machine.isStopping {
            let nap = min(left, Self.tick)
            await surroundings.sleep(nap)
            left -= nap
        }
    }

    /// How long an object waits for the run's own limits, and for a store that asked for patience.
    private func pause(before row: LedgerRow) -> Duration {
        let now = surroundings.now()
        return max(
            heldUntil - now, objectGate.wait(for: 1, now: now),
            byteGate.wait(for: Double(row.object.size ?? 0), now: now), .zero)
    }

    private func hold(_ pause: Duration) { heldUntil = max(heldUntil, surroundings.now() + pause) }

    private nonisolated func backOff(_ attempt: Int, _ failure: ObjectFailure) -> Duration {
        if let wanted = failure.retryAfter { return min(wanted, .seconds(300)) }
        return .seconds(0.2 * Double(1 << min(attempt, 6)) * (0.5 + surroundings.random()))
    }

    /// - Parameter row: nil: it waits as before.
    /// - Returns: the next one to move.
    private func settle(_ row: LedgerRow?, _ result: ObjectTransfer.Result) async -> LedgerRow? {
        speed.add(objects: row == nil ? 0 : 1, bytes: result.bytes)
        if let row {
            results.append(row)
            if case .failed(let reason) = row.fate { stopReasons.insert(reason) }
        }
        if result.failure?.code == .quota { isOutOfQuota = true }
        await flushIfDue()
        var next: LedgerRow?
        for action in machine.handle(.transferred(result.failure)) {
            if case .transfer(let count) = action, next == nil, let row = take(1).first {
                next = row
                if count > 1 { decided.yield(.transfer(count - 1)) }
            } else {
                decided.yield(action)
            }
        }
        return next
    }

    // MARK: what is written and shown

    private func flushIfDue() async {
        if results.count >= Self.batch || surroundings.now() - lastFlush >= Self.spacing { await flush() }
    }

    /// Writes fates down, once the target has made them lasting; what comes meanwhile is left for the next time.
    private func flush() async {
        guard !results.isEmpty, !isFlushing else { return }
        (isFlushing, lastFlush) = (true, surroundings.now())
        let rows = results
        results = []
        do {
            if rows.contains(where: \.fate.isStored) { try await target.settle() }
            try ledger.settle(rows, of: run.id)
        } catch {
            results = rows + results
            decide(.broke((error as? LedgerError)?.message ?? (error as? ObjectFailure)?.message ?? "\(error)"))
        }
        isFlushing = false
        for waiter in flushWaiters { waiter.resume() }
        flushWaiters = []
    }

    private func flushAll() async {
        while isFlushing { await withCheckedContinuation { flushWaiters.append($0) } }
        await flush()
    }

    private func write() {
        do { try ledger.update(run) } catch { decide(.broke(error.message)) }
    }

    private func look() async {
        let (now, processor) = (surroundings.now(), surroundings.processorTime())
        let stages = gauge.sample
        var share = 0.0
        if let last = lastSample, now > last.now { share = (processor - last.processor) / (now - last.now) }
        lastSample = (now, processor)
        meter.add(
            LimiterMeter.Sample(
                source: stages.source, target: stages.target, cap: stages.cap,
                idle: machine.isListingComplete ? 0 : machine.idle, processor: share))
        speed.look(at: now)
        await flushIfDue()
        guard !machine.phase.isOver else { return }
        let progress = progress
        run.progress = encode(progress)
        write()
        observe(progress)
    }

    private var progress: Progress {
        let pending = (try? ledger.tally(of: run.id).pending.objects) ?? 0
        let left = machine.isListingComplete && speed.objects > 0 ? Double(pending) / speed.objects : nil
        return Progress(
            phase: machine.phase, pass: machine.pass, transfers: tuning.transfers, underWay: machine.transfersUnderWay,
            objectsPerSecond: speed.objects, bytesPerSecond: speed.bytes,
            limiter: isOutOfQuota ? .quota : meter.limiter,
            at: surroundings.date(), secondsLeft: left, cause: machine.cause?.message, remedy: machine.cause?.remedy)
    }

    private func finish() async -> Progress {
        await flushAll()
        // Nothing is under way any more, if all fates were written; and what failed for everybody's reason waits for the
        // next attempt.
        if machine.phase.isOver, results.isEmpty { run.claimed = nil }
        if machine.phase == .failed, let cause = machine.cause {
            let reasons = stopReasons.intersection([.source(cause.code), .target(cause.code)])
            if cause.code != .local { _ = try? ledger.reopen(reasons, of: run.id) }
        }
        let progress = progress
        run.progress = encode(progress)
        write()
        observe(progress)
        return progress
    }
}
