import FoundationEssentials
import TestKit
import Testing

/// What `make install` puts beside the program for systemd.
@Suite("Installed units") struct InstalledUnitsTests {
    private static let script = Checkout.root + "/.ci/units"

    @Test func unitsNameTheProgramWhereItWasInstalledAndTheUserThatIsMade() async throws {
        let folder = try TemporaryDirectory("units")
        let done = try await ChildProcess.run(Self.script, ["install", folder.path("lib"), "/opt/edge/bin"])
        #expect(done.exit.isSuccess, "\(done)")
        let server = try folder.read("lib/systemd/system/signalbox.service")
        let node = try folder.read("lib/systemd/system/signalbox-node@.service")
        for (unit, verb) in [(server, "serve"), (node, "node run %i")] {
            #expect(unit.contains("\nExecStart=/opt/edge/bin/signalbox \(verb) "), "\(unit)")
            #expect(!unit.contains("@BINDIR@"))
            // Neither is root, writes beyond its own folder, or gains rights.
            for line in ["ProtectSystem=strict", "NoNewPrivileges=yes", "Restart=on-failure"] {
                #expect(unit.contains("\n\(line)\n"), "\(line)")
            }
        }
        #expect(server.contains("\nUser=signalbox\n") && node.contains("\nDynamicUser=yes\n"))
        #expect(try folder.read("lib/sysusers.d/signalbox.conf").contains("signalbox"))
        // Whose folder is there before anybody makes the state, as the server would have it.
        let folderLine = "\nd /var/lib/signalbox 2770 signalbox signalbox -\n"
        #expect(try folder.read("lib/tmpfiles.d/signalbox.conf").contains(folderLine))
        #expect(server.contains("\nStateDirectory=signalbox\n") && server.contains("\nStateDirectoryMode=2770\n"))
        // A node's token is root's alone; the server makes no state where its disk is not mounted.
        #expect(node.contains("\nLoadCredential=token:/etc/signalbox/%i.token\n"))
        #expect(server.contains("\nAssertPathExists=/var/lib/signalbox/state.db\n"))
    }

    /// The options of their command lines are ones that the program has.
    @Test func commandLinesAreOnesThatTheProgramTakes() async throws {
        for (unit, verb) in [("signalbox.service", ["serve"]), ("signalbox-node@.service", ["node", "run"])] {
            let text = try String(
                contentsOf: URL(filePath: Checkout.root + "/.ci/systemd/" + unit), encoding: .utf8)
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
            let options = line.split(separator: " ").filter { $0.hasPrefix("--") }
            let help = try await ChildProcess.run(Checkout.program("signalbox"), verb + ["--help"]).output
            for option in options { #expect(help.contains(option), "\(unit): \(option)") }
        }
    }

    /// Says nothing where systemd is not installed.
    @Test func systemdReadsThem() async throws {
        let checked = try await ChildProcess.run(Self.script, ["check"])
        #expect(checked.exit.isSuccess && checked.output.isEmpty, "\(checked)")
    }
}
