import Logging
import TestKit
import Testing

@testable import NodeAgent

@Suite struct LastGoodTests {
    private let lastGood = LastGood([
        .clusters: DiscoveryResponse(version: "c1", body: Array("clusters\n\u{0}".utf8)),
        .listeners: DiscoveryResponse(version: "l1", body: []),
        .routes("signalbox.lower"): DiscoveryResponse(version: "r1", body: Array("{}".utf8)),
    ])

    @Test func aFileReadsBackAsItWasWritten() throws {
        let bytes = try LastGoodFile.bytes(of: lastGood, node: "fra1")
        #expect(try LastGoodFile.read(bytes, node: "fra1") == lastGood)
        #expect(String(decoding: bytes.prefix(22), as: UTF8.self) == "signalbox last-good 1 ")
    }

    @Test func damageIsSeenWhereverItIs() throws {
        let bytes = try LastGoodFile.bytes(of: lastGood, node: "fra1")
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0x11
            #expect(throws: LastGoodFile.Damage.self, "byte \(place)") { try LastGoodFile.read(damaged, node: "fra1") }
            #expect(throws: LastGoodFile.Damage.self) { try LastGoodFile.read(Array(bytes[..<place]), node: "fra1") }
        }
    }

    @Test func anotherNodesFileIsNotOurs() throws {
        let bytes = try LastGoodFile.bytes(of: lastGood, node: "hil1")
        #expect(throws: LastGoodFile.Damage.otherNode("hil1")) { try LastGoodFile.read(bytes, node: "fra1") }
    }

    @Test func keeperWritesTheNewestAndLoadsItAgain() throws {
        let folder = try TemporaryDirectory("keeper")
        let keeper = LastGoodKeeper(path: folder.path("last-good"), node: "fra1", logger: Logger(label: "test"))
        #expect(keeper.load().isEmpty)
        keeper.keep(LastGood())
        keeper.keep(lastGood)
        keeper.finish()
        #expect(keeper.load() == lastGood)
        try folder.write("signalbox last-good 1 0000\n", to: "last-good")
        #expect(keeper.load().isEmpty)
    }

    @Test func onlyAWholeConfigurationIsGood() {
        let listeners = DiscoveryResponse(
            version: "l", body: Array(#"{"resources":[{"rds":{"route_config_name":"p"}}]}"#.utf8))
        let other = DiscoveryResponse(version: "x", body: [])
        #expect(LastGood(complete: [.clusters: other, .listeners: listeners]) == nil)
        #expect(LastGood(complete: [.listeners: listeners, .routes("p"): other]) == nil)
        let whole = LastGood(complete: [
            .clusters: other, .listeners: listeners, .routes("p"): other, .routes("gone"): other,
        ])
        #expect(whole?.responses.keys.contains(.routes("gone")) == false)
        #expect(whole?.responses.count == 3)
    }

    @Test func listenersWithShardsNeedTheScopesAndEveryShard() {
        let listeners = DiscoveryResponse(
            version: "l", body: Array(#"{"resources":[{"scoped_routes":{"scoped_rds":{}}}]}"#.utf8))
        let scopes = DiscoveryResponse(
            version: "s",
            body: Array(
                #"{"resources":[{"route_configuration_name":"p.00"},{"route_configuration_name":"p.01"}]}"#.utf8))
        let other = DiscoveryResponse(version: "x", body: [])
        var accepted: [Subscription: DiscoveryResponse] = [
            .clusters: other, .listeners: listeners, .routes("p.00"): other, .routes("p.01"): other,
        ]
        #expect(LastGood(complete: accepted) == nil)
        accepted[.scopes] = scopes
        #expect(LastGood(complete: accepted)?.responses.count == 5)
        accepted[.routes("p.01")] = nil
        #expect(LastGood(complete: accepted) == nil)
    }
}
