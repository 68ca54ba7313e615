import Foundation
import Glibc
import TestKit
import Testing

@testable import NodeAgent

@Suite struct NodeFilesTests {
    @Test func aTokenFileMustBelongToItsOwnerAlone() throws {
        let folder = try TemporaryDirectory("token")
        let path = try folder.write("s3cr3t\n", to: "token")
        chmod(path, 0o600)
        #expect(try TokenFile(path: path).read() == "s3cr3t")
        for mode: mode_t in [0o640, 0o604, 0o660, 0o666] {
            chmod(path, mode)
            #expect(try code { _ = try TokenFile(path: path).read() } == .permissions)
        }
        for text in ["", "\n", "two words", "quo\"te", String(repeating: "a", count: 600), "caf\u{E9}"] {
            let bad = try folder.write(text, to: "bad")
            chmod(bad, 0o600)
            #expect(try code { _ = try TokenFile(path: bad).read() } == .invalid)
        }
        #expect(try code { _ = try TokenFile(path: folder.path("none")).read() } == .missing)
    }

    @Test func oneServiceADirectory() throws {
        let folder = try TemporaryDirectory("lock")
        let path = folder.path("lock")
        do {
            let lock = try DirectoryLock(path)
            #expect(try code { _ = try DirectoryLock(path) } == .inUse)
            withExtendedLifetime(lock) {}
        }
        _ = try DirectoryLock(path)
    }

    @Test func aDataDirectoryIsMadeForItsOwnerAndNothingElseIsTaken() throws {
        let folder = try TemporaryDirectory("data")
        let directory = try NodeDirectory(folder.path("a/b/"))
        try directory.prepare()
        var status = stat()
        #expect(stat(folder.path("a/b"), &status) == 0 && status.st_mode & 0o777 == 0o700)
        // Ours once it holds a lock, whatever else is in it.
        _ = try DirectoryLock(directory.lock)
        try folder.write("x", to: "a/b/envoy.log")
        chmod(folder.path("a/b"), 0o755)
        try directory.prepare()
        #expect(stat(folder.path("a/b"), &status) == 0 && status.st_mode & 0o777 == 0o700)

        try folder.write("x", to: "other/file")
        chmod(folder.path("other"), 0o755)
        #expect(try code { try NodeDirectory(folder.path("other")).prepare() } == .invalid)
        #expect(stat(folder.path("other"), &status) == 0 && status.st_mode & 0o777 == 0o755)
        #expect(try code { _ = try NodeDirectory("relative") } == .invalid)
        #expect(try code { _ = try NodeDirectory("/" + String(repeating: "x", count: 100)) } == .invalid)
    }

    @Test func aWrittenFileReplacesTheOldOneWhole() throws {
        let folder = try TemporaryDirectory("atomic")
        let path = folder.path("file")
        try AtomicFile.write(Array("one".utf8), to: path, mode: 0o600)
        try AtomicFile.write(Array("two".utf8), to: path, mode: 0o600)
        #expect(try folder.read("file") == "two")
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
        #expect(try code { try AtomicFile.write([1], to: folder.path("none/file"), mode: 0o600) } == .system)
    }

    @Test func aModuleIsALibrary() throws {
        let folder = try TemporaryDirectory("module")
        let source = try folder.write("text", to: "no.so")
        #expect(try code { try ModuleInstall.install(source, at: folder.path("in.so")) } == .invalid)
        #expect(try code { try ModuleInstall.install(folder.path("none"), at: folder.path("in.so")) } == .missing)
        let library = try folder.write("\u{7F}ELF and more", to: "yes.so")
        try ModuleInstall.install(library, at: folder.path("in.so"))
        #expect(try folder.read("in.so") == "\u{7F}ELF and more")
    }

    @Test func aFullLogIsRenamedAndFollowedIntoTheNewOne() throws {
        let folder = try TemporaryDirectory("log")
        let path = try folder.write("old\n", to: "log")
        var tail = LogTail(path)
        #expect(tail.read() == [])
        let writer = try #require(FileHandle(forWritingAtPath: path))
        try writer.seekToEnd()
        try writer.write(contentsOf: Data("one\n".utf8))
        #expect(String(decoding: tail.read(), as: UTF8.self) == "one\n")
        #expect(!LogRotation(path: path, limit: 100).rotateIfFull())
        #expect(LogRotation(path: path, limit: 8).rotateIfFull())
        try writer.write(contentsOf: Data("two\n".utf8))
        try folder.write("three\n", to: "log")
        var text = ""
        for _ in 0..<4 { text += String(decoding: tail.read(), as: UTF8.self) }
        #expect(text == "two\nthree\n")
        #expect(try folder.read("log.1") == "old\none\ntwo\n")
    }

    @Test func aProcessIsKnownByItsStartAndNotByItsNumberAlone() throws {
        let own = try #require(ProcessIdentity(running: getpid()))
        #expect(own.isRunning && own.residentBytes > 0)
        #expect(ProcessIdentity("\(own)\n") == own)
        let impostor = try #require(ProcessIdentity("\(getpid())-1"))
        #expect(!impostor.isRunning && impostor.residentBytes == 0)
        #expect(ProcessIdentity("1-1") == nil && ProcessIdentity("") == nil)
    }

    private func code(_ body: () throws -> Void) throws -> NodeAgentError.Code? {
        do {
            try body()
            return nil
        } catch let error as NodeAgentError {
            return error.code
        }
    }
}
