import FoundationEssentials
import Glibc
import TestKit

/// Instructions that Envoy's process runs in user mode for a request, with and without the module: nearly the same on a
/// busy machine as on a quiet one. What they cost in time, cache misses included, is ``ModuleBenchmark``'s affair.
///
/// Envoy runs under valgrind's callgrind; one kept connection, one request at a time. Its timers go on meanwhile and a
/// busy machine breaks messages into more pieces, so the cheapest of some batches counts.
struct InstructionsBenchmark: Benchmark {
    static let title = "instructions of the module"
    private static let batches = 5

    /// In a batch.
    let requests: Int

    init(requests: Int) { self.requests = max(10, requests / Self.batches) }

    func rows() async throws -> [Row] {
        guard let tools = Valgrind.locate() else {
            return [Row(what: "instructions of the module", measured: "not counted: no valgrind here")]
        }
        guard let module = Checkout.edgeModule() else { throw EdgeScenario.NoModule() }
        let folder = try TemporaryDirectory("callgrind")
        let origin = try FixedOrigin()
        let modules = try await SharedEnvoy.modules(try await tools.readable(module, in: folder), in: folder)
        let variants = ModuleVariant.all(rules: ModuleBenchmark.counts, hasFloor: modules.hasFloor)
        let edge = try await SharedEnvoy.start(
            variants, origin: origin.address, modules: modules.path,
            under: tools.command(output: folder.path("counted")), within: .seconds(180))
        var counts: [ModuleVariant: Double] = [:]
        var dumps = 0
        for variant in variants {
            guard let address = edge.addresses[variant] else { continue }
            // Blocks, as nothing else is to be done meanwhile.
            var load = try SteadyLoad(to: address, connections: 1, request: ModuleEdge.request)
            try load.run(requests: 50)
            try await tools.control(["-i", "on"], edge.process)
            // Translating code for the first time under counting is not what is counted.
            try load.run(requests: 50)
            for _ in 0..<Self.batches {
                try await tools.control(["--zero"], edge.process)
                try load.run(requests: requests)
                try await tools.control(["--dump"], edge.process)
                dumps += 1
                let count = Double(try tools.total(folder.path("counted.\(dumps)"))) / Double(requests)
                counts[variant] = min(count, counts[variant] ?? .infinity)
            }
            try await tools.control(["-i", "off"], edge.process)
        }
        await edge.stop()
        origin.stop()
        return [row(counts)]
    }

    private func row(_ counts: [ModuleVariant: Double]) -> Row {
        let base = counts[ModuleVariant(kind: .plain)] ?? .nan
        let again = (counts[ModuleVariant(kind: .plainAgain)] ?? .nan) - base
        var figures = ["without_module": base, "between_two_without": again]
        var texts: [String] = []
        for rules in ModuleBenchmark.counts {
            let extra = (counts[ModuleVariant(kind: .module, rules: rules)] ?? .nan) - base
            figures["extra_\(rules)_rules"] = extra
            texts.append("\(rules) rules \(Figure.short(extra / 1_000))k")
        }
        var floors: [String] = []
        if let idle = counts[ModuleVariant(kind: .idle)] {
            figures["extra_idle_filter"] = idle - base
            floors.append("nothing \(Figure.short((idle - base) / 1_000))k")
        }
        for rules in ModuleVariant.floors {
            guard let floor = counts[ModuleVariant(kind: .floor, rules: rules)] else { continue }
            figures["extra_floor_of_\(rules)_rules"] = floor - base
            floors.append("headers of \(rules) rules \(Figure.short((floor - base) / 1_000))k")
        }
        for rules in ModuleVariant.natives {
            guard let native = counts[ModuleVariant(kind: .native, rules: rules)] else { continue }
            figures["extra_native_\(rules)_rules"] = native - base
        }
        return Row(
            what: "instructions of the module a request", measured: texts.joined(separator: ", "),
            beside: "Envoy \(Figure.short(base / 1_000))k without, its own routes for 2000 rules "
                + "\(Figure.short(((counts[ModuleVariant(kind: .native, rules: 2_000)] ?? .nan) - base) / 1_000))k more",
            figures: figures,
            notes: [
                floors.isEmpty
                    ? "no floor: no C compiler here"
                    : "a filter in C that does only this costs: \(floors.joined(separator: ", ")); what the module costs "
                        + "beyond it is its own",
                "user-mode instructions of the whole process by callgrind, the cheapest of \(Self.batches) batches of "
                    + "\(requests) requests over one kept connection each; two equal listeners differ by \(Figure.short(again))",
                "includes what Envoy does to call a filter at all, to hand headers over and to add and send those of the "
                    + "rules that hold: 1 with 0 rules (the version's), 2 with 10, 5 with 200 and 2,000",
            ])
    }
}

/// Valgrind's programs.
struct Valgrind: Sendable {
    private let valgrind: String
    private let control: String

    /// Nil when they are not installed.
    static func locate() -> Valgrind? {
        func find(_ name: String) -> String? {
            ["/usr/bin/", "/usr/local/bin/"].map { $0 + name }.first { access($0, X_OK) == 0 }
        }
        guard let valgrind = find("valgrind"), let control = find("callgrind_control") else { return nil }
        return Valgrind(valgrind: valgrind, control: control)
    }

    /// Runs a program without counting until it is told to.
    func command(output: String) -> [String] {
        [valgrind, "--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file=\(output)"]
    }

    /// A copy of a library without its debug information, of which valgrind does not understand all forms and then gives
    /// up; the library itself where there is no `objcopy`.
    func readable(_ library: String, in folder: TemporaryDirectory) async throws -> String {
        guard access("/usr/bin/objcopy", X_OK) == 0, let name = library.split(separator: "/").last else {
            return library
        }
        let copy = folder.path(String(name))
        let done = try await ChildProcess.run("/usr/bin/objcopy", ["--strip-debug", library, copy])
        guard done.exit.isSuccess else { throw Failed(command: "objcopy", text: done.errors) }
        return copy
    }

    func control(_ arguments: [String], _ envoy: EnvoyProcess) async throws {
        let done = try await ChildProcess.run(control, arguments + ["\(envoy.child.pid)"], within: .seconds(60))
        guard done.exit.isSuccess else { throw Failed(command: "callgrind_control", text: done.output + done.errors) }
    }

    /// Instructions that a dump counts.
    func total(_ dump: String) throws -> Int {
        let text = try String(contentsOf: URL(filePath: dump), encoding: .utf8)
        let line = text.split(separator: "\n").last { $0.hasPrefix("totals: ") }
        guard let words = line?.split(separator: " "), words.count > 1, let count = Int(words[1]) else {
            throw Failed(command: "callgrind", text: "its dump has no total")
        }
        return count
    }

    struct Failed: Error, CustomStringConvertible {
        let command: String
        let text: String
        var description: String { "\(command): \(text.suffix(2_000))" }
    }
}
