import DocumentText
import EdgeModel
import Testing

@Suite struct ReadingTests {
    /// Unquoted scalar, and what it must become.
    @Test(arguments: [
        ("true", DocumentValue.bool(true)), ("false", .bool(false)), ("null", .null), ("~", .null), ("", .null),
        ("yes", .string("yes")), ("no", .string("no")), ("on", .string("on")), ("Off", .string("Off")),
        ("True", .string("True")), ("NULL", .string("NULL")), ("y", .string("y")),
        ("0", .int(0)), ("42", .int(42)), ("-7", .int(-7)), ("007", .string("007")), ("0o17", .string("0o17")),
        ("0x1F", .string("0x1F")), ("1_000", .string("1_000")), ("+1", .string("+1")),
        ("12:30:45", .string("12:30:45")),
        ("2026-11-21", .string("2026-11-21")), ("1.5", .double(1.5)), ("1e3", .double(1000)), (".5", .string(".5")),
        ("5.", .string("5.")), (".inf", .string(".inf")), (".NaN", .string(".NaN")), ("<<", .string("<<")),
        ("'true'", .string("true")), ("\"1\"", .string("1")), ("''", .string("")),
    ])
    func aPlainScalarMeansOnlyWhatItSays(text: String, expected: DocumentValue) throws {
        #expect(try DocumentText.read("a: \(text)\n").value == .object(["a": expected]))
    }

    @Test func everyValueKnowsItsLine() throws {
        let text = "# zone\nzone: example.com\nrules:\n  - ref: a\n\n  - ref: b\n    on: x\n"
        let root = try DocumentText.read(text)
        #expect(lines(of: root) == ["zone 2", "rules 3", "[0] 4", "ref 4", "[1] 6", "ref 6", "on 7"])
        let json = "{\n  \"zone\": \"example.com\",\n  \"rules\": [\n {\"ref\":\n \"a\"},\n\n {\"ref\": \"b\"}]}"
        #expect(lines(of: try DocumentText.read(json)) == ["zone 2", "rules 3", "[0] 4", "ref 4", "[1] 7", "ref 7"])
    }

    private func lines(of node: DocumentNode) -> [String] {
        switch node.content {
        case .object(let members): members.flatMap { ["\($0.key) \($0.line ?? 0)"] + lines(of: $0.value) }
        case .array(let items):
            items.enumerated().flatMap { ["[\($0.offset)] \($0.element.line ?? 0)"] + lines(of: $0.element) }
        default: []
        }
    }

    @Test(arguments: ["a: 1\nb: 2\na: 3\n", "{\"a\": 1, \"b\": 2, \"a\": 3}"])
    func keysGivenTwiceAreKeptAndReported(text: String) throws {
        let root = try DocumentText.read(text)
        #expect(
            root.value
                == .object([DocumentMember("a", .int(1)), DocumentMember("b", .int(2)), DocumentMember("a", .int(3))]))
        #expect(DocumentReader(root, at: "").findings.map(\.code) == ["duplicate-key"])
    }

    @Test(arguments: ["", "\n\n", "# nothing\n", "---\n", "\u{FEFF}"])
    func anEmptyTextIsNothing(text: String) throws {
        #expect(try DocumentText.read(text).value == .null)
    }

    @Test func aFlowMapThatIsNoJSONIsYAML() throws {
        #expect(
            try DocumentText.read("{a: b, c: [d, 1]}").value
                == .object(["a": .string("b"), "c": .array([.string("d"), .int(1)])]))
        #expect(try DocumentText.read("[a, b]").value == .array([.string("a"), .string("b")]))
    }

    @Test func jsonReadsEscapesThatYAMLDoesNot() throws {
        let text = "{\"a\": \"\\ud83d\\ude00\\/\\u0000\",\t\"b\":1}"
        #expect(try DocumentText.read(text).value == .object(["a": .string("😀/\0"), "b": .int(1)]))
    }
}
