import CurlTransport
import FoundationEssentials
import ImageSourcing
import ObjectStorage
import TestKit

/// The same images from a real S3 server to a folder and to another bucket, by us and by the fastest tools there are:
/// seconds, processor time and memory of the client, the runs of all interleaved.
///
/// We inspect every image on its way, keep a ledger, and have the disk settle before an image counts as imported; the
/// others do none of this. All list the bucket once.
struct ImagesBenchmark: Benchmark {
    static let title = "images from a bucket"
    let objects: Int
    let rounds: Int

    private static let bucket = "gallery"
    private static let limit = Duration.seconds(600)

    private struct Key: Hashable {
        let copier: Copier
        let isFolder: Bool
    }

    func rows() async throws -> [Row] {
        let store = try await SeaweedFS.start()
        let loader = Loader(store: store)
        try await loader.fill(Self.bucket, objects: objects)
        let copiers = Copier.allCases.filter { $0.program != nil }
        var taken: [Key: [[MeasuredProcess]]] = [:]
        // Kept to the end: ext4 passes over inodes that were freed in the last seconds, and whoever comes after a deletion
        // pays for it.
        var scratches: [TemporaryDirectory] = []
        for round in 0..<rounds {
            for isFolder in [true, false] {
                for copier in copiers {
                    Progress.say("  \(copier.rawValue) to a \(isFolder ? "folder" : "bucket"), round \(round + 1)")
                    let scratch = try TemporaryDirectory("copied")
                    scratches.append(scratch)
                    let runs = try await measure(
                        copier, isFolder: isFolder, round: round, store, loader, scratch: scratch)
                    taken[Key(copier: copier, isFolder: isFolder), default: []].append(runs)
                }
            }
        }
        return withExtendedLifetime(scratches) { [true, false].flatMap { rows(taken, isFolder: $0) } }
    }

    private func measure(
        _ copier: Copier, isFolder: Bool, round: Int, _ store: SeaweedFS, _ loader: Loader,
        scratch: TemporaryDirectory
    ) async throws -> [MeasuredProcess] {
        let name = "copied-\(copier.rawValue)-\(round)"
        if isFolder {
            try FileManager.default.createDirectory(
                atPath: scratch.path("images"), withIntermediateDirectories: true)
        } else {
            try await loader.makeBucket(name)
        }
        let runs = try await copier.copy(
            Self.bucket, of: store, to: isFolder ? .folder(scratch.path("images")) : .bucket(name),
            scratch: scratch.path, within: Self.limit)
        let arrived = try await isFolder ? files(scratch.path("images")) : loader.count(name)
        guard arrived == objects else { throw Incomplete(copier: copier.rawValue, arrived: arrived, of: objects) }
        return runs
    }

    struct Incomplete: Error {
        let copier: String
        let arrived: Int
        let of: Int
    }

    private func files(_ folder: String) throws -> Int {
        try FileManager.default.subpathsOfDirectory(atPath: folder).count { $0.contains("image-") }
    }

    // MARK: the table

    /// Medians over the rounds.
    private struct Figures {
        let seconds: Double
        let milliseconds: Double
        let megabytes: Double

        init(_ rounds: [[MeasuredProcess]], objects: Int) {
            seconds = Samples(rounds.map { $0.map(\.wall).reduce(0, +) }).median
            milliseconds = Samples(rounds.map { $0.map(\.cpu).reduce(0, +) * 1000 / Double(objects) }).median
            megabytes = Samples(rounds.map { Double($0.map(\.peak).max() ?? 0) / 1024 }).median
        }
    }

    private func rows(_ taken: [Key: [[MeasuredProcess]]], isFolder: Bool) -> [Row] {
        let what = isFolder ? "images to a folder" : "images to a bucket"
        let figures = Dictionary(
            uniqueKeysWithValues: Copier.allCases.compactMap { copier in
                taken[Key(copier: copier, isFolder: isFolder)].map { (copier, Figures($0, objects: objects)) }
            })
        guard let ours = figures[.signalbox] else { return [] }
        let peer = figures[.rclone]
        let rate = { (figures: Figures) in Figure.short(Double(objects) / figures.seconds) }
        var rows = [
            Row(
                what: "\(what): objects a second", measured: rate(ours), aim: "1.3 × rclone",
                holds: peer.map { $0.seconds / ours.seconds >= 1.3 }, beside: peer.map { "rclone \(rate($0))" } ?? "",
                ratio: peer.map { ours.seconds / $0.seconds },
                figures: numbers(figures), notes: notes(isFolder)),
            Row(
                what: "\(what): processor time an object", measured: "\(Figure.short(ours.milliseconds)) ms",
                aim: "half of rclone's", holds: peer.map { ours.milliseconds <= $0.milliseconds / 2 },
                beside: peer.map { "rclone \(Figure.short($0.milliseconds)) ms" } ?? "",
                ratio: peer.map { ours.milliseconds / $0.milliseconds }),
            Row(
                what: "\(what): memory at most", measured: "\(Figure.short(ours.megabytes)) MiB", aim: "64 MiB",
                holds: ours.megabytes < 64, beside: peer.map { "rclone \(Figure.short($0.megabytes)) MiB" } ?? "",
                ratio: peer.map { ours.megabytes / $0.megabytes }),
        ]
        if let other = figures[.s5cmd] {
            rows.append(
                Row(
                    what: "\(what): beside s5cmd", measured: "\(rate(ours)) objects/s",
                    beside: "s5cmd \(rate(other)), \(Figure.short(other.milliseconds)) ms, "
                        + "\(Figure.short(other.megabytes)) MiB", ratio: ours.seconds / other.seconds))
        }
        return rows
    }

    private func numbers(_ figures: [Copier: Figures]) -> [String: Double] {
        var numbers: [String: Double] = [:]
        for (copier, figures) in figures {
            numbers["\(copier.rawValue)_s"] = figures.seconds
            numbers["\(copier.rawValue)_cpu_ms_an_object"] = figures.milliseconds
            numbers["\(copier.rawValue)_peak_MiB"] = figures.megabytes
        }
        return numbers
    }

    private func notes(_ isFolder: Bool) -> [String] {
        [
            "\(objects) images of 2 to 60 kB in SeaweedFS on the same machine; median of \(rounds) interleaved runs",
            isFolder
                ? "rclone with 32 transfers, no checks of the target, no checksums; s5cmd with 16 workers"
                : "rclone through this machine, metadata kept; s5cmd through the disk, as it cannot otherwise",
            "ratios are of time, processor time and memory: below 1 is less",
        ]
    }
}
