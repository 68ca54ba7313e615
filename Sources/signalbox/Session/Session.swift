internal import ControlPlane
internal import EdgeModel
internal import Glibc
internal import StoreSQLite

/// One run of a verb: where its state is, how it speaks, who runs it.
struct Session: Sendable {
    let statePath: String
    private(set) var output: Output
    let environment: ProcessEnvironment
    let client: ClientConfiguration
    /// `--yes`
    let assumesYes: Bool
    /// `--as`
    let claimed: String?

    /// - Parameter sink: takes what is said in place of the process's own streams.
    init(
        _ options: GlobalOptions, environment: ProcessEnvironment = .current,
        sink: (@Sendable (Output.Stream, String) -> Void)? = nil
    ) throws {
        let client = try ClientConfiguration.load(environment)
        let plain = options.noColor || environment["NO_COLOR"] != nil || environment["TERM"] == "dumb"
        self.environment = environment
        self.client = client
        assumesYes = options.yes
        claimed = options.actor
        // What belongs to a state, such as the server's socket, lies beside the file itself, not beside a link to it.
        statePath = SQLiteStore.file(
            of: StatePath.resolve(options.state ?? environment["SIGNALBOX_STATE"] ?? client.state, environment))
        output = Output(
            format: options.output ?? client.output ?? .table, quiet: options.quiet,
            width: environment.isOutputTerminal ? environment.columns ?? 80 : nil,
            colours: environment.isOutputTerminal && !plain, errorColours: environment.isErrorTerminal && !plain,
            now: TimeText.now(), sink: sink)
    }

    /// For an answer of which a program that reads it wants a line each time: unless a form was asked for, a pipe gets
    /// lines of JSON.
    func withLinesForPipes(_ options: GlobalOptions) -> Session {
        guard options.output == nil, client.output == nil, !output.isTerminal else { return self }
        var result = self
        result.output.format = .jsonl
        return result
    }

    enum Access {
        case reading, writing
        /// What nodes report, which they say again: kept without waiting for the disk.
        case keeping
    }

    /// The library over the state, which must exist: reading never makes one.
    func plane(_ access: Access) throws -> ControlPlane {
        plane(over: try store(access))
    }

    func plane(over store: any ConfigurationStore) -> ControlPlane {
        ControlPlane(
            store: store, actor: environment.actor(claimed: claimed), now: TimeText.now, random: Self.random,
            leaves: LeafFile(beside: statePath))
    }

    func store(_ access: Access) throws -> SQLiteStore {
        try SQLiteStore.open(
            path: statePath, mode: access == .reading ? .readOnly : .readWrite, options: storeOptions(access))
    }

    /// A person or a pipeline waits for another's transaction rather than to be sent away, and is told so; a server has
    /// its next turn in a second.
    func storeOptions(_ access: Access) -> SQLiteStore.Options {
        if access == .keeping { return SQLiteStore.Options(durability: .withTheNext) }
        return SQLiteStore.Options(busyTimeout: .seconds(10)) { [output] wait in
            output.note(
                "waiting for \(wait.holder), which is writing to the state (up to \(wait.limit.components.seconds) s)",
                .dim)
        }
    }

    /// nil when there is no state yet, which is said with the next command; what a list shows as empty.
    func planeIfAny() throws -> ControlPlane? {
        do {
            return try plane(.reading)
        } catch let error as StoreError where error.code == .missing {
            output.hint("No state at \(statePath) yet. Next: \(commandLine("init"))")
            return nil
        }
    }

    /// A command of this program on the same state, as it can be typed.
    func commandLine(_ words: String) -> SafeText {
        SafeText("signalbox \(words)\(hints)")
    }

    /// Options that make a command mean the same state on the same machine.
    private var hints: String {
        (isStandardState ? "" : " --state \(ShellWord.quoted(statePath))")
            + (environment.context.map { " --context \($0)" } ?? "")
    }

    /// Options that make a command of this machine mean the same state, as words.
    var stateOptions: [String] {
        (isStandardState ? [] : ["--state", statePath]) + (environment.context.map { ["--context", "\($0)"] } ?? [])
    }

    private var isStandardState: Bool {
        let standard = StatePath.resolve(environment["SIGNALBOX_STATE"] ?? client.state, environment)
        return statePath == SQLiteStore.file(of: standard)
    }

    /// A listing, or an empty one with the command that makes its first row.
    func list(
        _ columns: [Listing.Column], of subject: FirstSteps.Subject,
        _ fill: (ControlPlane, inout Listing) throws -> Void
    ) throws {
        var listing = Listing(columns)
        guard let plane = try planeIfAny() else { return output.list(listing) }
        try fill(plane, &listing)
        output.list(listing)
        guard listing.rows.isEmpty, output.tellsHints else { return }
        let steps = try FirstSteps(plane, isServerRunning: ServerSocket.isAnswering(statePath: statePath))
        output.hint("Nothing here yet. Next: \(onThisState(steps.command(for: subject)))")
    }

    /// Ends a look at the whole account with what is left to do until a first promotion.
    ///
    /// - Parameter made: a node that was registered just now, and where its token is.
    func tellNextStep(
        _ plane: ControlPlane, isServerRunning: Bool, made: (node: ResourceName, tokenFile: String)? = nil
    ) throws {
        guard output.tellsHints else { return }
        var steps = try FirstSteps(plane, isServerRunning: isServerRunning)
        if let made { (steps.node, steps.tokenFile, steps.wasNodeSeen) = (made.node.rawValue, made.tokenFile, false) }
        guard let next = steps.next else { return }
        output.hint("Next\(FirstSteps.isLasting(next) ? ", in a terminal of its own" : ""): \(onThisState(next))")
    }

    /// A command of this program, as it can be typed, on the state of this run.
    func onThisState(_ command: String) -> SafeText {
        guard !hints.isEmpty else { return SafeText(command) }
        // The option goes before a redirection.
        let parts = command.split(separator: " > ", maxSplits: 1).map { String($0) }
        return SafeText(([parts[0] + hints] + parts.dropFirst()).joined(separator: " > "))
    }

    /// Unpredictable bytes from the kernel.
    static let random: @Sendable (Int) -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}

/// Where the state is.
enum StatePath {
    static func resolve(_ given: String?, _ environment: ProcessEnvironment) -> String {
        let path = given ?? environment.directory("XDG_STATE_HOME", home: ".local/state") + "/signalbox/state.db"
        if path.hasPrefix("~/"), let home = environment["HOME"] { return home + path.dropFirst(1) }
        return path
    }
}
