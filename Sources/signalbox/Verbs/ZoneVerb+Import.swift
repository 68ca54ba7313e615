internal import ArgumentParser
internal import Certificates
internal import CloudflareImport
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan

extension ZoneVerb {
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Make a zone of a file or of what Cloudflare has, or replace one.",
            discussion: Examples.text(
                "signalbox zone import shop.yaml", "signalbox zone import - --name example.com --yes",
                "signalbox zone import --cloudflare export/ --report",
                "signalbox zone import --cloudflare example.com --token env:CF_TOKEN --dry-run",
                before: """
                    The file is YAML or JSON: zone, hosts, origins, settings, rules by phase. With --cloudflare the files \
                    are answers of Cloudflare's API (rulesets, DNS records, load balancers, pools, monitors, page rules, \
                    settings), and a report tells of each thing in them whether it is exact, changed or not expressible.
                    """))

        @Argument(
            help: "File, or - for standard input; with --token the zone's name.",
            completion: .file(extensions: ["yaml", "yml", "json"]))
        var files: [String]
        @Option(help: ArgumentHelp("Name of the zone, when the file does not say it.", valueName: "zone"))
        var name: String?
        @Flag(help: "Show what an import from Cloudflare would come to, and stop; needs no state.") var report = false
        @OptionGroup(title: "Cloudflare") var cloudflare: CloudflareOptions
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func validate() throws {
            if cloudflare.isCloudflare { return }
            guard files.count == 1 else { throw ValidationError("One zone file is imported at a time.") }
            guard !report else { throw ValidationError("--report goes with --cloudflare.") }
        }

        func run() async throws {
            let session = try Session(global)
            let name = try name.map { try Names.zone($0) }
            guard cloudflare.isCloudflare else {
                return try await put(try document(files[0]), named: name, at: TextFile.name(files[0]), session)
            }
            let imported = try await cloudflare.read(files, named: name, session)
            let zone = imported.zone
            let content = ZoneDocument.write(
                name: zone.name, hosts: zone.hosts, tls: zone.tls, configuration: zone.configuration)
            if report {
                var members = [DocumentMember("document", content)]
                if case .object(let rest) = imported.report.document { members = rest + members }
                return session.output.show(zone.name, .object(members)) { ImportText.pieces(imported.report) }
            }
            for piece in ImportText.pieces(imported.report) { session.output.note(piece.text, piece.style) }
            try await put(imported.lists, session)
            try await put(DocumentNode(content), named: zone.name, session)
        }

        private func document(_ file: String) throws -> DocumentNode {
            do {
                return try TextFile.document(file)
            } catch var error as ErrorReport where error.failure == .notFound {
                // Who has no file yet can have one made.
                error.remedy = "signalbox zone example"
                throw error
            }
        }

        /// Lists come first, since the zone's rules ask for them; each is a change of its own.
        private func put(_ lists: [ListDocument], _ session: Session) async throws {
            for list in lists {
                guard let name = list.name, try isNew(list, name, session) else { continue }
                guard change.checksum == nil else {
                    throw ErrorReport(
                        .refused, at: "list \(name)", "the list is to change too, and --plan names one plan only",
                        remedy: "import without --plan, or bring the list first: signalbox list import")
                }
                try await session.changeList(
                    .replace(name, list.kind, description: list.description, items: list.items), change)
            }
        }

        private func isNew(_ list: ListDocument, _ name: ListName, _ session: Session) throws -> Bool {
            guard let known = try session.plane(.reading).lists().first(where: { $0.list.name == name }) else {
                return true
            }
            return known.list.kind != list.kind || Set(known.items) != Set(list.items)
                || known.list.description != list.description
        }

        private func put(
            _ document: DocumentNode, named name: String?, at place: String? = nil, _ session: Session
        ) async throws {
            let edit = try session.plane(.reading).checkedZoneEdit(from: document, named: name, at: place)
            guard case .put(let zone, let hosts, let tls, _) = edit else { return }
            if let tls {
                let found = CertificateCheck(now: session.output.now).findings(zone: zone, hosts: hosts, tls)
                for piece in FindingText.pieces(found) { session.output.note(piece.text, piece.style) }
            }
            try await ChangeFlow(
                session: session, options: change, needsServer: false, places: DocumentPlaces(document)
            ).run(.zone(edit))
        }
    }
}
