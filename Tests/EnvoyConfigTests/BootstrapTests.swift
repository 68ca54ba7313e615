import EnvoyConfig
import TestKit
import Testing

@Suite("Start file and command line")
struct BootstrapTests {
    private static let metadata = NodeMetadata(
        token: "secret\"%REQ(A)%", region: "fra", listen: ["127.0.0.10:8080"], staging: ["127.0.0.20:8080"],
        accessLog: "/var/log/signalbox/access.json", envoyVersion: "1.39.3", moduleVersion: "0.1.0", planFormats: [1])

    private static var besideItsRelay: NodeMetadata {
        var metadata = metadata
        metadata.refreshDelay = 1
        return metadata
    }

    static let unix = Bootstrap(
        node: "fra1", metadata: besideItsRelay, controlPlane: .init(.unix(path: "/run/signalbox/xds.sock")),
        admin: .unix(path: "/run/signalbox/admin.sock"), figuresSocket: "/run/signalbox/figures.sock")

    static let tls = Bootstrap(
        node: "fra1", metadata: metadata,
        controlPlane: .init(
            .tcp(host: "control.example.net", port: 18_000),
            tls: .init(serverName: "control.example.net", authorityFile: "/etc/signalbox/ca.pem")),
        admin: .loopback(port: 9901), figuresSocket: nil)

    @Test("The start file over a unix socket")
    func unixFile() throws {
        try Golden.check(ReadableJSON.text(Self.unix.json()), "bootstrap-unix.txt")
    }

    @Test("The start file over TLS, with the server's name required in its certificate")
    func tlsFile() throws {
        try Golden.check(ReadableJSON.text(Self.tls.json()), "bootstrap-tls.txt")
    }

    @Test("The command line: unknown fields are refusals, no shared memory unless a base id is given")
    func command() {
        var command = EnvoyCommand(executable: "/usr/bin/envoy", configuration: "/run/n/envoy.json", modules: "/lib/sb")
        #expect(
            command.arguments == [
                "-c", "/run/n/envoy.json", "--reject-unknown-dynamic-fields", "--disable-hot-restart",
                "--file-flush-interval-msec", "100", "--drain-time-s", "10",
            ])
        #expect(command.environment == ["ENVOY_DYNAMIC_MODULES_SEARCH_PATH": "/lib/sb"])
        command.baseID = 7
        command.concurrency = 2
        #expect(command.arguments.contains("--base-id") && !command.arguments.contains("--disable-hot-restart"))
        #expect(Array(command.arguments.suffix(2)) == ["--concurrency", "2"])
        #expect(command.validateArguments.starts(with: ["--mode", "validate", "-c", "/run/n/envoy.json"]))
    }
}
