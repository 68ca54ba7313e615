import Foundation
import TestKit

/// A bucket of very many names of which few are wanted: what it takes to list them into the ledger, and to find at a second
/// run that nothing is new. Memory must not follow the number of names.
struct NamesBenchmark: Benchmark {
    static let title = "names of a large bucket"
    let names: Int

    private static let limit = Duration.seconds(1200)

    struct Wrong: Error {
        let expected: String
        let found: String
    }

    func rows() async throws -> [Row] {
        let bucket = try await SyntheticBucket.start(names: names)
        let scratch = try TemporaryDirectory("names")
        let folder = scratch.path("images")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var runs: [MeasuredProcess] = []
        for again in [false, true] {
            Progress.say("  \(names) names\(again ? ", once more" : "")")
            runs.append(try await list(bucket, into: folder, ledger: scratch.path("ledger.sqlite"), again: again))
            let (pages, objects) = try await bucket.counts()
            let expected = ((names + 999) / 1000, again ? 0 : (names + 999) / 1000)
            guard (pages, objects) == expected else {
                throw Wrong(expected: "\(expected)", found: "\((pages, objects))")
            }
        }
        let peak = Double(runs.map(\.peak).max() ?? 0) / 1024
        let perName = { (run: MeasuredProcess) in "\(Figure.short(run.cpu * 1e6 / Double(names))) µs" }
        let size = try FileManager.default.attributesOfItem(atPath: scratch.path("ledger.sqlite"))[.size] as? Int ?? 0
        return [
            Row(
                what: "\(names) names listed: memory at most", measured: "\(Figure.short(peak)) MiB", aim: "64 MiB",
                holds: peak < 64,
                figures: [
                    "first_s": runs[0].wall, "second_s": runs[1].wall, "first_cpu_s": runs[0].cpu,
                    "second_cpu_s": runs[1].cpu, "peak_MiB": peak, "ledger_bytes": Double(size),
                ],
                notes: [
                    "a test server that makes the names; one in a thousand is an image and imported into a folder",
                    "the second run reads each page once, and no object and nothing of the target",
                ]),
            Row(
                what: "\(names) names listed: processor time a name", measured: perName(runs[0]),
                beside: "second run \(perName(runs[1]))"),
            Row(
                what: "\(names) names listed: seconds", measured: Figure.short(runs[0].wall),
                beside: "second run \(Figure.short(runs[1].wall)), ledger \(size / max(1, names)) bytes a name"),
        ]
    }

    private func list(_ bucket: SyntheticBucket, into folder: String, ledger: String, again: Bool) async throws
        -> MeasuredProcess
    {
        try await MeasuredProcess.run(
            Checkout.program("imagemover"),
            [ledger, bucket.url, "names", "folder", folder, "--once", "--include", "*.png"]
                + (again ? ["--again"] : []),
            environment: ["IMAGEMOVER_KEYS": "KEY:SECRET"], within: Self.limit)
    }
}
