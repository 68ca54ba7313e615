import FoundationEssentials
import Glibc
import TestKit
import Testing

/// Files that strangers made, given to the program itself: what it says, and that it ends within bounds.
@Suite("Hostile files are refused whole", .timeLimit(.minutes(3)))
struct HostileDocumentTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory("hostile") }

    /// An import that may use so much memory for its data and so much time of a processor, and no more.
    private func importing(_ file: String, _ more: [String] = []) async throws -> CommandAnswer {
        let arguments = ["zone", "import", file, "--yes", "--accept-warnings"] + more
        let limits = ["--data=\(1 << 30)", "--cpu=60", try Checkout.program("signalbox")]
        let finished = try await ChildProcess.run(
            "prlimit", limits + arguments,
            environment: [
                "SIGNALBOX_STATE": folder.path("state.db"), "XDG_CONFIG_HOME": folder.path, "NO_COLOR": "1",
                "SIGNALBOX_ENVOY": nil,
            ], within: .seconds(120))
        return CommandAnswer(arguments: arguments, finished)
    }

    private func initialise() async throws {
        let made = try await ChildProcess.run(
            Checkout.program("signalbox"), ["init", "--state", folder.path("state.db")],
            environment: ["XDG_CONFIG_HOME": folder.path])
        #expect(made.exit == .exited(0), "\(made)")
    }

    private static let laughs = (1..<12).reduce("a0: &a0 [lol, lol, lol]\n") { text, level in
        text + "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]\n"
    }

    /// Text, and what its refusal says.
    @Test(arguments: [
        (laughs, "error [anchor] line 1, column 5, document: anchors are not read"),
        (laughs, "error [alias] line 2, column 10, document: aliases are not read"),
        (String(repeating: "[", count: 100_000), "error [too-deep] line 1, column 10"),
        (String(repeating: "{\"a\":", count: 100_000), "error [too-deep] line 1, column 501"),
        (String(repeating: "- ", count: 100_000), "error [too-deep] line 1, column 20"),
        ("zone: a.example\nhosts: [b]\nzone: c.example\n", "error [duplicate-key] line 3, zone: 'zone' is given twice"),
        ("zone: a.example\nx: \"\u{0}\"\n", "error [control-character] line 2, column 5"),
        ("base: &b {x: 1}\nzone:\n  <<: *b\n", "error [alias] line 3, column 7"),
        (
            "zone: !!python/object/apply:os.system [\"id\"]\n",
            "error [tag] line 1, column 7, document: tags are not read"
        ),
        ("{\"zone\": 1e999}", "error [number-out-of-range] line 1, column 10"),
        ("{\"zone\": 123456789012345678901234567890}", "error [number-out-of-range] line 1, column 10"),
        ("zone: a.example\n\torigins: {}\n", "error [syntax] line 2, column 1"),
        ("zone: \"\u{1B}[2J\u{202E}\"\n", "error ["),
        (
            "zone: a.example\nrules: {http_request_transform: [{ref: a, action: log, expression: '"
                + String(repeating: "(", count: 500_000) + "'}]}\n", "error [expression.too-long] line 2"
        ),
    ])
    func isRefusedWithItsPlace(text: String, says: String) async throws {
        try await initialise()
        let file = try folder.write(text, to: "zone.yaml")
        let answer = try await importing(file)
        #expect(answer.status == 65, "\(answer)")
        #expect(answer.errors.contains(says), "\(answer)")
        #expect(answer.output.isEmpty && answer.errors.utf8.count < 20_000)
        #expect(answer.errors.unicodeScalars.allSatisfy(Printable.isVisible), "\(answer)")
        let zones = try await ChildProcess.run(
            Checkout.program("signalbox"), ["zone", "list", "--output", "json", "--state", folder.path("state.db")])
        #expect(zones.output == "[]\n")
    }

    @Test func bytesThatAreNoTextAreRefusedWithTheirPlace() async throws {
        try await initialise()
        let file = folder.path("zone.yaml")
        try Data(Array("zone: a.example\nhosts: [".utf8) + [0xC3, 0x28]).write(to: URL(filePath: file))
        let answer = try await importing(file)
        #expect(answer.status == 65)
        #expect(
            answer.errors.contains("error [not-utf-8] line 2, column 9, document: the text is not UTF-8"), "\(answer)")
    }

    @Test(arguments: [100 << 20, (8 << 20) + 1])
    func aFileOfAnySizeIsReadNoFurtherThanTheLimit(size: Int) async throws {
        try await initialise()
        let file = try folder.write("zone: ", to: "zone.yaml")
        #expect(truncate(file, off_t(size)) == 0)
        for place in [file, "/dev/zero"] {
            let answer = try await importing(place)
            #expect(answer.status == 65 && answer.errors.contains("it has more than 8 MiB"), "\(answer)")
        }
    }

    @Test func whatAnEditorOfAnotherSystemLeavesIsRead() async throws {
        try await initialise()
        let file = try folder.write(
            "\u{FEFF}zone:\ta.example\r\nhosts: [www.a.example]\r\norigins:\r\n  web: {endpoints: [{address: 127.0.0.1,\t"
                + "port: 80}]}\r\n", to: "zone.yaml")
        let answer = try await importing(file)
        #expect(answer.status == 0, "\(answer)")
    }

    @Test func everyFindingIsToldAtOnce() async throws {
        try await initialise()
        let file = try folder.write(
            """
            zone: a.example
            hosts: [www.other.example, "bad host"]
            origins:
              web: {endpoints: [{address: "a\\nb", port: 70000}], health: {path: no}}
              Web!: {}
            unknown: 1
            rules:
              no_such_phase: []
              http_request_transform:
                - {ref: r, expression: "http.host eq", action: log}
                - {ref: r, expression: "true", action: explode}
            """, to: "zone.yaml")
        let answer = try await importing(file, ["--output", "json", "--quiet"])
        #expect(answer.status == 65, "\(answer)")
        let found = answer.errorJSON["error"]["findings"].elements
        let codes = Set(found.compactMap { $0["code"].text })
        #expect(
            codes.isSuperset(of: [
                "foreign-host", "bad-host", "out-of-range", "bad-path", "bad-name", "missing-key", "unknown-key",
                "unknown-phase", "expression.expected", "duplicate-ref",
            ]), "\(codes)")
        let lines = found.filter { $0["line"].int != nil }.count
        #expect(lines == found.count, "\(found.filter { $0["line"].int == nil })")
    }

    @Test func aMillionProblemsAreToldInBounds() async throws {
        try await initialise()
        let rules = String(repeating: "    - {}\n", count: 300_000)
        let file = try folder.write("zone: a.example\nrules:\n  http_request_transform:\n" + rules, to: "zone.yaml")
        let answer = try await importing(file)
        #expect(answer.status == 65)
        #expect(
            answer.errors.contains("and 4502 more") || answer.errors.contains(" more\n"), "\(answer.errors.suffix(500))"
        )
        #expect(answer.errors.utf8.count < 200_000)
        let json = try await importing(file, ["--output", "json", "--quiet"])
        #expect(json.errorJSON["error"]["findings"].elements.count == 500)
        #expect((json.errorJSON["error"]["findings_left_out"].int ?? 0) > 4_000)
    }

    @Test func tooManyHostsAndKeysAreRefused() async throws {
        try await initialise()
        let hosts = (0..<60_000).map { "  - h\($0).a.example\n" }.joined()
        let many = try await importing(try folder.write("zone: a.example\nhosts:\n" + hosts, to: "hosts.yaml"))
        #expect(many.status == 65 && many.errors.contains("error [too-many-hosts] line 2, hosts: 60000"), "\(many)")
        let keys = (0..<200_000).map { "k\($0): 1\n" }.joined()
        let unknown = try await importing(try folder.write("zone: a.example\n" + keys, to: "keys.yaml"))
        #expect(unknown.status == 65 && unknown.errors.utf8.count < 200_000, "\(unknown)")
    }
}

/// What may reach a terminal or a log: text that can be seen, and line ends.
enum Printable {
    static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "\n" { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }

    /// What of a text should not be there, for a message.
    static func hidden(in bytes: [UInt8]) -> [String] {
        guard let text = String(validating: bytes, as: UTF8.self) else { return ["bytes that are not UTF-8"] }
        return Set(text.unicodeScalars.filter { !isVisible($0) }).map { "U+" + String($0.value, radix: 16) }.sorted()
    }
}
