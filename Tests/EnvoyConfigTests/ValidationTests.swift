import EdgePlan
import EnvoyConfig
import TestKit
import Testing

/// What we render, judged by Envoy itself.
@Suite("Envoy accepts what is rendered", .enabled(if: EnvoyBinary.locate() != nil, "no Envoy: run make tools"))
struct ValidationTests {
    private let encode: (ZonePlan) -> [UInt8] = { Array("plan of \($0.name)".utf8) }

    private func judge(_ bytes: [UInt8], modules: String? = nil) async throws -> ChildProcess.Finished {
        let directory = try TemporaryDirectory("validate")
        let file = try directory.write(String(decoding: bytes, as: UTF8.self), to: "envoy.json")
        let command = EnvoyCommand(executable: try EnvoyBinary.require(), configuration: file, modules: modules)
        return try await ChildProcess.run(
            command.executable, command.validateArguments, environment: command.environment.mapValues { $0 })
    }

    @Test("Clusters and routes of every plan", arguments: PlanCase.all.filter { $0.name != "hostile-texts" })
    func plans(_ given: PlanCase) async throws {
        let renderer = EnvoyRenderer(usesModule: false)
        let set = try renderer.render(given.plan, encode: encode)
        let outcome = try await judge(renderer.validationFile(set, accessLog: "/dev/null"))
        #expect(outcome.exit.isSuccess, "\(outcome.errors.suffix(600))")
    }

    @Test("Hostile texts are texts: nothing of them is read as a command, a field or a header")
    func hostile() async throws {
        let renderer = EnvoyRenderer(usesModule: false)
        let plan = try #require(PlanCase.all.first { $0.name == "hostile-texts" }).plan
        let outcome = try await judge(
            renderer.validationFile(renderer.render(plan, encode: encode), accessLog: "/dev/null"))
        #expect(outcome.exit.isSuccess, "\(outcome.errors.suffix(600))")
    }

    @Test("Filters and virtual hosts that carry a plan: only the library itself is missing")
    func module() async throws {
        let renderer = EnvoyRenderer()
        let set = try renderer.render(PlanCase.all[0].plan, encode: encode)
        let empty = try TemporaryDirectory("no-modules")
        let outcome = try await judge(renderer.validationFile(set), modules: empty.path)
        #expect(!outcome.exit.isSuccess)
        #expect(outcome.errors.contains("libsignalbox_edge.so"), "\(outcome.errors.suffix(600))")
        #expect(!outcome.errors.contains("has unknown fields") && !outcome.errors.contains("no such field"))
    }

    @Test(
        "Shards as they are served, plans judged by the module",
        .enabled(if: Checkout.edgeModule() != nil, "run make edge"))
    func shards() async throws {
        let module = try #require(Checkout.edgeModule())
        let folder = String(module[..<(module.lastIndex(of: "/") ?? module.startIndex)])
        let zones = (0..<20).map {
            ZonePlan.zone("z\($0).example", hosts: ["z\($0).example", "*.z\($0).example"], origin: "shop.000000000001")
        }
        let renderer = EnvoyRenderer(largestWhole: 0)
        let plan = EdgePlan.edge(production: zones, lower: zones, origins: [.fixed])
        let good = try renderer.render(plan) { EnvoyRenderer.envelope($0) }
        let outcome = try await judge(renderer.validationFile(good), modules: folder)
        #expect(outcome.exit.isSuccess, "\(outcome.errors.suffix(600))")
        let bad = try renderer.render(plan) { $0.name == "z7.example" ? [1] : EnvoyRenderer.envelope($0) }
        let refusal = try await judge(renderer.validationFile(bad), modules: folder)
        #expect(!refusal.exit.isSuccess && refusal.errors.contains("plan refused"), "\(refusal.errors.suffix(600))")
    }

    @Test("The start file over a unix socket")
    func bootstrap() async throws {
        var file = BootstrapTests.unix
        file.figuresSocket = nil
        let outcome = try await judge(file.json())
        #expect(outcome.exit.isSuccess, "\(outcome.errors.suffix(600))")
    }

    @Test("A route to a cluster that does not exist is refused")
    func unknownCluster() async throws {
        let renderer = EnvoyRenderer(usesModule: false)
        let good = try renderer.render(PlanCase.all[0].plan, encode: encode)
        let text = String(decoding: try renderer.validationFile(good), as: UTF8.self)
        let broken = text.split(separator: "\"cluster\":\"shop.000000000001\"", omittingEmptySubsequences: false)
            .joined(separator: "\"cluster\":\"nowhere\"")
        let outcome = try await judge(Array(broken.utf8))
        #expect(!outcome.exit.isSuccess && outcome.errors.contains("unknown cluster 'nowhere'"))
    }
}
