import TestKit
import Testing

@Suite(.enabled(if: EnvoyBinary.locate() != nil, "needs Envoy: make tools"))
struct EnvoyProcessTests {
    private func bootstrap(admin: HostPort) -> String {
        """
        admin: {address: {socket_address: {address: \(admin.host), port_value: \(admin.port)}}}
        static_resources: {}
        """
    }

    @Test func itIsReadyWhenStartedAndGoneWhenStopped() async throws {
        let admin = try FreePort.one()
        let envoy = try await EnvoyProcess.start(bootstrap: bootstrap(admin: admin), admin: admin)
        #expect(try await envoy.stats("^server\\.live$") == ["server.live": 1])
        #expect(try #require(envoy.residentKilobytes) > 10_000)
        try await eventually("the log's last word of the start") { envoy.log.contains("starting main dispatch loop") }
        #expect(await envoy.stop() == .exited(0))
        #expect(FreePort.isFree(admin))
    }

    @Test func aWrongBootstrapSaysWhy() async throws {
        let admin = try FreePort.one()
        let failure = await #expect(throws: EnvoyProcess.NotReady.self) {
            _ = try await EnvoyProcess.start(bootstrap: "{\"no_such_field\": 1}", admin: admin)
        }
        #expect(failure?.description.contains("no_such_field") == true)
        let checked = try await EnvoyProcess.validate("{\"no_such_field\": 1}")
        #expect(!checked.exit.isSuccess && checked.errors.contains("no_such_field"))
        #expect(try await EnvoyProcess.validate(bootstrap(admin: admin)).exit.isSuccess)
    }
}
