import EdgeModel
import EdgePlan
import RulesLanguage
import TestKit
import Testing

@Suite("Lists: values in their usual form, as text and as documents")
struct ListTests {
    private func name(_ text: String) throws -> ListName { try #require(ListName(rawValue: text)) }

    @Test(
        "a name is what the language takes after the $",
        arguments: [
            ("office", true), ("$office", true), ("OFFICE_2", true), ("a.b", false), ("", false), ("$", false),
            ("of fice", false), ("büro", false), (String(repeating: "a", count: 51), false),
        ])
    func names(text: String, isOne: Bool) throws {
        let name = ListName(rawValue: text)
        #expect((name != nil) == isOne)
        guard let name else { return }
        let expression = try Expression("ip.src in \(name)")
        #expect(expression.usedLists == [name.rawValue])
    }

    @Test(
        "a value has one spelling, or a reason why it is none",
        arguments: [
            (ListKind.ip, "192.0.2.1", "192.0.2.1"), (.ip, "2001:DB8:0:0::1", "2001:db8::1"),
            (.ip, "10.0.0.0/8", "10.0.0.0/8"), (.ip, "192.0.2.1..192.0.2.9", "192.0.2.1..192.0.2.9"),
            (.ip, "10.0.0.1/8", nil), (.ip, "10.0.0.0/33", nil), (.ip, "example.com", nil), (.ip, "", nil),
            (.integer, "64512", "64512"), (.integer, "+7", "7"), (.integer, "-5..5", "-5..5"), (.integer, "7..7", "7"),
            (.integer, "9..1", nil), (.integer, "1.5", nil), (.integer, "9223372036854775808", nil),
            (.integer, "-9223372036854775808..9223372036854775807", "-9223372036854775808..9223372036854775807"),
            (.text, "Example.COM", "Example.COM"), (.text, " a # b ", " a # b "), (.text, "", nil),
            (.text, "a\nb", nil), (.text, "a\u{85}b", nil), (.text, String(repeating: "x", count: 1_025), nil),
        ] as [(ListKind, String, String?)])
    func values(kind: ListKind, text: String, canonical: String?) {
        #expect(kind.canonical(text) == canonical)
        #expect((kind.problem(with: text) == nil) == (canonical != nil))
    }

    @Test("an address with bits behind its prefix is told the network that is meant")
    func hostBits() {
        #expect(ListKind.ip.problem(with: "10.1.2.3/8")?.remedy == "write 10.0.0.0/8 or one address")
    }

    @Test("items come in the order people expect")
    func order() {
        func sorted(_ kind: ListKind, _ values: [String]) -> [String] {
            kind.sorted(values.map { ListItem($0) }).map(\.value)
        }
        #expect(
            sorted(.ip, ["::1", "192.0.2.1", "10.0.0.0/8", "9.0.0.0/8"]) == [
                "9.0.0.0/8", "10.0.0.0/8", "192.0.2.1", "::1",
            ])
        #expect(sorted(.integer, ["100", "9", "-1..3"]) == ["-1..3", "9", "100"])
    }

    @Test("every problem of a list's items is told, and doubles become one, the later comment counting")
    func checked() throws {
        let office = try name("office")
        let (items, findings) = ListKind.ip.checked(
            [
                ListItem("192.0.2.1", comment: "a"), ListItem("x"), ListItem("192.0.2.1", comment: "b"),
                ListItem("10.0.0.1/8"), ListItem("::1", comment: "two\nlines"), ListItem("::2", comment: ""),
            ], of: office)
        #expect(items == [ListItem("192.0.2.1", comment: "b"), ListItem("::2")])
        #expect(findings.map(\.place) == [1, 3, 4].map { "list $office: items[\($0)]" })
        let many = (0...ListLimit.items).map { ListItem("\($0)") }
        #expect(ListKind.integer.checked(many, of: office).1.map(\.code) == ["too-many-items"])
        #expect(ListKind.integer.checked(Array(many.dropLast()), of: office).1 == [])
    }

    @Test("plain text: comments, blanks, quotes, and what is wrong with them")
    func text() throws {
        let (items, findings) = ListText.read(
            """
            # our networks\r
            192.0.2.1   # ada's

              10.0.0.0/8
            a#b
            " a # \\"b\\" \\\\"  # quoted
            "open
            "bad\\n"
            "a" b
            """)
        #expect(
            items.map(\.item) == [
                ListItem("192.0.2.1", comment: "ada's"), ListItem("10.0.0.0/8"), ListItem("a#b"),
                ListItem(#" a # "b" \"#, comment: "quoted"),
            ])
        #expect(items.map(\.line) == [2, 4, 5, 6])
        #expect(findings.map(\.line) == [7, 8, 9])
    }

