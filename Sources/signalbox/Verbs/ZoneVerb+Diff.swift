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
                    carry out is compared as zone import would keep it. Cloudflare's lists are compared with those of \
                    the same names.
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
            let (other, theirLists) = try await theirs(name, session)
            let lists = try Self.changes(from: session.plane(.reading).lists(), to: theirLists)
            let diff = ConfigurationDiff(from: here.content.configuration, to: other.configuration)
            let gone = Set(here.zone.hosts).subtracting(other.hosts).sorted()
            let new = Set(other.hosts).subtracting(here.zone.hosts).sorted()
            let isEqual = diff.isEmpty && gone.isEmpty && new.isEmpty && lists.isEmpty
            var members: [DocumentMember] = [
                DocumentMember("zone", .string(name)), DocumentMember("different", .bool(!isEqual)),
                DocumentMember(
                    "hosts",
                    .object([
                        "added": .array(new.map { .string($0) }), "removed": .array(gone.map { .string($0) }),
                    ])),
                DocumentMember("lists", .array(lists.map(\.document))),
            ]
            if case .object(let rest) = diff.document { members += rest.filter { $0.key != "different" } }
            session.output.show(isEqual ? "equal" : "different", .object(members)) {
                var pieces = [Output.Piece("--- zone \(name)", .bad), Output.Piece("+++ \(otherName)", .good)]
                if !gone.isEmpty || !new.isEmpty { pieces.append(Output.Piece("hosts", .strong)) }
                pieces += gone.map { Output.Piece("  - \($0)", .bad) } + new.map { Output.Piece("  + \($0)", .good) }
                for list in lists {
                    pieces.append(Output.Piece(SafeText(list.sentence), .strong))
                    pieces += ListChangeText.pieces(list)
                }
                let hosts = gone.count + new.count
                let summary =
                    diff.summary + (hosts == 0 ? "" : "; hosts: \(hosts)")
                    + (lists.isEmpty ? "" : "; lists: \(lists.count)")
                return pieces + DiffText.pieces(diff) + [Output.Piece("\(isEqual ? diff.summary : summary)", .dim)]
            }
            if !isEqual { throw ExitCode(1) }
        }

        private var otherName: String {
            cloudflare.isCloudflare ? "cloudflare \(zone)" : files.joined(separator: " ")
        }

        /// What would become of the lists here if they were those there. One that is only here may be another zone's.
        private static func changes(from here: [ListSummary], to there: [ListDocument]) -> [ListChange] {
            there.compactMap { list in
                guard let name = list.name, let kind = list.kind else { return nil }
                let known = here.first { $0.list.name == name }
                let description = list.description ?? known?.list.description ?? ""
                let change = ListChange(
                    name: name,
                    from: known.map { (.init(kind: $0.list.kind, description: $0.list.description), $0.items) },
                    to: (.init(kind: kind, description: description), list.items))
                let isSame = change.before == change.after && change.removed.isEmpty && change.added.isEmpty
                return isSame ? nil : change
            }
        }

        private func theirs(_ name: String, _ session: Session) async throws -> (ZoneDocument, [ListDocument]) {
            if cloudflare.isCloudflare {
                let imported = try await cloudflare.read(files, named: name, session)
                session.output.note(SafeText(imported.report.summary), .dim)
                return (imported.zone, imported.lists)
            }
            guard files.count == 1 else {
                throw ErrorReport(
                    .usage, at: "zone diff", "name one zone file, or say --cloudflare",
                    remedy: "signalbox zone diff --help")
            }
            let edit = try ControlPlane.zoneEdit(
                from: try TextFile.document(files[0]), named: name, at: TextFile.name(files[0]))
            guard case .put(let name, let hosts, let tls, let configuration) = edit else {
                throw ErrorReport(.invalid, at: files[0], "it is no zone file", remedy: "signalbox zone example")
            }
            return (ZoneDocument(name: name, hosts: hosts, tls: tls, configuration: configuration), [])
        }
    }
}
