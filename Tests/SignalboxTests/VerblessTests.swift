import Testing

@testable import signalbox

struct VerblessTests {
    @Test(
        arguments: [
            ([], ["console"]), (["--state", "x.db"], ["console", "--state", "x.db"]), (["--help"], ["--help"]),
            (["--version"], ["--version"]), (["status"], ["status"]), (["-h"], ["-h"]),
            (["--context", "edge1", "--read-only"], ["console", "--context", "edge1", "--read-only"]),
        ] as [([String], [String])])
    func aVerbIsMissedOnlyInATerminal(given: [String], meant: [String]) {
        #expect(Main.withVerb(given) == meant)
    }
}
