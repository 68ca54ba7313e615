import ControlPlane
import EdgeModel
import ImageSourcing
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Forms make the commands of their verbs.
struct AddsASourceAndMigratesIt {
    @Test func formsMakeTheCommandsOfTheirVerbs() async throws {
        let shift = try NightShift.withImages()
        var console = try await shift.operatorAddingASource("wire", at: "s3://wire/photos/")
        await console.type("env:WIRE_KEYS")
        try await console.press("Enter")
        console = try await shift.operatorAt("sources/press")
        try await console.press("+ Tab Tab")
        await console.type("media")
        try await console.press("Tab Tab Tab Tab Tab Enter")
        #expect(
            shift.commands.withLock(\.self) == [
                ["images", "source", "add", "wire", "--s3", "s3://wire/photos/", "--credentials", "env:WIRE_KEYS"],
                ["images", "survey", "press", "--to", "media", "--overwrite", "never"],
            ])
    }
}
