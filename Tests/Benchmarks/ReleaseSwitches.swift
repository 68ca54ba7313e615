import TestKit

/// Versions of the shop between which the benchmarks switch.
extension EdgeScenario {
    /// Puts version 2 into production and version 3 into staging. Version 2 is version 1 with the web shop's two origins
    /// changed places; version 3 is version 1 with `release-2` in a header.
    ///
    /// As 3 is not made of 2, promoting it needs `--allow-stale-base`.
    func prepareOrigins() async throws {
        let ports = origins.origins.map { "port: \($0.listening.port)\n" }
        try await makeVersion { text in
            text.replacing(ports[0], with: "port: first\n").replacing(ports[1], with: ports[0])
                .replacing("port: first\n", with: ports[1])
        }
        try await signalbox("env", "assign", "staging", "shop@2", "--accept-warnings", "--yes")
        try await signalbox("promote", "shop@2", "--accept-warnings", "--yes")
        try await makeVersion { $0.replacing(ShopZone.firstRelease, with: "release-2") }
        try await signalbox("env", "assign", "staging", "shop@3", "--accept-warnings", "--yes")
    }

    /// Puts version 1 with `release-2` in a header into staging, as version 2.
    func prepareRelease(options: [String] = []) async throws {
        try await makeVersion { $0.replacing(ShopZone.firstRelease, with: "release-2") }
        try await signalbox(["env", "assign", "staging", "shop@2", "--accept-warnings", "--yes"] + options)
    }

    /// The next version as a draft, made of version 1.
    private func makeVersion(_ edit: (String) -> String) async throws {
        let made = try await signalbox("version", "create", "shop", "--from", "shop@1", "--output", "name")
        let version = made.output.trimmed
        let text = try await signalbox("version", "export", version).output
        let edited = edit(text)
        guard edited != text else { throw Unchanged(version: version, text: text) }
        try await signalbox(["version", "apply", version, "--file", "-"], input: edited)
    }

    struct Unchanged: Error {
        let version: String
        let text: String
    }
}
