import Synchronization
import Testing

@testable import Console

/// A new source leads to a survey and the survey to the migration, with the words that were given before.
struct GoesFromASourceToItsMigration {
    @Test func eachStepLeadsToTheNext() async throws {
        let shift = try NightShift.withImages()
        var console = try await shift.operatorAddingASource("wire", at: "s3://wire/photos/")
        try await console.press("Enter")
        // What was said of it is read first.
        #expect(console.screen.contains("said by images source add wire"))
        try await console.press("Esc")
        #expect(console.screen.contains("survey or migrate images") && console.screen.contains("images survey wire"))
        try await console.press("Tab Tab")
        await console.type("media")
        try await console.press("Tab")
        await console.type("2024/")
        try await console.press("Tab Tab Tab Tab Enter")
        #expect(console.screen.contains("said by images survey wire"))
        try await console.press("Esc Tab Tab Tab Tab Tab Tab Tab Enter Esc")
        // There is nothing after the migration.
        #expect(!console.screen.contains("survey or migrate images"))
        let commands = shift.commands.withLock(\.self)
        #expect(
            commands.map { $0.prefix(3).joined(separator: " ") } == [
                "images source add", "images survey wire", "images migrate wire",
            ])
        #expect(commands.last?.dropFirst(2) == commands.dropFirst().first?.dropFirst(2))
        #expect(commands.last?.contains("2024/") == true)
    }

    @Test func aRefusedCommandIsAskedForAgainWithItsWords() async throws {
        let shift = try NightShift.withImages()
        shift.refusesSources.withLock { $0 = true }
        var console = try await shift.operatorAddingASource("wire", at: "s3://wrie/photos/")
        try await console.press("Enter")
        #expect(console.screen.contains("there is no bucket wrie"))
        try await console.press("Esc")
        #expect(console.screen.contains("name a source of images") && console.screen.contains("s3://wrie/photos/"))
        try await console.press("Esc")
        #expect(!console.screen.contains("name a source of images"))
    }
}
