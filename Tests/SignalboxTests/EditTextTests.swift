import EdgeModel
import Testing

@testable import signalbox

@Suite struct EditTextTests {
    @Test func commentsOfOursComeOffAndNothingElse() {
        let text = "#: shop@2\n#: error line 3\n# the author's own\nrules: {}\n#: not at the top\n"
        #expect(EditText.withoutComments(text) == "# the author's own\nrules: {}\n#: not at the top\n")
        #expect(EditText.withoutComments("") == "")
    }

    @Test func findingsBecomeCommentsThatCarryNothingElse() {
        let finding = Finding(.error, "x", at: "rules[0]", line: 2, "bad\nname: \u{1B}", remedy: "mend\nit")
        let text = EditText.findings([finding]) { $0 + 10 }
        #expect(text == "#: error line 12, rules[0]: bad\n#: name: \\u{1B}\n#:   mend\n#: it\n")
        #expect(EditText.withoutComments(text + "a: 1\n") == "a: 1\n")
    }
}
