import Testing

@testable import InterfaceText

@Suite("TOML of themes and key maps")
struct TOMLTests {
    @Test func everyFormThatIsUsedIsRead() throws {
        let root = try TOMLText(
            """
            # a comment
            format = 1   # behind a value
            "quoted key" = 'literal \\n'
            a.b . "c d" = "tab\\t \\u00e9 \\"x\\""
            list = [ "one",   # first
                     "two", ]
            on = true
            [table]
            inline = { rgb = "#fff", c256 = 1_6 }
            [table.inner]
            off = false
            """
        ).root
        #expect(root["format"]?.int == 1)
        #expect(root["quoted key"]?.string == "literal \\n")
        #expect(root["a"]?.table?["b"]?.table?["c d"]?.string == "tab\t \u{E9} \"x\"")
        #expect(root["list"]?.array?.compactMap(\.string) == ["one", "two"])
        #expect(root["on"]?.bool == true)
        #expect(root["table"]?.table?["inline"]?.table?["c256"]?.int == 16)
        #expect(root["table"]?.table?["inner"]?.table?["off"]?.bool == false)
        #expect(root.keys == ["format", "quoted key", "a", "list", "on", "table"])
    }

    @Test(arguments: [
        ("a = ", 1, 5), ("a = \"x", 1, 7), ("\n\n[{", 3, 2), ("[a]\n[a]", 2, 1), ("a = 1\na = 2", 2, 1),
        ("a = 1.5", 1, 5),
        ("a = 1979-05-27", 1, 5), ("a = \"\"\"x\"\"\"", 1, 6), ("[[a]]", 1, 2), ("a = [1, 2", 1, 10),
        ("a = {b=1", 1, 9), ("a b = 1", 1, 3),
        ("a = 1 b = 2", 1, 7), ("a = \"\\q\"", 1, 7), ("a = \"\\ud800\"", 1, 8), ("\u{4F5C} = 1", 1, 1),
        ("a = {}\na.b = 1", 2, 1),
        ("a = 1\r\nb", 2, 2), ("a = 'x\n'", 1, 7), ("a = 99999999999999999999", 1, 5), ("= 1", 1, 1), ("a.", 1, 3),
    ])
    func faultsHaveTheirPlace(_ text: String, _ line: Int, _ column: Int) {
        let fault = #expect(throws: TextFault.self) { try TOMLText(text) }
        #expect(fault?.line == line && fault?.column == column, "\(fault?.description ?? "none")")
    }

    @Test func deepNestingIsAFault() {
        #expect(throws: TextFault.self) { try TOMLText("a = " + String(repeating: "[", count: 100_000)) }
        #expect(throws: TextFault.self) { try TOMLText(String(repeating: "a.", count: 100_000) + "a = 1") }
    }

    @Test func placesAreThoseOfTheKeys() throws {
        let text = try TOMLText("[roles]\n  \"a.b\" = { fg = 1, bg = 2 }\n")
        #expect(text.fault(["roles", "a.b", "bg"], "x").description == "line 2, column 21: x")
        #expect(text.fault(["roles", "nobody"], "x").line == 1)
        #expect(text.fault(["nobody"], "x").column == 1)
    }
}

@Suite("Console settings")
struct ConsoleSettingsTextTests {
    @Test(arguments: ["nord", "/home/me/a \"theme\".toml", "C:\\x"]) func aChosenThemeReadsBack(_ name: String) {
        let (settings, faults) = ConsoleSettingsText.read(ConsoleSettingsText(theme: name).text)
        #expect(settings.theme == name)
        #expect(faults.isEmpty)
    }

    @Test func faultsAreToldWithTheirPlace() {
        #expect(ConsoleSettingsText.read("theme = 3\nskin = \"x\"\n").faults.map(\.description).count == 2)
        #expect(ConsoleSettingsText.read("theme = ").faults.count == 1)
        #expect(ConsoleSettingsText.read("hidden = 3").faults.count == 1)
        #expect(ConsoleSettingsText.read("[hidden]\nzones = \"tls\"\nnodes = [1]\n").faults.count == 2)
    }

    @Test func columnsAreKeptBesideTheTheme() {
        let chosen = ConsoleSettingsText(
            theme: "nord", hidden: ["applications": ["p95", "latest"], "email-item": ["priority"], "zones": []])
        let (read, faults) = ConsoleSettingsText.read(chosen.text)
        #expect(faults.isEmpty)
        #expect(read.theme == "nord")
        #expect(read.hidden == ["applications": ["latest", "p95"], "email-item": ["priority"]])
    }
}
