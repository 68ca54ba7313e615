import EdgeModel
import EdgePlan
import FoundationEssentials
import Synchronization
import TestKit
import Testing

/// A real Envoy with the module, random rules and clients that want it to fall.
final class HostileTraffic {
    private let edge: LabEdge
    private var generator: SeededGenerator
    private(set) var messages = 0
    /// Answers by status; 0 stands for none.
    private(set) var statuses: [Int: Int] = [:]

    init(edge: LabEdge, generator: SeededGenerator) {
        self.edge = edge
        self.generator = generator
    }

    /// A random set of rules.
    func plan() throws -> EdgePlan {
        var dice = Dice(seed: generator.next())
        let conditions = RandomCondition(ports: Array(Set((edge.servers + edge.servers6).map(\.port))).sorted())
        let ports = Dictionary(uniqueKeysWithValues: edge.origins.origins.map { ($0.origin, $0.listening.port) })
        let maker = RandomEdge(configurations: RandomConfiguration(conditions: conditions, origins: ports))
        return PlanCompiler.compile(maker.snapshot(&dice, firstID: 100)).0
    }

    /// Sends so many messages, each on a connection of its own, several at a time.
    func send(_ count: Int) async {
        var dice = Dice(seed: generator.next())
        let bytes = HostileBytes(requests: RandomRequest(servers: edge.servers, servers6: edge.servers6))
        let list = (0..<count).map { _ in bytes.message(&dice) }
        let found = await withTaskGroup(of: [Int].self, returning: [Int].self) { group in
            for part in 0..<4 {
                let own = list.enumerated().filter { $0.offset % 4 == part }.map(\.element)
                group.addTask { (try? await Blocking.run { own.map { Self.status($0.server, $0.bytes) } }) ?? [] }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        messages += found.count
        for status in found { statuses[status, default: 0] += 1 }
    }

    private static func status(_ server: HostPort, _ bytes: [UInt8]) -> Int {
        do throws(SocketFailure) {
            let connection = try RawHTTPConnection(to: server, within: .seconds(5))
            do throws(SocketFailure) { try connection.send(bytes, within: .seconds(2)) } catch {}
            // Half a request is never answered: nobody waits long for it.
            return try connection.receive(within: .milliseconds(60)).status
        } catch {
            return 0
        }
    }
}

@Suite("Hostile clients", .serialized, .enabled(if: Checkout.edgeModule() != nil && EnvoyBinary.locate() != nil))
struct HostileTrafficTests {
    @Test("Envoy lives, the filter answers no error of its own, and memory stays", .timeLimit(.minutes(5)))
    func hostile() async throws {
        let edge = try await LabEdge.start()
        let traffic = HostileTraffic(edge: edge, generator: .announced("hostile traffic"))
        let plans = [try traffic.plan(), try traffic.plan()]
        for plan in plans { try await edge.serve(plan, inShards: false) }
        await traffic.send(400)
        let before = try #require(edge.residentKilobytes)
        for round in 0..<4 {
            try await edge.serve(plans[round % 2], inShards: false)
            await traffic.send(400)
            #expect(edge.isRunning, "\(edge.log.suffix(2_000))")
        }
        let after = try #require(edge.residentKilobytes)
        print(
            "hostile traffic: \(traffic.messages) messages, RSS \(before) → \(after) kB, \(traffic.statuses.sorted { $0.key < $1.key })"
        )
        // The router answers with 503 where it has no origin; an error of the filter would be 500.
        #expect(traffic.statuses[500] == nil)
        #expect((traffic.statuses[200] ?? 0) > 50 && (traffic.statuses[400] ?? 0) > 200)
        #expect(after - before < 24_000)
        await edge.stop()
    }
}

/// Ten minutes of hostile clients beside ordinary load: `make soak`; `SIGNALBOX_SOAK_SECONDS` says how long.
@Suite(
    "Soak: hostile clients", .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["SIGNALBOX_SOAK"] != nil, "set SIGNALBOX_SOAK=1"))
struct HostileTrafficSoak {
    @Test func memoryDoesNotGrow() async throws {
        let limit = ProcessInfo.processInfo.environment["SIGNALBOX_SOAK_SECONDS"].flatMap { Int($0) } ?? 600
        let edge = try await LabEdge.start()
        let traffic = HostileTraffic(edge: edge, generator: .announced("hostile traffic"))
        let plans = [try traffic.plan(), try traffic.plan()]
        for plan in plans { try await edge.serve(plan, inShards: false) }
        let load = try await LoadProcess.start(
            targets: edge.servers, host: "www.alpha.test",
            paths: ["/", "/a/b", "/shop/cart?a=1", "//beta.test/blog/2026/11"],
            connections: 4, rate: 150)
        let clock = ContinuousClock()
        let start = clock.now
        var samples: [(seconds: Int, kilobytes: Int)] = []
        var round = 0
        while clock.now - start < .seconds(limit) {
            round += 1
            if round % 10 == 0 { try await edge.serve(plans[round / 10 % 2], inShards: false) }
            await traffic.send(120)
            guard let memory = edge.residentKilobytes else { break }
            samples.append((Int((clock.now - start) / .seconds(1)), memory))
        }
        #expect(edge.isRunning, "\(edge.log.suffix(2_000))")
        let result = try await load.finish()
        for sample in samples.enumerated() where sample.offset % max(1, samples.count / 20) == 0 {
            print("RSS after \(sample.element.seconds) s: \(sample.element.kilobytes) kB")
        }
        print("hostile messages: \(traffic.messages), \(traffic.statuses.sorted { $0.key < $1.key })")
        print("ordinary requests: \(result.requests), \(result.statuses), failures \(result.failures.total)")
        #expect(traffic.statuses[500] == nil)
        #expect(result.failures.total == 0, "\(result.firstFailures ?? [])")
        // Pools and caches fill in the first fifth; after that, what grows is a leak.
        let warm = samples.filter { $0.seconds * 5 > limit }.map(\.kilobytes)
        let (first, last) = (warm.prefix(max(1, warm.count / 5)), warm.suffix(max(1, warm.count / 5)))
        let growth = last.reduce(0, +) / max(last.count, 1) - first.reduce(0, +) / max(first.count, 1)
        print("growth after the first fifth: \(growth) kB")
        #expect(growth < 8_000)
        await edge.stop()
    }
}
