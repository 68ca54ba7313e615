import FoundationEssentials
import Glibc
import TestKit

/// Who copies the same objects, each with the flags that were fastest in a trial of many; one run is one process or, where
/// a tool cannot read one store and write another, two.
enum Copier: String, CaseIterable {
    case signalbox, rclone, s5cmd

    /// Where it goes: a folder, or a bucket of the same store through this machine.
    enum Destination {
        case folder(String)
        case bucket(String)
    }

    /// The programs that are compared with are installed by `make bench-images`; nil: not there.
    var program: String? {
        let folder =
            ProcessInfo.processInfo.environment["SIGNALBOX_COPIERS"] ?? Checkout.root + "/.tools/copiers"
        switch self {
        case .signalbox: return try? Checkout.program("imagemover")
        case .rclone: return Self.executable(folder + "/bin/rclone")
        case .s5cmd:
            // What is in `bin` is a start script in Python.
            let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/lib")) ?? []
            return versions.lazy.compactMap {
                Self.executable("\(folder)/lib/\($0)/site-packages/s5cmd/bin/s5cmd")
            }.first
        }
    }

    private static func executable(_ path: String) -> String? { access(path, X_OK) == 0 ? path : nil }

    /// Copies all of `bucket`; what it took, summed over its processes.
    func copy(
        _ bucket: String, of store: SeaweedFS, to destination: Destination, scratch: String, within limit: Duration
    ) async throws -> [MeasuredProcess] {
        guard let program else { return [] }
        var runs: [MeasuredProcess] = []
        for arguments in arguments(bucket, store, destination, scratch: scratch) {
            runs.append(
                try await MeasuredProcess.run(
                    program, arguments, environment: environment(store), within: limit))
        }
        return runs
    }

    private func arguments(
        _ bucket: String, _ store: SeaweedFS, _ destination: Destination, scratch: String
    ) -> [[String]] {
        switch (self, destination) {
        case (.signalbox, .folder(let path)):
            [[scratch + "/ledger.sqlite", store.url, bucket, "folder", path] + Self.ourFlags]
        case (.signalbox, .bucket(let name)):
            [[scratch + "/ledger.sqlite", store.url, bucket, "bucket", name] + Self.ourFlags]
        case (.rclone, .folder(let path)):
            [
                ["copy", "a:\(bucket)", path] + Self.rcloneFlags
                    + ["--use-server-modtime", "--s3-no-head-object"]
            ]
        case (.rclone, .bucket(let name)):
            // Two remotes for one store, or it would let the store copy by itself.
            [
                ["copy", "a:\(bucket)", "b:\(name)"] + Self.rcloneFlags
                    + ["--s3-no-head", "--s3-no-check-bucket", "--s3-disable-checksum", "-M"]
            ]
        case (.s5cmd, .folder(let path)): [s5cmd(store, "s3://\(bucket)/*", path + "/")]
        case (.s5cmd, .bucket(let name)):
            [
                s5cmd(store, "s3://\(bucket)/*", scratch + "/between/"),
                s5cmd(store, scratch + "/between/", "s3://\(name)/"),
            ]
        }
    }

    /// One listing, as the others make.
    private static let ourFlags = ["--transfers", "32", "--once"]
    private static let rcloneFlags = [
        "--transfers", "32", "--checkers", "32", "--fast-list", "--no-check-dest", "--ignore-checksum",
    ]

    private func s5cmd(_ store: SeaweedFS, _ from: String, _ to: String) -> [String] {
        ["--endpoint-url", store.url, "--log", "error", "--numworkers", "16", "cp", "--concurrency", "1", from, to]
    }

    private func environment(_ store: SeaweedFS) -> [String: String?] {
        switch self {
        case .signalbox: return ["IMAGEMOVER_KEYS": "\(SeaweedFS.keyID):\(SeaweedFS.secret)"]
        case .s5cmd:
            return [
                "AWS_ACCESS_KEY_ID": SeaweedFS.keyID, "AWS_SECRET_ACCESS_KEY": SeaweedFS.secret,
                "AWS_REGION": "us-east-1", "GOGC": "400",
            ]
        case .rclone:
            var settings: [String: String?] = ["RCLONE_CONFIG": "/dev/null"]
            for remote in ["A", "B"] {
                settings["RCLONE_CONFIG_\(remote)_TYPE"] = "s3"
                settings["RCLONE_CONFIG_\(remote)_PROVIDER"] = "SeaweedFS"
                settings["RCLONE_CONFIG_\(remote)_ENDPOINT"] = store.url
                settings["RCLONE_CONFIG_\(remote)_ACCESS_KEY_ID"] = SeaweedFS.keyID
                settings["RCLONE_CONFIG_\(remote)_SECRET_ACCESS_KEY"] = SeaweedFS.secret
            }
            return settings
        }
    }
}
