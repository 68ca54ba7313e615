import Glibc
import PostfixProtocol
import TestKit
import Testing

@testable import PostfixEndpoints

/// Whatever rotation does to the file, each line is read once.
@Suite("The follower of a log") struct LogFileTests {
    private let folder: TemporaryDirectory
    private var file: LogFile
    private var path: String { folder.path("mail.log") }

    init() throws {
        folder = try TemporaryDirectory("log")
        try folder.write("", to: "mail.log")
        file = LogFile(folder.path("mail.log"))
        file.open(at: nil)
    }

    private func append(_ lines: String..., to name: String = "mail.log") throws {
        let descriptor = open(folder.path(name), O_WRONLY | O_APPEND | O_CREAT, 0o644)
        defer { close(descriptor) }
        for line in lines {
            let bytes = Array((line + "\n").utf8)
            try #require(write(descriptor, bytes, bytes.count) == bytes.count)
        }
    }

    /// All that is new, until nothing is: what a rotation left behind takes a look more.
    private mutating func read() -> [String] {
        var (found, silent) = ([String](), 0)
        while silent < 3 {
            let lines = file.lines().map { String($0.text) }
            found += lines
            silent = lines.isEmpty ? silent + 1 : 0
        }
        return found
    }

    @Test mutating func linesComeWholeAndOnce() throws {
        try append("09:00 one", "09:01 two")
        #expect(read() == ["09:00 one", "09:01 two"])
        try append("09:02 thr")
        let cut = open(path, O_WRONLY)
        try #require(ftruncate(cut, 29) == 0, "the line's end is still to come")
        close(cut)
        #expect(read() == [])
        try append("ee")
        #expect(read() == ["09:02 three"])
    }

    @Test mutating func aRenamedFileIsReadToItsEnd() throws {
        try append("09:00 one")
        #expect(read() == ["09:00 one"])
        try append("09:01 two")
        #expect(rename(path, folder.path("mail.log.1")) == 0)
        try append("09:02 three", to: "mail.log.1")
        try append("09:03 four")
        #expect(read() == ["09:01 two", "09:02 three", "09:03 four"])
    }

    /// The new content may be shorter than, as long as, or longer than what was read.
    @Test(arguments: [["10:00 a"], ["10:00 xyz"], ["10:00 a longer line than any before", "10:01 and one"]])
    mutating func aCopiedAndCutFileLosesNothing(fresh: [String]) throws {
        try append("09:00 one")
        #expect(read() == ["09:00 one"])
        try append("09:01 two")
        try folder.write(try folder.read("mail.log"), to: "mail.log.1")
        try #require(truncate(path, 0) == 0)
        for line in fresh { try append(line) }
        #expect(read() == ["09:01 two"] + fresh)
        try append("10:02 next")
        #expect(read() == ["10:02 next"])
    }

    @Test mutating func aCutWithoutACopyBeginsAnew() throws {
        try append("09:00 one", "09:01 two")
        #expect(read().count == 2)
        try #require(truncate(path, 0) == 0)
        try append("10:00 a")
        #expect(read() == ["10:00 a"])
    }

    @Test mutating func aRestartGoesOnWhereItWas() throws {
        try append("09:00 one", "09:01 two")
        #expect(read().count == 2)
        let place = file.place
        #expect(LogReader.Place(place.text) == place)
        try append("09:02 three")
        #expect(rename(path, folder.path("mail.log.1")) == 0)
        try append("09:03 four")
        file.close()
        file = LogFile(path)
        file.open(at: place)
        #expect(read() == ["09:02 three", "09:03 four"])
        // Cut while nobody looked, and shorter than before.
        let last = file.place
        try #require(truncate(path, 0) == 0)
        try append("10:00 a")
        file.close()
        file = LogFile(path)
        file.open(at: last)
        #expect(read() == ["10:00 a"])
    }

    @Test mutating func moreThanOneReadTakesIsBehind() throws {
        for number in 0..<6_000 { try append("09:00 line \(number)") }
        let first = file.lines()
        #expect(file.isBehind && first.count < 6_000)
        #expect(first.count + read().count == 6_000)
        #expect(!file.isBehind)
    }
}
