import CurlTransport
import FoundationEssentials
import Glibc
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

    /// One copy: its processes, and the processor seconds that the store took meanwhile.
    private struct Run {
        let processes: [MeasuredProcess]
        let store: Double

        var seconds: Double { processes.map(\.wall).reduce(0, +) }
        var cpu: Double { processes.map(\.cpu).reduce(0, +) }
        var peak: Int { processes.map(\.peak).max() ?? 0 }
    }

    private struct Key: Hashable {
        let copier: Copier
        let isFolder: Bool
    }

    func rows() async throws -> [Row] {
        let store = try await SeaweedFS.start()
        let loader = Loader(store: store)
        try await loader.fill(Self.bucket, objects: objects)
        let copiers = Copier.allCases.filter { $0.program != nil }
        var taken: [Key: [Run]] = [:]
        // Kept to the end: ext4 passes over inodes that were freed in the last seconds, and whoever comes after a deletion
        // pays for it.
        var scratches: [TemporaryDirectory] = []
        for round in 0..<rounds {
            for isFolder in [true, false] {
                // Nobody always comes after the same one.
                for place in copiers.indices {
                    let copier = copiers[(place + round) % copiers.count]
                    Progress.say("  \(copier.rawValue) to a \(isFolder ? "folder" : "bucket"), round \(round + 1)")
                    let scratch = try TemporaryDirectory("copied")
                    scratches.append(scratch)
                    let run = try await measure(
                        copier, isFolder: isFolder, round: round, store, loader, scratch: scratch)
                    taken[Key(copier: copier, isFolder: isFolder), default: []].append(run)
                }
            }
        }
        return withExtendedLifetime(scratches) { [true, false].flatMap { rows(taken, isFolder: $0) } }
    }

    private func measure(
        _ copier: Copier, isFolder: Bool, round: Int, _ store: SeaweedFS, _ loader: Loader,
        scratch: TemporaryDirectory
    ) async throws -> Run {
        let name = "copied-\(copier.rawValue)-\(round)"
        if isFolder {
            try FileManager.default.createDirectory(
                atPath: scratch.path("images"), withIntermediateDirectories: true)
        } else {
            try await loader.makeBucket(name)
        }
        // What others left to be written would be written in this one's time.
        sync()
        let before = StatLine.processorSeconds(of: store.child.pid)
        let processes = try await copier.copy(
            Self.bucket, of: store, to: isFolder ? .folder(scratch.path("images")) : .bucket(name),
            scratch: scratch.path, within: Self.limit)
        let after = StatLine.processorSeconds(of: store.child.pid)
        let arrived = try await isFolder ? files(scratch.path("images")) : loader.count(name)
        guard arrived == objects else { throw Incomplete(copier: copier.rawValue, arrived: arrived, of: objects) }
        return Run(processes: processes, store: after - before)
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

    /// Medians over the rounds, and how far the rounds lie apart.
    private struct Figures {
        let seconds: Samples
        let milliseconds: Double
        let store: Double
        let megabytes: Double

        init(_ runs: [Run], objects: Int) {
            seconds = Samples(runs.map(\.seconds))
            milliseconds = Samples(runs.map { $0.cpu * 1000 / Double(objects) }).median
            store = Samples(runs.map { $0.store * 1000 / Double(objects) }).median
            megabytes = Samples(runs.map { Double($0.peak) / 1024 }).median
        }

        /// As in `8.2 s (7.9–8.8)`.
        var spread: String {
            "\(Figure.short(seconds.median)) s (\(Figure.short(seconds.smallest))–\(Figure.short(seconds.largest)))"
        }
    }

    private func rows(_ taken: [Key: [Run]], isFolder: Bool) -> [Row] {
        let what = isFolder ? "images to a folder" : "images to a bucket"
        let figures = Dictionary(
            uniqueKeysWithValues: Copier.allCases.compactMap { copier in
                taken[Key(copier: copier, isFolder: isFolder)].map { (copier, Figures($0, objects: objects)) }
            })
        guard let ours = figures[.signalbox] else { return [] }
        let peer = figures[.rclone]
        let rate = { (figures: Figures) in Figure.short(Double(objects) / figures.seconds.median) }
        var rows = [
            Row(
                what: "\(what): objects a second", measured: rate(ours), aim: "1.3 × rclone",
                holds: peer.map { $0.seconds.median / ours.seconds.median >= 1.3 },
                beside: peer.map { "rclone \(rate($0))" } ?? "",
                ratio: peer.map { ours.seconds.median / $0.seconds.median },
                figures: numbers(figures), notes: notes(isFolder, figures)),
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
        if let peer {
            // All processors busy from end to end: what rclone and the store took together, against the store alone.
            rows.append(
                Row(
                    what: "\(what): rate of a client that costs nothing",
                    measured: "\(Figure.short((peer.milliseconds + peer.store) / ours.store)) × rclone",
                    beside:
                        "the store: \(Figure.short(ours.store)) ms an object, \(Figure.short(peer.store)) for rclone"))
        }
        if let other = figures[.s5cmd] {
            rows.append(
                Row(
                    what: "\(what): beside s5cmd", measured: "\(rate(ours)) objects/s",
                    beside: "s5cmd \(rate(other)), \(Figure.short(other.milliseconds)) ms, "
                        + "\(Figure.short(other.megabytes)) MiB", ratio: ours.seconds.median / other.seconds.median))
        }
        return rows
    }

    private func numbers(_ figures: [Copier: Figures]) -> [String: Double] {
        var numbers: [String: Double] = [:]
        for (copier, figures) in figures {
            numbers["\(copier.rawValue)_s"] = figures.seconds.median
            numbers["\(copier.rawValue)_min_s"] = figures.seconds.smallest
            numbers["\(copier.rawValue)_max_s"] = figures.seconds.largest
            numbers["\(copier.rawValue)_store_cpu_ms_an_object"] = figures.store
            numbers["\(copier.rawValue)_cpu_ms_an_object"] = figures.milliseconds
            numbers["\(copier.rawValue)_peak_MiB"] = figures.megabytes
        }
        return numbers
    }

    private func notes(_ isFolder: Bool, _ figures: [Copier: Figures]) -> [String] {
        [
            Copier.allCases.compactMap { copier in figures[copier].map { "\(copier.rawValue) \($0.spread)" } }
                .joined(separator: ", "),
            "\(objects) images of 2 to 60 kB in SeaweedFS on the same machine; median of \(rounds) interleaved runs",
            isFolder
                ? "rclone with 32 transfers, no checks of the target, no checksums; s5cmd with 16 workers"
                : "rclone through this machine, metadata kept; s5cmd through the disk, as it cannot otherwise",
            "ratios are of time, processor time and memory: below 1 is less",
        ]
    }
}
