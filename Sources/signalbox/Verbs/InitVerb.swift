internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import Glibc
internal import StoreSQLite

struct InitVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make the state, with the environments staging and production.",
        discussion: Examples.text(
            "signalbox init", "signalbox init --staging-address 127.0.0.20 --state ./demo.db",
            "signalbox init --group edge --state /srv/edge/state.db"))

    @Option(
        name: .customLong("staging-address"),
        help: ArgumentHelp("Address reserved for the environment staging; repeatable.", valueName: "ip"))
    var addresses: [String] = []
    @Option(help: ArgumentHelp("Number of the account.", valueName: "number")) var account = 777
    @Option(
        help: ArgumentHelp(
            "Share the state with a group: its directory is made setgid, and its members may change everything.",
            valueName: "name"))
    var group: String?
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if account < 1 { throw ValidationError("--account takes a number from 1.") }
    }

    func run() throws {
        let session = try Session(global)
        for address in addresses where !HostName.isIPAddress(address) {
            throw ErrorReport(
                .usage, at: "--staging-address \(address)", "that is no IP address", remedy: "signalbox init --help")
        }
        let store = try SQLiteStore.open(
            path: session.statePath,
            mode: .create(
                account: AccountID(rawValue: account), permissions: try group.map { .group(try Self.number(of: $0)) }),
            options: session.storeOptions(.writing))
        let plane = ControlPlane(
            store: store, actor: session.environment.actor(claimed: global.actor), now: TimeText.now,
            random: Session.random)
        let isNew = try plane.environments().isEmpty
        if isNew { try plane.initialize(stagingAddresses: addresses) }
        session.output.done(
            session.statePath, .object(["state": .string(session.statePath), "created": .bool(isNew)]),
            isNew ? "made \(session.statePath)" : "\(session.statePath) is there already; nothing was changed")
        try session.tellNextStep(plane, isServerRunning: ServerSocket.isAnswering(statePath: session.statePath))
    }

    /// A group by its name or its number.
    private static func number(of group: String) throws -> UInt32 {
        if let number = UInt32(group) { return number }
        guard let entry = getgrnam(group) else {
            throw ErrorReport(
                .notFound, at: "--group \(group)", "this machine has no group of that name",
                remedy: "make it with `groupadd \(group)`, or name another")
        }
        return entry.pointee.gr_gid
    }
}
