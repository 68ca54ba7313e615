import FoundationEssentials
import Glibc
import TestKit

/// A real sshd of its own on a loopback port: own configuration, host key and users' keys in a temporary folder, nothing of
/// the machine's touched. Beside it an `ssh` that knows it as `fra`, and the settings of a Signalbox that has it as a context.
final class SSHServer: Sendable {
    let folder: TemporaryDirectory
    private let address: HostPort
    private let daemon: ChildProcess
    /// The program that the context `fra` runs there.
    let program: String
    /// The state there.
    let state: String

    private static let path = "/usr/sbin/sshd"
    static var isPossible: Bool {
        let programs: [String] = [path, "/usr/bin/ssh", "/usr/bin/ssh-keygen"]
        return programs.allSatisfy { access($0, X_OK) == 0 }
    }

    private init(_ folder: TemporaryDirectory, _ address: HostPort, program: String, state: String) async throws {
        (self.folder, self.address, self.program, self.state) = (folder, address, program, state)
        daemon = try ChildProcess(Self.path, ["-D", "-e", "-f", folder.path("sshd_config")])
        try await eventually("sshd on \(address)") { [daemon] in
            if !daemon.isRunning { return true }
            return daemon.errors.contains("Server listening")
        }
        guard daemon.isRunning else {
            throw Failure(what: "sshd ended: \(daemon.errors)")
        }
    }

    /// - Parameter program: text of a script that is run there in the place of Signalbox.
    static func start(script: String? = nil, state: String = "/nonexistent/state.db") async throws -> SSHServer {
        let folder = try TemporaryDirectory("ssh")
        let address = try FreePort.one()
        for key in ["host", "user", "stranger"] {
            let made = try await ChildProcess.run(
                "/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", folder.path(key)])
            guard made.exit.isSuccess else {
                throw Failure(what: "ssh-keygen: \(made.errors)")
            }
        }
        try folder.write(try folder.read("user.pub"), to: "authorized_keys")
        let key = try folder.read("host.pub").split(separator: " ").prefix(2).joined(separator: " ")
        try folder.write("[\(address.host)]:\(address.port) \(key)\n", to: "known_hosts")
        try folder.write(settings(folder, address), to: "sshd_config")
        try folder.write(clientSettings(folder, address), to: "ssh_config")
        try writeProgram("#!/bin/sh\nexec /usr/bin/ssh -F '\(folder.path("ssh_config"))' \"$@\"\n", "bin/ssh", folder)
        let program =
            if let script { try writeProgram(script, "there/signalbox", folder) } else {
                try Checkout.program("signalbox")
            }
        try folder.write(
            """
            contexts:
              fra: {host: fra, program: \(program), state: \(state)}
              stranger: {host: stranger, program: \(program)}
              unknown: {host: unknown, program: \(program)}
              down: {host: down, program: \(program)}

            """, to: "config/signalbox/config.yaml")
        // Debian's start script makes it; without it a sshd of root's does not start.
        if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
        return try await SSHServer(folder, address, program: program, state: state)
    }

    @discardableResult
    private static func writeProgram(_ text: String, _ name: String, _ folder: TemporaryDirectory) throws -> String {
        let file = try folder.write(text, to: name)
        chmod(file, 0o755)
        return file
    }

    private static func settings(_ folder: TemporaryDirectory, _ address: HostPort) -> String {
        """
        ListenAddress \(address.host):\(address.port)
        HostKey \(folder.path("host"))
        AuthorizedKeysFile \(folder.path("authorized_keys"))
        PidFile none
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        PermitRootLogin prohibit-password
        AllowTcpForwarding no
        AllowAgentForwarding no
        PrintMotd no
        PrintLastLog no
        # Nothing of the settings of who runs the tests.
        SetEnv XDG_CONFIG_HOME=\(folder.path("there/config")) XDG_STATE_HOME=\(folder.path("there/state"))

        """
    }

    private static func clientSettings(_ folder: TemporaryDirectory, _ address: HostPort) -> String {
        """
        Host unknown
          UserKnownHostsFile \(folder.path("known_by_nobody"))
        Host stranger
          IdentityFile \(folder.path("stranger"))
        Host fra unknown down
          IdentityFile \(folder.path("user"))
        Host down
          # Nobody listens on the port that stands for none.
          Port 1
        Host *
          HostName \(address.host)
          Port \(address.port)
          IdentitiesOnly yes
          IdentityAgent none
          UserKnownHostsFile \(folder.path("known_hosts"))
          GlobalKnownHostsFile /dev/null

        """
    }

    func stop() async { await daemon.terminate() }

    // MARK: a Signalbox here

    /// Of a program here: its own settings, that `ssh`, and no state.
    var environment: [String: String?] {
        [
            "XDG_CONFIG_HOME": folder.path("config"), "XDG_STATE_HOME": folder.path("here"), "SIGNALBOX_STATE": nil,
            "SIGNALBOX_CONTEXT": nil, "NO_COLOR": "1", "PATH": folder.path("bin") + ":/usr/local/bin:/usr/bin:/bin",
        ]
    }

    func signalbox(_ words: [String], input: [UInt8] = []) async throws -> CommandAnswer {
        CommandAnswer(
            arguments: words,
            try await ChildProcess.run(
                Checkout.program("signalbox"), words, environment: environment, directory: folder.path, input: input,
                within: .seconds(120)))
    }

    func signalbox(_ words: String...) async throws -> CommandAnswer { try await signalbox(words) }

    /// Ends the connections that there are as a machine that fails would.
    func breakConnections() async throws {
        let sessions = try String(
            decoding: Data(contentsOf: URL(filePath: "/proc/\(daemon.pid)/task/\(daemon.pid)/children")), as: UTF8.self
        ).split(separator: " ").compactMap { pid_t($0) }
        for session in sessions { kill(session, SIGKILL) }
    }

    struct Failure: Error, CustomStringConvertible {
        let what: String
        var description: String { what }
    }
}
