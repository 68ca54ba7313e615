internal import ArgumentParser
internal import CloudflareImport
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan

extension ZoneVerb {
    struct Diff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "diff",
            abstract: "Compare a zone with a file or with what Cloudflare has now; exit 1 when they differ.",
            discussion: Examples.text(
                "signalbox zone diff example.com --cloudflare --token env:CF_TOKEN",
                "signalbox zone diff example.com --cloudflare export/",
                "signalbox zone diff example.com shop.yaml",
                before: """
                    What is here stands before, the other after; rules are matched by their refs. What the edge cannot \
                    carry out is compared as zone import would keep it.
                    """))

        @Argument(help: "Name of the zone.", completion: Completion.zones) var zone: String
        @Argument(
            help: "Files to compare with, or - for standard input.",
            completion: .file(extensions: ["yaml", "yml", "json"]))
        var files: [String] = []
        @OptionGroup(title: "Cloudflare") var cloudflare: CloudflareOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            let session = try Session(global)
            let name = try Names.zone(zone)
            let here = try session.plane(.reading).zone(named: name)
            let other = try await theirs(name, session)
            let diff = ConfigurationDiff(from: here.content.configuration, to: other.configuration)
            let gone = Set(here.zone.hosts).subtracting(other.hosts).sorted()
            let new = Set(other.hosts).subtracting(here.zone.hosts).sorted()
            let isEqual = diff.isEmpty && gone.isEmpty && new.isEmpty
            var members: [DocumentMember] = [
                DocumentMember("zone", .string(name)), DocumentMember("different", .bool(!isEqual)),
                DocumentMember(
                    "hosts",
                    .object([
                        "added": .array(new.map { .string($0) }), "removed": .array(gone.map { .string($0) }),
                    ])),
            ]
            if case .object(let rest) = diff.document { members += rest.filter { $0.key != "different" } }
            session.output.show(isEqual ? "equal" : "different", .object(members)) {
                var pieces = [Output.Piece("--- zone \(name)", .bad), Output.Piece("+++ \(otherName)", .good)]
                if !gone.isEmpty || !new.isEmpty { pieces.append(Output.Piece("hosts", .strong)) }
                pieces += gone.map { Output.Piece("  - \($0)", .bad) } + new.map { Output.Piece("  + \($0)", .good) }
                let hosts = gone.count + new.count
                let summary = diff.summary + (hosts == 0 ? "" : "; hosts: \(hosts)")
                return pieces + DiffText.pieces(diff) + [Output.Piece("\(isEqual ? diff.summary : summary)", .dim)]
            }
            if !isEqual { throw ExitCode(1) }
        }

        private var otherName: String {
            cloudflare.isCloudflare ? "cloudflare \(zone)" : files.joined(separator: " ")
        }

        private func theirs(_ name: String, _ session: Session) async throws -> ZoneDocument {
            if cloudflare.isCloudflare {
                let imported = try await cloudflare.read(files, named: name, session)
                session.output.note(SafeText(imported.report.summary), .dim)
                return imported.zone
            }
            guard files.count == 1 else {
                throw ErrorReport(
                    .usage, at: "zone diff", "name one zone file, or say --cloudflare",
                    remedy: "signalbox zone diff --help")
            }
            let edit = try ControlPlane.zoneEdit(from: try TextFile.document(files[0]), named: name)
            guard case .put(let name, let hosts, let tls, let configuration) = edit else {
                throw ErrorReport(.invalid, at: files[0], "it is no zone file", remedy: "signalbox zone example")
            }
            return ZoneDocument(name: name, hosts: hosts, tls: tls, configuration: configuration)
        }
    }
}
