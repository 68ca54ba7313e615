internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import Glibc
internal import Logging
internal import StoreSQLite
internal import XDSServer

struct ServeVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the server that the nodes fetch their configuration from.",
        discussion: Examples.text(
            "signalbox serve", "signalbox serve --listen 10.0.0.5:9090 --certificate serve.pem --key serve.key",
            before: """
                Publishes what the state says is live, at the start and after every change, and notes what the nodes say. \
                Goes on with migrations of images that were left to it or cut off. \
                Stops on SIGTERM and SIGINT. Beyond loopback it needs a certificate: nodes send their tokens.
                """))

    @Option(help: ArgumentHelp("Address to listen on, or the path of a unix socket; repeatable.", valueName: "address"))
    var listen: [String] = ["127.0.0.1:9090"]
    @Option(
        help: ArgumentHelp("PEM file with the server's certificate and its chain.", valueName: "file"),
        completion: .file())
    var certificate: String?
    @Option(help: ArgumentHelp("PEM file with its key.", valueName: "file"), completion: .file()) var key: String?
    @Option(
        name: .customLong("read-token-file"),
        help: ArgumentHelp("File with the token for /metrics and /v1/fleet beyond loopback.", valueName: "file"),
        completion: .file())
    var readTokenFile: String?
    @Option(
        help: ArgumentHelp(
            "How long origins stay at the nodes after the last node has left them.", valueName: "duration"))
    var settle = "30s"
    @Option(
        help: ArgumentHelp(
            "How long after a new plan a node that begins anew holds it for all others.", valueName: "duration"))
    var suspicion = "30s"
    @Option(
        help: ArgumentHelp(
            "How long the first node serves a new plan alone before the others get it; up to 20s.",
            valueName: "duration"))
    var trial = "15ms"
    @Option(
        name: .customLong("mail-sockets"),
        help: ArgumentHelp(
            "Folder of the unix sockets on which Postfix asks about mail, usually /var/spool/postfix/signalbox.",
            valueName: "folder"),
        completion: .directory)
    var mailSockets: String?
    @Option(
        name: .customLong("mail-log"),
        help: ArgumentHelp("Postfix's log file, from which mail is counted.", valueName: "file"), completion: .file())
    var mailLog: String?
    @OptionGroup var validation: ValidationOptions
    @Option(
        name: .customLong("log-level"), help: ArgumentHelp("debug, info, notice, warning or error.", valueName: "level")
    )
    var logLevel = "info"
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if (certificate == nil) != (key == nil) { throw ValidationError("Give --certificate and --key together.") }
        if DurationText.milliseconds(settle) == nil { throw ValidationError("--settle takes a duration such as 30s.") }
        if DurationText.milliseconds(suspicion) == nil {
            throw ValidationError("--suspicion takes a duration such as 30s.")
        }
        if !(0...20_000).contains(DurationText.milliseconds(trial) ?? -1) {
            throw ValidationError("--trial takes a duration of up to 20s, such as 15ms.")
        }
        if mailLog != nil, mailSockets == nil { throw ValidationError("Give --mail-log together with --mail-sockets.") }
        if Logger.Level(rawValue: logLevel) == nil {
            throw ValidationError("--log-level takes debug, info, notice, warning or error.")
        }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let session = try Session(global)
        let isShared = SQLiteStore.isShared(session.statePath)
        // Whatever is made beside a group's state is the group's, whoever runs the server and whatever the umask.
        if isShared { umask(0o007) }
        let store = try session.store(.keeping)
        let checkpoints = try session.store(.keeping)
        let plane = ControlPlane(
            store: try session.store(.reading), actor: session.environment.actor(claimed: global.actor),
            now: TimeText.now, random: Session.random)
        let log = Logger(label: "signalbox") { [logLevel] _ in
            ServeLog(level: Logger.Level(rawValue: logLevel) ?? .info)
        }
        let service = XDSService(
            try settings(session), logger: log, now: TimeText.now,
            authenticate: { (try? plane.authenticate($0, token: $1)) ?? false },
            contains: { (try? plane.contains($0)) ?? false },
            regions: {
                let nodes = (try? plane.nodes()) ?? []
                return Dictionary(nodes.map { ($0.node.name, $0.node.region) }, uniquingKeysWith: { first, _ in first })
            })
        let keeper = try FleetKeeper(store: store, log: log)
        let traffic = try TrafficKeeper(store: try session.store(.keeping), dataPlane: service, log: log)
        let server = Server(
            plane: plane, dataPlane: service, checks: validation.serverChecks(session), keeper: keeper, log: log)
        let mail = try await mailService(session, log)
        let migrations = MigrationKeeper(
            session: session,
            plane: ControlPlane(
                store: try session.store(.keeping), actor: session.environment.actor(claimed: global.actor),
                now: TimeText.now, random: Session.random), log: log)
        // Events are asked for before anything can happen.
        let (events, observed) = (service.events, service.events)
        let feed = try WatchFeed()
        let wakeUps = try WakeUpListener(
            statePath: session.statePath, mode: isShared ? 0o660 : 0o600,
            answers: ["live": { Self.blocking { await traffic.live } }],
            handOvers: [
                "published": { client, _ in
                    store.nudge()
                    Task {
                        await mail?.refresh()
                        await server.publish()
                        ServerSocket.send(await server.answer, to: client)
                        ServerSocket.disconnect(client)
                    }
                },
                "watch": { client, _ in
                    feed.add(client)
                    Task { feed.tell(await traffic.picture) }
                },
                OriginRequest.operation: { client, request in
                    Task {
                        ServerSocket.send(await OriginRequest.answer(request, service, log), to: client)
                        ServerSocket.disconnect(client)
                    }
                },
            ])
        feed.start()
        defer { feed.stop() }
        await server.publish()
        await mail?.start()
        wakeUps.start()
        defer { wakeUps.stop() }
        let folding = Task { await Self.foldLog(of: checkpoints, log) }
        defer { folding.cancel() }
        let observing = Task { await Self.observe(observed, traffic, feed) }
        defer { observing.cancel() }
        let migrating = Task { await migrations.run() }
        try await run(service, server, keeper, mail, store.changes(), events, log) {
            if let position = try? plane.journalPosition() { feed.tell(mutation: position.sequence) }
        }
        await migrations.stop()
        await migrating.value
        await mail?.stop()
        await keeper.save()
        await observing.value
        log.info("stopped")
    }

    private func run(
        _ service: XDSService, _ server: Server, _ keeper: FleetKeeper, _ mail: MailService?,
        _ changes: AsyncStream<Void>, _ events: AsyncStream<FleetEvent>, _ log: Logger,
        _ tell: @escaping @Sendable () -> Void
    ) async throws {
        let stop = Task {
            let number = await StopSignal.wait()
            log.info("stopping", metadata: ["signal": "\(number)"])
            await service.shutdown()
        }
        defer { stop.cancel() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in changes {
                    await mail?.refresh()
                    await server.publish()
                    tell()
                }
            }
            group.addTask { for await event in events { await keeper.handle(event) } }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(1))
                    await keeper.save()
                }
            }
            defer { group.cancelAll() }
            do {
                try await service.run { bindings in
                    log.info(
                        "listening", metadata: ["addresses": "\(bindings.map(\.description).joined(separator: " "))"])
                }
            } catch let error as XDSServerError {
                throw ErrorReport(
                    error.code == .clearTextBeyondLoopback ? .usage : .unavailable, at: error.place, error.message,
                    remedy: error.remedy)
            }
        }
    }

    private func mailService(_ session: Session, _ log: Logger) async throws -> MailService? {
        guard let mailSockets else { return nil }
        return try await MailService(
            sockets: mailSockets, logFile: mailLog, session: session, store: try session.store(.reading),
            ledger: try session.store(.keeping).mailLedger, log: log)
    }

    /// Until the events end; then everything that was observed is kept.
    private static func observe(
        _ events: AsyncStream<FleetEvent>, _ traffic: TrafficKeeper, _ feed: WatchFeed
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while (try? await Task.sleep(for: .seconds(1))) != nil {
                    await traffic.save()
                    if feed.isWatched { feed.tell(await traffic.picture) }
                }
            }
            for await event in events { await traffic.handle(event) }
            group.cancelAll()
        }
        await traffic.finish()
    }

    /// Writes the state's log back now and then, on a thread that may wait for the disk, so that no command has to.
    private static func foldLog(of store: SQLiteStore, _ log: Logger) async {
        while (try? await Task.sleep(for: .seconds(10))) != nil {
            await withCheckedContinuation { done in
                OwnThread.start {
                    do {
                        try store.checkpoint()
                    } catch {
                        log.warning("the state's log is not written back: \(ErrorReport(error).message)")
                    }
                    done.resume()
                }
            }
        }
    }

    private func settings(_ session: Session) throws -> XDSSettings {
        let bindings = try listen.map { text -> XDSSettings.Binding in
            if text.contains("/") { return .unix(path: text) }
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
                (0...65535).contains(port)
            else {
                throw ErrorReport(
                    .usage, at: "--listen \(text)", "write an address with its port, or the path of a unix socket",
                    remedy: "signalbox serve --listen 127.0.0.1:9090")
            }
            let host = text[..<colon].filter { $0 != "[" && $0 != "]" }
            return .tcp(host: String(host), port: port)
        }
        var tls: XDSSettings.TLSFiles?
        if let certificate, let key { tls = XDSSettings.TLSFiles(certificate: certificate, key: key) }
        let token = try readTokenFile.map { try Secret.firstLine(of: $0) }
        return XDSSettings(
            bindings: bindings, tls: tls, readToken: token,
            rollout: .init(
                settle: Int64(DurationText.milliseconds(settle) ?? 30_000),
                firstNode: .init(suspicion: Int64(DurationText.milliseconds(suspicion) ?? 30_000))),
            trial: Int64(DurationText.milliseconds(trial) ?? 15),
            memory: session.statePath + ".rollout")
    }

    /// Runs a task from a thread that may wait: the wake-up listener's own.
    private static func blocking(_ body: @escaping @Sendable () async -> String) -> String {
        let box = AnswerBox()
        Task { box.put(await body()) }
        return box.take()
    }
}