    /// Whatever a list can hold survives both forms.
    @Test("random lists come back from text and from documents as they were")
    func roundTrip() throws {
        var random = SeededGenerator.announced("lists")
        let alphabet = Array("ab#\"\\ '$é\u{301}-:{[,0".unicodeScalars)
        for _ in 0..<2_000 {
            let kind = ListKind.allCases.randomElement(using: &random) ?? .text
            func text() -> String {
                var scalars = String.UnicodeScalarView()
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    scalars.append(alphabet.randomElement(using: &random) ?? "a")
                }
                return String(scalars)
            }
            let raw = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                let value =
                    switch kind {
                    case .ip: "192.0.2.\(Int.random(in: 0...255, using: &random))"
                    case .integer: "\(Int.random(in: -9...9, using: &random))"
                    case .text: text()
                    }
                return ListItem(value, comment: Bool.random(using: &random) ? text() : nil)
            }
            let office = try name("office")
            let items = kind.checked(raw, of: office).0
            let (lines, findings) = ListText.read(ListText.write(items))
            #expect(findings == [] && lines.map(\.item) == items, "\(items)")
            let written = ListDocument.write(name: office, kind: kind, description: "why", items: items)
            let (read, problems) = ListDocument.read(DocumentNode(written))
            #expect(problems == [] && kind.checked(read.items, of: office).0 == items, "\(items)")
            #expect(read.name == office && read.kind == kind && read.description == "why")
        }
    }

    @Test("a document's faults are told with their places")
    func faults() throws {
        let node = DocumentNode(
            .object([
                "list": .string("of fice"), "kind": .string("asn"), "what": .int(1),
                "items": .array([.bool(true), .object(["comment": .string("x")]), .int(7)]),
            ]))
        let (document, findings) = ListDocument.read(node)
        #expect(
            findings.map(\.code).sorted() == ["bad-name", "missing-key", "unknown-key", "unknown-kind", "wrong-type"])
        #expect(document.items == [ListItem("7")])
        #expect(ListDocument.read(DocumentNode(.object(["list": .string("a")]))).1.map(\.code) == ["missing-key"])
    }

    @Test("a change tells what came and went, and its inverse puts it back")
    func change() throws {
        let head = ListChange.Head(kind: .ip, description: "")
        let old = [ListItem("10.0.0.1"), ListItem("10.0.0.2", comment: "b"), ListItem("10.0.0.3")]
        let new = [ListItem("10.0.0.2", comment: "c"), ListItem("10.0.0.3"), ListItem("10.0.0.4")]
        let change = ListChange(name: try name("office"), from: (head, old), to: (head, new))
        #expect(change.sentence == "list $office: 1 item added, 1 item removed, 1 item commented")
        #expect(change.applied(to: old) == new && change.inverse.applied(to: new) == old)
        let made = ListChange(name: try name("office"), from: nil, to: (head, new))
        #expect(made.sentence == "list $office created with 3 items")
        #expect(made.inverse.sentence == "list $office removed with 3 items" && made.inverse.after == nil)
    }

    @Test("the digest is that of the values, whatever their order and comments")
    func digest() {
        let items = [ListItem("a"), ListItem("b", comment: "x")]
        #expect(NamedList.digest(of: items, .text) == NamedList.digest(of: [ListItem("b"), ListItem("a")], .text))
        #expect(NamedList.digest(of: items, .text) != NamedList.digest(of: [ListItem("a")], .text))
        #expect(NamedList.digest(of: [ListItem("1")], .text) != NamedList.digest(of: [ListItem("1")], .integer))
    }

    @Test("lists are found in disabled rules and among the parameters")
    func used() {
        let rules = [
            Rule(
                ref: "a", expression: "ip.src in $office and not http.host in $hosts", action: "block", enabled: false),
            Rule(
                ref: "b", expression: "true", action: "x",
                parameters: .object([
                    "ratelimit": .object(["counting_expression": .string("ip.src.asnum in $networks")]),
                    "note": .string("ip.src in $nothing"),
                ])),
            Rule(ref: "c", expression: "http.host eq \"$money\" and broken in $broken", action: "block"),
        ]
        #expect(Configuration(rules: [.firewallCustom: rules]).usedLists == ["hosts", "networks", "office"])
    }
}
