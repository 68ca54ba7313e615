import Testing

@testable import NodeAgent

@Suite struct EnvoyVersionTests {
    @Test func readsWhatEnvoyPrints() {
        let version = EnvoyVersion(
            printed:
                "\n/usr/bin/envoy  version: 6eb0d2d97489ec1b4e1584a004f5de443d97a41b/1.39.3/Clean/RELEASE/BoringSSL\n")
        #expect(version?.description == "1.39.3")
        #expect(version?.isSupported == true)
        #expect(EnvoyVersion(printed: "envoy  version: abc/1.40.0-dev/Modified/DEBUG/BoringSSL")?.isSupported == false)
        #expect(EnvoyVersion(printed: "nginx version: nginx/1.22.1") == nil)
        #expect(EnvoyVersion(printed: "") == nil)
    }
}
