internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import ImageSourcing

struct ImagesVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images",
        abstract: "Migrate images between buckets and directories, and know what became of each.",
        discussion: Examples.text(
            "signalbox images source add press --s3 s3://press-photos/2024/ --credentials env:PRESS_KEYS",
            "signalbox images target add media --directory /srv/media", "signalbox images survey press --to media",
            "signalbox images migrate press --to media", "signalbox images report 1 --failed",
            before: """
                Only what is an image from its first byte to its last is imported, and nothing that the target has is \
                overwritten unless asked for. A migration runs in the process that began it, where Ctrl-C pauses it, or \
                with --background in 'signalbox serve'; 'images resume' goes on, also after a crash.
                """),
        subcommands: [
            ImageStoreVerb<SourceRole>.self, ImageStoreVerb<TargetRole>.self, Survey.self, Migrate.self, Resume.self,
            Status.self, Pause.self, Abort.self, Retry.self, Tune.self, Report.self,
        ])
}

/// Which of the two kinds of stores a verb is about.
protocol ImageRole {
    static var role: ImageStore.Role { get }
    static var example: String { get }
}

enum SourceRole: ImageRole {
    static let role = ImageStore.Role.source
    static let example = "press"
}

enum TargetRole: ImageRole {
    static let role = ImageStore.Role.target
    static let example = "media"
}

/// Where a store is.
struct ImagePlaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Bucket, and a path in it if any, as s3://BUCKET/PATH.", valueName: "url"))
    var s3: String?
    @Option(help: ArgumentHelp("A directory on this machine.", valueName: "path"), completion: .directory)
    var directory: String?
    @Option(
        help: ArgumentHelp("Cloudflare Images of the account with this id; a target only.", valueName: "account"))
    var cloudflare: String?
    @Option(
        help: ArgumentHelp("Address of an S3-compatible store (default: Amazon's of the region).", valueName: "url"))
    var endpoint: String?
    @Option(help: ArgumentHelp("Region of the bucket (default: us-east-1).", valueName: "region")) var region: String?
    @Flag(name: .customLong("path-style"), help: "The bucket stands in the path of the address, not in its host.")
    var pathStyle = false
    @Option(
        help: ArgumentHelp(
            "Where KEY:SECRET (of Cloudflare: the API token) is: env:NAME, file:PATH or command:WORDS.",
            valueName: "place"))
    var credentials: String?

    func validate() throws {
        guard [s3, directory, cloudflare].compactMap(\.self).count <= 1 else {
            throw ValidationError("Give one of --s3, --directory and --cloudflare.")
        }
    }

    /// What was given, and of a bucket or account that it changes the rest.
    /// - Returns: nil: nothing was given.
    func place(changing old: ImageStore.Place) throws -> ImageStore.Place? {
        switch (try place(), old) {
        case (.s3(let new)?, .s3(let old)): return .s3(over(old, new))
        case (nil, .s3(let old)) where endpoint != nil || region != nil || pathStyle: return .s3(over(old, old))
        case (.cloudflare(var new)?, .cloudflare(let old)):
            new.endpoint = new.endpoint ?? old.endpoint
            return .cloudflare(new)
        case (nil, .cloudflare(let old)) where endpoint != nil:
            return .cloudflare(ImageStore.Account(old.id, endpoint: endpoint))
        case (let new, _): return new
        }
    }

    /// An empty endpoint or region is none.
    private func over(_ old: ImageStore.Bucket, _ new: ImageStore.Bucket) -> ImageStore.Bucket {
        var bucket = new
        bucket.endpoint = (endpoint ?? old.endpoint).flatMap { $0.isEmpty ? nil : $0 }
        bucket.region = (region ?? old.region).flatMap { $0.isEmpty ? nil : $0 }
        bucket.isPathStyle = pathStyle ? true : endpoint == nil ? old.isPathStyle : nil
        return bucket
    }

    /// nil: none was given.
    func place() throws -> ImageStore.Place? {
        try StoreText.check(credentials: credentials)
        if let directory { return .folder(TextFile.absolute(directory)) }
        if let cloudflare { return .cloudflare(ImageStore.Account(cloudflare, endpoint: endpoint)) }
        guard let s3 else { return nil }
        guard s3.hasPrefix("s3://") else {
            throw ErrorReport(
                .usage, at: "--s3 \(s3)", "write it as s3://BUCKET/PATH", remedy: "signalbox images source add --help")
        }
        let parts = s3.dropFirst(5).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bucket = parts.first, !bucket.isEmpty else {
            throw ErrorReport(
                .usage, at: "--s3 \(s3)", "the bucket is missing", remedy: "signalbox images source add --help")
        }
        return .s3(
            ImageStore.Bucket(
                String(bucket), prefix: parts.count > 1 ? String(parts[1]) : "", endpoint: endpoint, region: region,
                isPathStyle: pathStyle ? true : nil))
    }
}

extension Session {
    /// Whether a process works on a run now.
    func isRunning(_ run: ImageRun) -> Bool { RunPlace(run, statePath: statePath).isTaken }
}
