import Foundation
import Glibc
import TestKit
import Testing

/// The image verbs as a person or a pipeline uses them, on directories.
@Suite struct ImagesVerbTests {
    @Test func aGalleryIsSurveyedMigratedAndReported() async throws {
        let lab = try ImagesLab()
        for (name, bytes) in SampleImage.gallery { try lab.write(bytes, "2024/" + name) }
        try lab.write(Array("notes, \"quoted\"".utf8), "notes, and more.jpg")
        try lab.write(Array(SampleImage.png(width: 9, height: 9).dropLast(3)), "cut.png")
        try await lab.begin()
        let survey = try await lab.run("images", "survey", "press", "--to", "media")
        #expect(survey.status == 0 && survey.output.contains("14") && survey.output.contains("truncated"), "\(survey)")
        let first = try await lab.run("images", "migrate", "press", "--to", "media")
        #expect(first.status == 0 && first.output.contains("run 1: completed"), "\(first)")
        let count = SampleImage.gallery.count
        #expect(
            try await lab.totals(1) == [
                "listed": count + 2, "imported": count, "kept": 0, "skipped": 2, "failed": 0, "waiting": 0,
            ])
        for (name, bytes) in SampleImage.gallery {
            #expect(FileManager.default.contents(atPath: lab.target + "/2024/" + name).map { Array($0) } == bytes)
        }
        let leftOut = try await lab.run("images", "report", "1", "--skipped")
        #expect(leftOut.output.split(separator: "\n").count == 3, "\(leftOut)")
        let failures = try await lab.run("images", "report", "1", "--failed")
        #expect(failures.output.split(separator: "\n").count == 1, "\(failures)")
        let report = try await lab.run("images", "report", "1", "--reason", "not-an-image", "--format", "csv")
        #expect(report.output.split(separator: "\n").count == 2 && report.output.contains("\"notes, and more.jpg\""))
        // The report is a manifest.
        try Data(report.output.utf8).write(to: URL(filePath: lab.folder.path + "/again.csv"))
        try lab.write(SampleImage.jpeg(width: 4, height: 4), "notes, and more.jpg")
        let again = try await lab.run(
            "images", "migrate", "press", "--to", "media", "--manifest", lab.folder.path + "/again.csv")
        #expect(again.status == 0, "\(again)")
        let second = try await lab.totals(2)
        #expect(second["listed"] == 1 && second["imported"] == 1)
        let status = try await lab.run("images", "status", "--output", "name")
        #expect(status.output == "2\n1\n", "\(status)")
    }

    @Test func whatHasNoSenseIsRefusedWithAReason() async throws {
        let lab = try ImagesLab()
        try await lab.begin()
        let twice = try await lab.run("images", "source", "add", "press", "--directory", lab.source)
        #expect(twice.status == 73)
        let missing = try await lab.run("images", "source", "add", "other", "--directory", lab.folder.path + "/none")
        #expect(missing.status == 66, "\(missing)")
        let unknown = try await lab.run("images", "migrate", "nobody", "--to", "media")
        #expect(unknown.status == 66)
        let secret = try await lab.run(
            "images", "source", "add", "x", "--s3", "s3://b", "--credentials", "AKID:wonderful-secret")
        #expect(secret.status == 64 && !(secret.errors + secret.output).contains("wonderful-secret"), "\(secret)")
        let unreachable = try await lab.run(
            "images", "source", "add", "x", "--s3", "s3://bucket", "--endpoint", "http://127.0.0.1:1", "--credentials",
            "env:PRESS_KEYS")
        #expect(unreachable.status == 69 && !unreachable.errors.contains("wonderful-secret"), "\(unreachable)")
        let kept = try await lab.run(
            "images", "source", "add", "x", "--s3", "s3://bucket", "--credentials", "env:PRESS_KEYS", "--no-check")
        #expect(kept.status == 0)
        let state = FileManager.default.contents(atPath: lab.folder.path + "/state.db").map { Array($0) } ?? []
        #expect(!String(decoding: state, as: UTF8.self).contains("wonderful-secret"))
    }

    /// Killed at twenty moments and resumed each time: every object once, and the sums are those of the listing.
    @Test func killedAnywhereItGoesOn() async throws {
        var random = SeededGenerator.announced("kills")
        let lab = try ImagesLab()
        let count = 1200
        for i in 0..<count {
            let image = SampleImage.png(width: 1 + i % 3, height: 1)
            try lab.write(i % 10 == 9 ? Array(image.dropLast()) : image, "\(i % 9)/image-\(i).png")
        }
        try await lab.begin()
        var words = ["images", "migrate", "press", "--to", "media", "--objects-per-second", "50", "--transfers", "4"]
        for _ in 0..<20 {
            let child = try lab.start(words)
            let goal = lab.stored() + Int.random(in: 1...20, using: &random)
            try await eventually(within: .seconds(60), every: .milliseconds(2), "more images") {
                lab.stored() >= goal || !child.isRunning
            }
            child.signal(SIGKILL)
            try await child.wait()
            words = ["images", "resume", "1"]
        }
        #expect(try await lab.run("images", "tune", "1", "--objects-per-second", "0").status == 0)
        let status = try await lab.run("images", "status")
        #expect(status.output.contains("interrupted"), "\(status)")
        let end = try await lab.run("images", "resume", "1")
        #expect(end.status == 0, "\(end)")
        let bad = count / 10
        #expect(
            try await lab.totals(1) == [
                "listed": count, "imported": count - bad, "kept": 0, "skipped": bad, "failed": 0, "waiting": 0,
            ])
        let report = try await lab.run("images", "report", "1", "--format", "csv")
        let keys = Set(report.output.split(separator: "\n").dropFirst().compactMap { $0.split(separator: ",").first })
        #expect(keys.count == count)
        for i in 0..<count {
            let stored = FileManager.default.contents(atPath: lab.target + "/\(i % 9)/image-\(i).png").map { Array($0) }
            #expect(stored == (i % 10 == 9 ? nil : SampleImage.png(width: 1 + i % 3, height: 1)), "\(i)")
        }
    }

    @Test func anEditLeavesWhatItDoesNotName() async throws {
        let lab = try ImagesLab()
        #expect(try await lab.run("init").status == 0)
        let add = [
            "--s3", "s3://press/photos/", "--endpoint", "https://s3.example.com", "--region", "eu-central-1",
            "--credentials", "env:PRESS_KEYS", "--no-check",
        ]
        #expect(try await lab.run(["images", "source", "add", "press"] + add).status == 0)
        func edit(_ words: String...) async throws -> [String] {
            let edited = try await lab.run(["images", "source", "edit", "press", "--no-check"] + words)
            #expect(edited.status == 0, "\(edited)")
            let json = try JSONTree(
                parsing: try await lab.run("images", "source", "show", "press", "-o", "json").output)
            return ["address", "endpoint", "region", "credentials"].map { json[$0].text ?? "-" }
        }
        #expect(
            try await edit("--s3", "s3://press/other/")
                == ["s3://press/other/", "https://s3.example.com", "eu-central-1", "env:PRESS_KEYS"])
        #expect(
            try await edit("--endpoint", "http://127.0.0.1:9")
                == ["s3://press/other/", "http://127.0.0.1:9", "eu-central-1", "env:PRESS_KEYS"])
        #expect(
            try await edit("--s3", "s3://here/p/", "--endpoint", "", "--region", "")
                == ["s3://here/p/", "-", "-", "env:PRESS_KEYS"])
        // A directory has no key.
        #expect(try await edit("--directory", lab.target) == [lab.target, "-", "-", "-"])
        let nothing = try await lab.run("images", "source", "edit", "press")
        #expect(nothing.status == 64 && nothing.errors.contains("it is not told what changes"))
    }

    @Test func aRunIsPausedFromElsewhereAndItsSourceIsLockedMeanwhile() async throws {
        let lab = try ImagesLab()
        for i in 0..<400 { try lab.write(SampleImage.png(width: 1, height: 1), "image-\(i).png") }
        try await lab.begin()
        let child = try lab.start([
            "images", "migrate", "press", "--to", "media", "--objects-per-second", "20", "--transfers", "2",
        ])
        try await eventually(within: .seconds(60), "the first images") { lab.stored() > 2 }
        for words in [["remove", "press", "--yes"], ["edit", "press", "--directory", lab.target]] {
            let refused = try await lab.start(["images", "source"] + words).wait()
            #expect(refused == .exited(77))
        }
        let second = try await lab.run("images", "migrate", "press", "--to", "media")
        #expect(second.status == 77)
        #expect(try await lab.run("images", "pause", "1").status == 0)
        #expect(try await child.wait(within: .seconds(60)) == .exited(0))
        #expect(try await lab.run("images", "status").output.contains("paused"))
        #expect(try await lab.run("images", "tune", "1", "--objects-per-second", "0").status == 0)
        let end = try await lab.run("images", "resume", "1")
        #expect(end.status == 0 && lab.stored() == 400, "\(end)")
        #expect(try await lab.run("images", "source", "remove", "press", "--yes").status == 0)
    }
}
