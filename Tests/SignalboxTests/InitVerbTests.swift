import TestKit
import Testing

/// A state is made where it was asked for, or the place is named.
@Suite struct InitVerbTests {
    @Test(arguments: ["file/state.db", "file/deeper/state.db", "/proc/none/state.db"])
    func aPlaceWhereNothingCanBeMadeEndsWith73(place: String) async throws {
        let bench = try StateBench.bare()
        _ = try bench.folder.write("a file", to: "file")
        let answer = try await bench.attempt(["init", "--state", place])
        #expect(answer.status == 73, "\(answer)")
        #expect(answer.errors.contains("the state cannot be created: "), "\(answer)")
        #expect(answer.errors.contains("where: ") && answer.errors.contains(place), "\(answer)")
    }
}
