internal import ControlPlane
internal import EdgeModel
internal import Glibc
internal import StoreSQLite

/// One run of a verb: where its state is, how it speaks, who runs it.
struct Session: Sendable {
    let statePath: String
    let output: Output
    let environment: ProcessEnvironment
    let client: ClientConfiguration
    /// `--yes`
    let assumesYes: Bool
    private let claimed: String?

    init(_ options: GlobalOptions, environment: ProcessEnvironment = .current) throws {
        let client = try ClientConfiguration.load(environment)
        let plain = options.noColor || environment["NO_COLOR"] != nil || environment["TERM"] == "dumb"
        self.environment = environment
        self.client = client
        assumesYes = options.yes
        claimed = options.actor
        statePath = StatePath.resolve(options.state ?? environment["SIGNALBOX_STATE"] ?? client.state, environment)
        output = Output(
            format: options.output ?? client.output ?? .table, quiet: options.quiet,
            width: environment.isOutputTerminal ? environment.columns ?? 80 : nil,
            colours: environment.isOutputTerminal && !plain, errorColours: environment.isErrorTerminal && !plain,
            now: TimeText.now())
    }

    enum Access { case reading, writing }

    /// The library over the state, which must exist: reading never makes one.
    func plane(_ access: Access) throws -> ControlPlane {
        ControlPlane(
            store: try store(access), actor: environment.actor(claimed: claimed), now: TimeText.now, random: Self.random
        )
    }

    func store(_ access: Access) throws -> SQLiteStore {
        try SQLiteStore.open(path: statePath, mode: access == .reading ? .readOnly : .readWrite)
    }

    /// nil when there is no state yet, which is said with the next command; what a list shows as empty.
    func planeIfAny() throws -> ControlPlane? {
        do {
            return try plane(.reading)
        } catch let error as StoreError where error.code == .missing {
            output.note("No state at \(statePath) yet. Make one: \(commandLine("init"))", .dim)
            return nil
        }
    }

    /// A command of this program on the same state, as it can be typed.
    func commandLine(_ words: String) -> SafeText {
        let isStandard = statePath == StatePath.resolve(environment["SIGNALBOX_STATE"] ?? client.state, environment)
        return isStandard ? "signalbox \(words)" : "signalbox \(words) --state \(ShellWord.quoted(statePath))"
    }

    /// A listing, or an empty one with a hint.
    func list(_ columns: [Listing.Column], hint: String, _ fill: (ControlPlane, inout Listing) throws -> Void) throws {
        var listing = Listing(columns)
        guard let plane = try planeIfAny() else { return output.list(listing) }
        try fill(plane, &listing)
        output.list(listing)
        if listing.rows.isEmpty { output.note("Nothing here yet. Next: \(commandLine(hint))", .dim) }
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
