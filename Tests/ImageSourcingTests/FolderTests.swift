import FoundationEssentials
import Glibc
import ImageFolders
import ImageSourcing
import TestKit
import Testing

@Suite("Directories as source and target") struct FolderTests {
    private static func write(_ bytes: [UInt8], _ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: path))
    }

    private static func read(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map { Array($0) }
    }

    private static func keys(_ source: FolderSource, prefix: String = "", after: String? = nil, limit: Int) async throws
        -> [String]
    {
        var keys: [String] = []
        var request = ListingRequest(prefix: ObjectKey(prefix), after: after.map { ObjectKey($0) }, limit: limit)
        while true {
            let page = try await source.list(request)
            #expect(page.objects.count <= limit)
            keys += page.objects.map(\.key.description)
            guard let next = page.next else { return keys }
            request.after = next
        }
    }

    private static let png = SampleImage.png(width: 1, height: 1)

    private static func put(_ target: FolderTarget, _ key: String, _ precondition: PutPrecondition = .createOnly)
        async throws -> PutOutcome
    {
        try await target.put(ObjectKey(key), ImageContent(.bytes(png), format: .png), precondition)
    }

    @Test func listsInTheOrderOfBytesAndGoesOnAnywhere() async throws {
        let folder = try TemporaryDirectory()
        let names = [
            "a.png", "a/b.png", "a/b/c.png", "a-b.png", "z", "é.png", "e\u{301}.png", "a b+c%41.png", "b/x", "0",
        ]
        for name in names { try Self.write([1], folder.path + "/" + name) }
        let sorted = names.map { ObjectKey($0) }.sorted().map(\.description)
        for limit in [1, 2, 3, 100] {
            #expect(try await Self.keys(FolderSource(folder.path), limit: limit) == sorted, "\(limit) a page")
        }
        let source = try FolderSource(folder.path)
        for i in sorted.indices {
            #expect(try await Self.keys(source, after: sorted[i], limit: 4) == Array(sorted[(i + 1)...]))
        }
        #expect(try await Self.keys(source, prefix: "a/", limit: 4) == ["a/b.png", "a/b/c.png"])
        #expect(try await Self.keys(source, prefix: "a", limit: 4).count == 5)
    }

    /// A directory that is larger than what is held of it is read again and again, and lists the same.
    @Test func aLargeDirectoryIsListedPieceByPiece() async throws {
        var random = SeededGenerator.announced("names")
        let folder = try TemporaryDirectory()
        var names = Set<String>()
        for i in 0..<300 {
            let name = String(UInt32.random(in: 0...UInt32.max, using: &random), radix: 3).prefix(6) + "\(i % 3)"
            names.insert(i % 5 == 0 ? "d\(name)/x-\(i)" : String(name))
        }
        for name in names { try Self.write([1], folder.path + "/" + name) }
        let sorted = names.map { ObjectKey($0) }.sorted().map(\.description)
        for window in [1, 7, 64, 1000] {
            let source = try FolderSource(folder.path, window: window)
            #expect(try await Self.keys(source, limit: 50) == sorted, "\(window) at once")
            let middle = sorted[sorted.count / 2]
            #expect(try await Self.keys(source, after: middle, limit: 9) == Array(sorted[(sorted.count / 2 + 1)...]))
        }
    }

    @Test func followsNoLinkAndTakesFilesOnly() async throws {
        let folder = try TemporaryDirectory()
        try Self.write([1], folder.path + "/inside/a.png")
        try Self.write([2], folder.path + "/secret")
        let root = folder.path + "/inside"
        #expect(symlink("../secret", root + "/link.png") == 0 && symlink("..", root + "/up") == 0)
        #expect(mkfifo(root + "/pipe.png", 0o600) == 0)
        let source = try FolderSource(root)
        #expect(try await Self.keys(source, limit: 10) == ["a.png"])
        for key in [
            "link.png", "up/secret", "../secret", "/etc/hostname", "pipe.png", "", "a.png/", "./a.png", "x/../a.png",
        ] {
            await #expect(throws: ObjectFailure.self, "\(key)") { try await source.open(ObjectKey(key)) }
        }
    }

    @Test func readsRangesAndSeesChanges() async throws {
        let folder = try TemporaryDirectory()
        try Self.write(Array(0..<200), folder.path + "/a")
        let source = try FolderSource(folder.path)
        let listed = try await source.list(ListingRequest()).objects[0]
        let body = try await source.open(listed.key, range: 10..<20, expecting: listed.etag)
        #expect(try await body.bytes.next() == Array(10..<20) && body.head.length == 10)
        #expect(try await body.bytes.next() == nil)
        try Self.write([1, 2, 3], folder.path + "/a")
        let failure = await #expect(throws: ObjectFailure.self) {
            try await source.open(listed.key, range: nil, expecting: listed.etag)
        }
        #expect(failure?.code == .changed)
    }

    @Test func createsWholeFilesAndOverwritesNone() async throws {
        let folder = try TemporaryDirectory()
        let target = try FolderTarget(folder.path)
        #expect(try await Self.put(target, "a/b/c.png") == .created)
        #expect(Self.read(folder.path + "/a/b/c.png") == Self.png)
        try Self.write([9], folder.path + "/mine.png")
        #expect(try await Self.put(target, "mine.png") == .kept && Self.read(folder.path + "/mine.png") == [9])
        #expect(try await Self.put(target, "mine.png", .always) == .replaced)
        #expect(Self.read(folder.path + "/mine.png") == Self.png)
        #expect(try await Self.put(target, "new.png", .always) == .created)
        let broken = InterruptedStream()
        let failure = await #expect(throws: ObjectFailure.self) {
            try await target.put(
                ObjectKey("half.png"), ImageContent(.stream(broken, length: 100), format: .png), .createOnly)
        }
        #expect(failure?.code == .cut)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["a", "mine.png", "new.png"])
    }

    @Test func aDirectoryThatSomebodyRemovedIsMadeAgain() async throws {
        let folder = try TemporaryDirectory()
        let target = try FolderTarget(folder.path)
        #expect(try await Self.put(target, "a/b/1.png") == .created)
        try FileManager.default.removeItem(atPath: folder.path + "/a")
        #expect(try await Self.put(target, "a/b/2.png") == .created)
        #expect(Self.read(folder.path + "/a/b/2.png") == Self.png)
        try await target.settle()
        #expect(rename(folder.path + "/a", folder.path + "/moved") == 0)
        #expect(try await Self.put(target, "a/b/3.png") == .created)
        #expect(Self.read(folder.path + "/a/b/3.png") == Self.png)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/moved/b") == ["2.png"])
    }

    @Test func noKeyLeadsOutOfTheDirectory() async throws {
        let folder = try TemporaryDirectory()
        let root = folder.path + "/target"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder.path + "/elsewhere", withIntermediateDirectories: true)
        #expect(symlink("../elsewhere", root + "/link") == 0 && symlink("../new-file", root + "/dangling.png") == 0)
        let target = try FolderTarget(root)
        let bad = [
            "../out.png", "/abs.png", "a/../../out.png", "link/out.png", "", "a//b.png", "dir/", ".", "..", "a/./b",
            String(repeating: "n", count: 256) + ".png",
        ]
        for key in bad {
            let failure = await #expect(throws: ObjectFailure.self, "\(key)") { try await Self.put(target, key) }
            #expect(failure?.code == .badName, "\(key)")
        }
        await #expect(throws: ObjectFailure.self) {
            try await target.put(ObjectKey(bytes: [0x61, 0, 0x62]), ImageContent(.bytes([1]), format: .png), .always)
        }
        // A link that leads nowhere is something of that name.
        #expect(try await Self.put(target, "dangling.png") == .kept)
        await #expect(throws: ObjectFailure.self) { try await Self.put(target, "dangling.png", .always) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["elsewhere", "target"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/elsewhere").isEmpty)
    }

    @Test func oddNamesAreKept() async throws {
        let from = try TemporaryDirectory()
        let to = try TemporaryDirectory()
        let names = [
            "a b", "a+b", "a%41", "é", "e\u{301}", "日本.png", "quote'\"", "back\\slash", "new\nline", "-dash", "~",
            "😀/😀",
            String(repeating: "x", count: 200) + "/" + String(repeating: "y", count: 200) + "/"
                + String(repeating: "z", count: 200),
        ]
        for name in names { try Self.write(Self.png, from.path + "/" + name) }
        let rig = try MigrationRig(FolderSource(from.path), FolderTarget(to.path))
        #expect(try await rig.migrate(run: 1).phase == .completed)
        for name in names { #expect(Self.read(to.path + "/" + name) == Self.png, "\(name)") }
        #expect(try rig.tally(run: 1).imported.objects == names.count)
    }

    /// Two at once for one name: one is told that it was there.
    @Test func ofTwoThatCreateOneNameOneWins() async throws {
        let folder = try TemporaryDirectory()
        let target = try FolderTarget(folder.path)
        for round in 0..<30 {
            async let first = Self.put(target, "a-\(round)")
            async let second = Self.put(target, "a-\(round)")
            let outcomes = try await [first, second]
            #expect(outcomes.filter { $0 == .created }.count == 1 && outcomes.contains(.kept))
        }
    }
}

/// Ends too early.
private final class InterruptedStream: ByteStream {
    private let inner = BufferedStream([UInt8](repeating: 1, count: 50), chunkSize: 50)
    func next() async throws(ObjectFailure) -> [UInt8]? {
        guard let chunk = try await inner.next() else { throw ObjectFailure(.cut, "the connection broke") }
        return chunk
    }
    func close() {}
}
