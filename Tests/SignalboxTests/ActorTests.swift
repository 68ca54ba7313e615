import EdgeModel
import EdgePlan
import FoundationEssentials
import Glibc
import TestKit
import Testing

@testable import signalbox

/// Who did it, in the audit and the journal.
@Suite struct ActorTests {
    private func run(
        _ words: [String], in folder: TemporaryDirectory, _ more: [String: String?] = [:]
    ) async throws -> CommandAnswer {
        let environment: [String: String?] = [
            "HOME": folder.path, "XDG_STATE_HOME": nil, "XDG_CONFIG_HOME": nil, "SIGNALBOX_STATE": nil, "NO_COLOR": "1",
            "SUDO_USER": nil, "SSH_CLIENT": nil, "SSH_CONNECTION": nil,
        ]
        return CommandAnswer(
            arguments: words,
            try await ChildProcess.run(
                words[0] == "signalbox" ? Checkout.program("signalbox") : words[0], Array(words.dropFirst()),
                environment: environment.merging(more) { $1 }, directory: folder.path))
    }

    @Test func theRecordTellsWhoTheKernelTheSessionAndTheCallerSay() async throws {
        let folder = try TemporaryDirectory("actor")
        _ = try await run(["signalbox", "init"], in: folder)
        let made = try await run(
            [
                "signalbox", "env", "change", "staging", "--staging-address", "127.0.0.9", "--yes", "--as",
                "night shift",
            ],
            in: folder, ["SUDO_USER": "ada", "SSH_CONNECTION": "192.0.2.7 50000 192.0.2.1 22", "LOGNAME": "mallory"])
        #expect(made.status == 0, "\(made)")
        let name = try #require(getpwuid(getuid()).flatMap { $0.pointee.pw_name }.map { String(cString: $0) })
        let expected = "night shift (claimed; really \(name), uid \(getuid()), sudo by ada, from 192.0.2.7)"
        for verb in ["audit", "history"] {
            let list = try await run(["signalbox", verb], in: folder)
            #expect(list.output.contains(expected), "\(list)")
            let actor = try await run(["signalbox", verb, "-o", "json"], in: folder).json[0]["actor"]
            #expect(actor["claimed"] == .string("night shift") && actor["sudo_user"] == .string("ada"))
            #expect(actor["uid"].int == Int(getuid()) && actor["ssh_client"] == .string("192.0.2.7"))
        }
        #expect(try await run(["signalbox", "audit", "verify"], in: folder).status == 0)
    }

    @Test func underSudoTheSessionIsFoundInTheShellThatItWasTypedInto() async throws {
        let folder = try TemporaryDirectory("actor")
        let program = try Checkout.program("signalbox")
        let script = "env -u SSH_CONNECTION SUDO_USER=ada '\(program)' init; true"
        _ = try await run(["sh", "-c", script], in: folder, ["SSH_CONNECTION": "192.0.2.8 1 192.0.2.1 22"])
        let list = try await run(["signalbox", "audit"], in: folder)
        #expect(list.output.contains("sudo by ada, from 192.0.2.8)"), "\(list)")
    }

    /// Every fact of the actor is under the digest: changing one in the record breaks the chain.
    @Test(arguments: 0..<5) func everyFactIsUnderTheDigest(field: Int) {
        let actor = Actor(name: "root", uid: 0, sudoUser: "ada", sshClient: "192.0.2.7", claimed: "ci")
        var entry = AuditEntry(
            sequence: 1, at: Timestamp(milliseconds: 1), actor: actor, action: "a", resource: "r", summary: "s",
            reason: nil, previousHead: nil, head: Digest.sha256(of: ""))
        entry.head = entry.computedHead
        #expect(JournalCheck.findings(in: [entry]).isEmpty)
        switch field {
        case 0: entry.actor.name = "ada"
        case 1: entry.actor.uid = 1000
        case 2: entry.actor.sudoUser = nil
        case 3: entry.actor.sshClient = "192.0.2.8"
        default: entry.actor.claimed = nil
        }
        #expect(JournalCheck.findings(in: [entry]).map(\.code) == ["audit-edited"])
    }
}
