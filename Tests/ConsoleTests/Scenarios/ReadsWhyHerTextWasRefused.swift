import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// A refused text says above it what is wrong and where.
struct ReadsWhyHerTextWasRefused {
    @Test func aRefusedTextSaysAboveItWhatIsWrongAndWhere() {
        let finding = Finding(.error, "bad-expression", at: "rules.0", line: 7, "unknown field", remedy: "look it up")
        let (text, line) = EditText.annotated("one\ntwo\n", Problem(at: "shop@4", "not valid", findings: [finding]))
        #expect(line == 10)
        #expect(
            text == """
                #! not saved: not valid
                #! line 10: unknown field (look it up)
                #! these lines go away by themselves; leave the text as it is to give the edit up
                one
                two

                """)
        #expect(EditText.stripped(text) == "one\ntwo\n")
    }
}
