import TestKit
import Testing

/// A zone file that cannot be used, given to the program.
@Suite struct ZoneImportTests {
    private static let text = """
        zone: shop.example
        origins: {web: {endpoints: [{address: 127.0.0.1, port: 80}]}}
        settings:
          default_origin: wob
          unheard_of: x
        rules:
          http_request_firewall_custom:
            - {ref: a, expression: http.response.code eq 500, action: block}
        """

    private func bench() async throws -> (StateBench, file: String) {
        let bench = try StateBench.bare()
        try await bench.run(["init"])
        return (bench, try bench.folder.write(Self.text, to: "bad.yaml"))
    }

    @Test(arguments: [["zone", "import"], ["zone", "import", "--dry-run"], ["plan", "import"]])
    func isBadDataInThatFileAndEachFindingIsToldOnce(words: [String]) async throws {
        let (bench, file) = try await bench()
        let answer = try await bench.attempt(words + [file])
        #expect(answer.status == 65, "\(answer)")
        #expect(answer.output == "")
        #expect(answer.errors.contains("where: \(file)"), "\(answer)")
        for finding in [
            "[unknown-origin] line 4, settings.default_origin", "[response-field-in-request] line 8, rules.",
        ] {
            #expect(answer.errors.ranges(of: finding).count == 1, "\(finding): \(answer)")
        }
        #expect(try await bench.run(["zone", "list", "-o", "name"]).output == "")
    }

    @Test func aWarningThatHoldsItUpIsToldOnceWithItsLine() async throws {
        let (bench, _) = try await bench()
        let mended = Self.text.replacing("wob", with: "web").replacing("http.response.code eq 500", with: "ssl")
        let file = try bench.folder.write(mended, to: "mended.yaml")
        let answer = try await bench.attempt(["zone", "import", file, "--yes"])
        #expect(answer.status == 77, "\(answer)")
        #expect(answer.errors.contains("[setting-without-effect] line 5, "), "\(answer)")
        #expect(answer.errors.ranges(of: "[setting-without-effect]").count == 1, "\(answer)")
        try await bench.run(["zone", "import", file, "--yes", "--accept-warnings"])
    }

    @Test func aDirectoryIsBadDataAndCalledOne() async throws {
        let (bench, _) = try await bench()
        let answer = try await bench.attempt(["zone", "import", "."])
        #expect(answer.status == 65, "\(answer)")
        #expect(answer.errors.contains("it is a directory"), "\(answer)")
    }
}
