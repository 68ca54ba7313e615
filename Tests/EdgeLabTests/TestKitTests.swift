import FoundationEssentials
import Glibc
import TestKit
import Testing

@Suite struct GoldenTests {
    @Test func theKeptTextPasses() throws {
        try Golden.check("first\nsecond\n", "kept.txt")
    }

    @Test func aDifferenceShowsItsLines() throws {
        let path = Checkout.root + "/Tests/EdgeLabTests/Goldens/kept.txt"
        let mismatch = #expect(throws: Golden.Mismatch.self) {
            try Golden.check("first\nother\n", path: path, update: false)
        }
        #expect(mismatch?.description.contains("-2: second\n+2: other") == true)
    }

    @Test func aMissingFileFailsAndShowsTheText() throws {
        let folder = try TemporaryDirectory()
        let mismatch = #expect(throws: Golden.Mismatch.self) {
            try Golden.check("the text", path: folder.path("none.txt"), update: false)
        }
        #expect(mismatch?.description.contains("the text") == true)
    }

    @Test func anUpdateWritesWhatIsNew() throws {
        let folder = try TemporaryDirectory()
        try Golden.check("new", path: folder.path("deep/new.txt"), update: true)
        #expect(try folder.read("deep/new.txt") == "new")
    }

    @Test func aFileNobodyReadsIsAnOrphan() throws {
        #expect(Golden.orphans(known: ["kept.txt"]) == [])
        #expect(Golden.orphans(known: []) == ["kept.txt"])
    }
}

@Suite struct ToolTests {
    @Test func splitMixGivesItsPublishedNumbers() {
        var generator = SeededGenerator(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect(expected.map { _ in generator.next() } == expected)
    }

    @Test func portsAreDifferentAndFreeOnEveryAddress() throws {
        let ports = try FreePort.pick(20, on: ["127.0.0.1", "127.0.0.2"])
        #expect(Set(ports).count == 20)
        #expect(ports.allSatisfy { FreePort.isFree(HostPort("127.0.0.2", $0)) })
    }

    @Test func aPortSomebodyListensOnIsNotFree() async throws {
        let origin = try await OriginProcess.start()
        #expect(!FreePort.isFree(origin.origins[0].listening))
    }

    @Test func aConditionThatNeverHoldsEndsWithTheLastReason() async throws {
        struct Reason: Error {}
        let failure = await #expect(throws: NeverHappened.self) {
            try await eventually(within: .milliseconds(20), "a miracle") { () -> Bool in throw Reason() }
        }
        #expect(failure?.what == "a miracle")
        #expect(failure?.lastError is Reason)
    }

    @Test func aTemporaryFolderGoesAwayWithItsFiles() throws {
        var folder: TemporaryDirectory? = try TemporaryDirectory()
        let path = try #require(folder?.path)
        try folder?.write("x", to: "a/b.txt")
        #expect(access(path + "/a/b.txt", R_OK) == 0)
        folder = nil
        #expect(access(path, F_OK) != 0)
    }

    @Test(arguments: ["127.0.0.1:80", "[::1]:8080", "127.9.8.7:65535"])
    func anAddressPrintsAsItIsRead(_ text: String) throws {
        #expect(try HostPort(parsing: text).description == text)
    }

    @Test(arguments: ["127.0.0.1", "localhost:80", ":80", "127.0.0.1:65536", "127.0.0.1:-1", "::1:x", ""])
    func whatIsNoAddressIsRefused(_ text: String) {
        #expect(throws: HostPort.Malformed.self) { try HostPort(parsing: text) }
    }

    @Test func quantilesAreWithinTwoPercent() {
        var generator = SeededGenerator.announced("latency histogram")
        var histogram = LatencyHistogram()
        var samples: [UInt64] = []
        for _ in 0..<5_000 {
            let value = UInt64.random(in: 0...(1 << UInt64.random(in: 0...40, using: &generator)), using: &generator)
            samples.append(value)
            histogram.record(nanoseconds: value)
        }
        samples.sort()
        for quantile in [0.01, 0.5, 0.95, 0.99, 0.999, 1] {
            let exact = samples[max(0, Int((Double(samples.count) * quantile).rounded(.up)) - 1)]
            let found = histogram.nanoseconds(quantile: quantile)
            #expect(found >= exact && Double(found) <= Double(exact) * 1.02)
        }
        #expect(histogram.largest == samples.last)
    }
}
