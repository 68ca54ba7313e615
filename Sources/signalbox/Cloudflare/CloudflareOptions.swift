internal import ArgumentParser
internal import CloudflareImport
internal import ControlPlane
internal import CurlTransport
internal import EdgeModel
internal import EdgePlan
internal import Glibc

/// Options of verbs that read a zone of Cloudflare's, from files or over the API.
struct CloudflareOptions: ParsableArguments {
    @Flag(
        name: .customLong("cloudflare"),
        help:
            "The files (or folders of them) are answers of Cloudflare's API; with --token, read the zone over the API.")
    var isCloudflare = false

    @Option(
        help: ArgumentHelp(
            "Where the API token is: env:NAME, file:PATH or command:WORDS.", valueName: "place"))
    var token: String?

    @Option(
        name: .customLong("api-url"), help: ArgumentHelp("Address of the API, for tests and proxies.", valueName: "url")
    )
    var address = CloudflareClient.standardBase

    func validate() throws {
        guard isCloudflare || token == nil else { throw ValidationError("--token goes with --cloudflare.") }
    }

    /// Reads it all and turns it into a zone.
    /// - Parameter name: the zone, when it is known from elsewhere than the answers.
    func read(_ sources: [String], named name: String?, _ session: Session) async throws -> CloudflareImport {
        let export: CloudflareExport
        var known = name
        if let token {
            guard let zone = try name ?? sources.first.map({ try Names.zone($0) }), sources.count <= 1 else {
                throw ErrorReport(
                    .usage, at: "--token", "one zone is read over the API",
                    remedy: "signalbox zone import --cloudflare example.com --token env:CF_TOKEN")
            }
            known = zone
            let client = try CloudflareClient(
                base: address, token: try Secret.resolve(token, option: "--token", session.environment),
                transport: CurlTransport(concurrency: 1), note: { session.output.note(SafeText($0), .dim) })
            export = try await client.export(of: zone)
        } else {
            export = try Self.export(files: sources)
        }
        let zone = try known ?? Self.zone(of: export)
        // Nobody but the owner of a zone has its certificate: what is there stays.
        let tls = (try? session.plane(.reading).zone(named: zone))?.zone.tls
        let lists = (try? session.plane(.reading).knownLists()) ?? .none
        return CloudflareImport(export, zone: zone, tls: tls, known: lists)
    }

    private static func zone(of export: CloudflareExport) throws -> String {
        let names = export.zones.sorted()
        guard names.count == 1 else {
            throw ErrorReport(
                .usage, at: "--cloudflare",
                names.isEmpty
                    ? "the files do not say whose they are" : "the files are of \(names.joined(separator: ", "))",
                remedy: "name the zone: --name example.com")
        }
        return try Names.zone(names[0])
    }

    // MARK: files

    private static let mostFiles = 2_000

    private static func export(files sources: [String]) throws -> CloudflareExport {
        var export = CloudflareExport()
        let files = try sources.flatMap { try self.files(at: $0) }
        guard !files.isEmpty else {
            throw ErrorReport(
                .usage, at: "--cloudflare", "there is no file to import", remedy: "signalbox zone import --help")
        }
        for file in files {
            let value = try TextFile.document(file).value
            export.add(value, from: file == "-" ? "standard input" : String(file.split(separator: "/").last ?? "file"))
        }
        return export
    }

    /// The file itself, or the JSON and YAML files of a folder in the order of their names.
    private static func files(at path: String) throws -> [String] {
        guard path != "-", let folder = opendir(path) else { return [path] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix("."), [".json", ".yaml", ".yml"].contains(where: { name.hasSuffix($0) }) else {
                continue
            }
            guard names.count < mostFiles else {
                throw ErrorReport(
                    .invalid, at: path, "it has more than \(mostFiles) files", remedy: "import the zone's own files")
            }
            names.append(path.hasSuffix("/") ? path + name : path + "/" + name)
        }
        return names.sorted()
    }
}

/// What an import came to, as people read it.
enum ImportText {
    static func pieces(_ report: ImportReport) -> [Output.Piece] {
        report.lines.map { line in
            let style: Style =
                switch line.outcome {
                case .changed: .warning
                case .notExpressible: .bad
                case .exact: .good
                case nil: .plain
                }
            return Output.Piece(SafeText(line.text), style)
        }
    }
}
