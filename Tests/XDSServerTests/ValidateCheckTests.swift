import EdgeModel
import EdgePlan
import EnvoyConfig
import TestKit
import Testing

@testable import XDSServer

@Suite("The validate check")
struct ValidateCheckTests {
    private func check(_ envoy: String?, limit: Duration = .seconds(20)) -> EnvoyValidateCheck {
        EnvoyValidateCheck(envoy: envoy, modules: nil, renderer: EnvoyRenderer(usesModule: false), limit: limit)
    }

    @Test("Without Envoy it says that it did not look")
    func absent() async {
        let findings = await check(nil).findings(for: Given.plan("a.1"))
        #expect(findings.map(\.code) == ["validate-skipped"] && findings.map(\.severity) == [.info])
    }

    @Test("A program that is not there is a warning, which does not speak against the plan; a slow one is ended")
    func unusable() async throws {
        #expect(await check("/nowhere/envoy").findings(for: Given.plan("a.1")).map(\.severity) == [.warning])
        let folder = try TemporaryDirectory("slow")
        let slow = try await ProgramRun.run(
            "/bin/sleep", ["60"], environment: [:], output: folder.path("output"), within: .milliseconds(50))
        #expect(slow.status == nil, "it is ended at the deadline")
    }

    @Test("A program's status, signal and output are told apart")
    func outcomes() async throws {
        let folder = try TemporaryDirectory("run")
        func run(_ script: String) async throws -> ProgramRun.Outcome {
            try await ProgramRun.run(
                "/bin/sh", ["-c", script], environment: ["SOME": "thing"], output: folder.path("output"),
                within: .seconds(20))
        }
        let talkative = try await run("echo $SOME; echo else >&2; exit 3")
        #expect(talkative.status == 3 && talkative.output == "thing\nelse\n")
        #expect(try await run("kill -9 $$").status == 137)
    }

    @Test("Envoy's objection becomes one finding with the cause", .enabled(if: EnvoyBinary.locate() != nil))
    func objection() async throws {
        let check = check(try EnvoyBinary.require())
        #expect(await check.findings(for: Given.plan("a.1")) == [])
        let findings = await check.findings(for: Given.plan("a.1", hosts: ["example.com", "EXAMPLE.com"]))
        #expect(findings.map(\.code) == ["refused-by-envoy"])
        #expect(findings.first?.message.contains("Only unique values for domains are permitted") == true, "\(findings)")
        let port = await check.findings(for: Given.plan("a.1", port: 70_000))
        #expect(port.first?.message.contains("PortValue: value must be less than or equal to 65535") == true, "\(port)")
        #expect((port.first?.message.utf8.count ?? 9_999) < 700)
    }

    @Test("The cause is found among warnings and dumps, and is fit for a terminal")
    func causes() {
        let dump = String(repeating: "x", count: 70_000)
        #expect(
            EnvoyComplaint.cause(
                in:
                    "[w] noise\n[critical][main] [s.cc:1] error initializing configuration '/t/e.json': goo.gle/debugonly  \n\(dump)\n: Proto constraint validation failed (AError.Clusters[7]: embedded message failed validation | caused by BError.Port: value must be less)"
            ) == "BError.Port: value must be less (in Clusters[7])")
        #expect(
            EnvoyComplaint.cause(in: "error initializing configuration '/t/e.json': no such field: 'x'\n\(dump)")
                == "no such field: 'x'")
        #expect(EnvoyComplaint.cause(in: "[1][critical][main] [s.cc:1] it \u{1b}[31mbroke") == "it ?[31mbroke")
        #expect(EnvoyComplaint.cause(in: "nothing to see") == nil)
    }
}
