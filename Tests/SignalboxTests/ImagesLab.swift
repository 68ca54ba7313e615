import Foundation
import TestKit
import Testing

/// A source and a target directory, a state, and the program to migrate from one to the other.
final class ImagesLab: Sendable {
    let folder: TemporaryDirectory
    var source: String { folder.path + "/photos" }
    var target: String { folder.path + "/media" }

    init() throws {
        folder = try TemporaryDirectory("images")
        for path in [source, target] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
    }

    func write(_ bytes: [UInt8], _ name: String) throws {
        let path = source + "/" + name
        let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: path))
    }

    private var environment: [String: String?] {
        [
            "HOME": folder.path, "XDG_STATE_HOME": nil, "XDG_CONFIG_HOME": nil, "NO_COLOR": "1",
            "SIGNALBOX_STATE": folder.path + "/state.db", "PRESS_KEYS": "AKIDEXAMPLE:wonderful-secret",
        ]
    }

    func start(_ words: [String]) throws -> ChildProcess {
        try ChildProcess(
            Checkout.program("signalbox"), words, environment: environment, directory: folder.path)
    }

    @discardableResult
    func run(_ words: String...) async throws -> CommandAnswer { try await run(words) }

    func run(_ words: [String]) async throws -> CommandAnswer {
        CommandAnswer(
            arguments: words,
            try await ChildProcess.run(
                Checkout.program("signalbox"), words, environment: environment, directory: folder.path,
                within: .seconds(120)))
    }

    func begin() async throws {
        try await run("init")
        #expect(try await run("images", "source", "add", "press", "--directory", source).status == 0)
        #expect(try await run("images", "target", "add", "media", "--directory", target).status == 0)
    }

    /// A server on the state, listening where nobody asks.
    func serve() throws -> ChildProcess { try start(["serve", "--listen", folder.path + "/nodes.sock"]) }

    /// The word for how a run stands.
    func state(_ run: Int) async throws -> String {
        struct Report: Decodable { var state: String }
        let answer = try await self.run("images", "report", "\(run)", "--output", "json")
        return try JSONDecoder().decode(Report.self, from: Data(answer.output.utf8)).state
    }

    /// Numbers of a report by their names.
    func totals(_ run: Int) async throws -> [String: Int] {
        let answer = try await self.run("images", "report", "\(run)", "--output", "json")
        struct Report: Decodable {
            struct Totals: Decodable {
                var listed, imported, kept, skipped, failed, waiting: Int
            }
            var totals: Totals
        }
        let totals = try JSONDecoder().decode(Report.self, from: Data(answer.output.utf8)).totals
        return [
            "listed": totals.listed, "imported": totals.imported, "kept": totals.kept, "skipped": totals.skipped,
            "failed": totals.failed, "waiting": totals.waiting,
        ]
    }

    func stored() -> Int {
        FileManager.default.enumerator(atPath: target)?.reduce(0) { count, _ in count + 1 } ?? 0
    }
}
