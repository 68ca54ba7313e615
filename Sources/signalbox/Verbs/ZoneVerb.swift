internal import ArgumentParser
internal import Certificates
internal import ControlPlane
internal import DocumentText
internal import EdgeModel
internal import EdgePlan

struct ZoneVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zone", abstract: "Domains and the configuration their traffic gets when no rule says otherwise.",
        discussion: Examples.text("signalbox zone import shop.yaml", "signalbox zone show example.com"),
        subcommands: [List.self, Show.self, Example.self, Import.self, Export.self, Diff.self, Lint.self, Remove.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List zones.",
            discussion: Examples.text("signalbox zone list", "signalbox zone list --output name"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            try Session(global).list(
                ["ZONE", .number("ID"), .flexible("HOSTS"), "DIGEST", "UPDATED", "AUTHOR"],
                of: .zones
            ) { plane, listing in
                for zone in try plane.zones() {
                    listing.add(
                        zone.name, zone.document, .text(zone.name), .text(zone.id),
                        .text(zone.hosts.joined(separator: " ")),
                        .text(SafeText(zone.digest.short), .dim), .time(zone.updatedAt), .text(zone.author))
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a zone with its own configuration.",
            discussion: Examples.text(
                "signalbox zone show example.com", "signalbox zone show example.com --output json"))

        @Argument(help: "Name of the zone.", completion: Completion.zones) var zone: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try Names.zone(zone)
            let plane = try session.plane(.reading)
            let zone = try plane.zone(named: name).zone
            let content = try plane.exportZone(name)
            let status = try plane.status()
            let findings =
                (zone.tls.map {
                    CertificateCheck(now: status.at).findings(zone: name, hosts: zone.hosts, $0)
                } ?? []) + status.nodes.flatMap { $0.status?.certificateFindings([zone], at: status.at) ?? [] }
            var document = zone.document
            if case .object(let members) = document {
                document = .object(
                    members + [
                        DocumentMember("document", content),
                        DocumentMember("findings", .array(findings.map(\.document))),
                    ])
            }
            session.output.show(name, document) {
                [
                    Output.Piece("# zone \(zone.name), configuration \(zone.id), digest \(zone.digest.short)", .dim),
                    Output.Piece("# \(zone.author), \(session.output.time(zone.updatedAt))", .dim),
                    Output.Piece(SafeText(lines: DocumentText.yaml(content)).trimmed),
                ] + FindingText.pieces(findings)
            }
        }
    }

    struct Example: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "example",
            abstract: "Print a small zone file to begin with.",
            discussion: Examples.text(
                "signalbox zone example example.com > zone.yaml",
                "signalbox zone example shop.example --origin 192.0.2.7:8080 > shop.yaml",
                before: "It holds an origin, the settings and one rule, each with a word on what it is."))

        @Argument(help: "Name of the zone.") var zone = "example.com"
        @Option(help: ArgumentHelp("Where its traffic goes, as HOST:PORT.", valueName: "address"))
        var origin = "127.0.0.1:9000"
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let text = try ZoneExample.text(zone: try Names.zone(zone), origin: origin)
            let zoneDocument = ZoneDocument.read(try DocumentText.read(text)).0
            let document = zoneDocument.map {
                ZoneDocument.write(name: $0.name, hosts: $0.hosts, configuration: $0.configuration)
            }
            session.output.show(zone, document ?? .null) { [Output.Piece(SafeText(lines: text).trimmed)] }
            session.output.hint("Edit it to fit your site. Next: \(session.commandLine("zone import zone.yaml"))")
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Print a zone as a file that imports to the same zone.",
            discussion: Examples.text(
                "signalbox zone export example.com > shop.yaml", "signalbox zone export example.com --output json"))

        @Argument(help: "Name of the zone.", completion: Completion.zones) var zone: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try Names.zone(zone)
            let document = try session.plane(.reading).exportZone(name)
            session.output.show(name, document) { [Output.Piece(SafeText(lines: DocumentText.yaml(document)).trimmed)] }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Remove a zone; its hosts are served no more.",
            discussion: Examples.text(
                "signalbox zone remove example.com --dry-run",
                "signalbox zone remove example.com --reason 'sold' --yes"))

        @Argument(help: "Name of the zone.", completion: Completion.zones) var zone: String
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            try await ChangeFlow(session: try Session(global), options: change, needsServer: false)
                .run(.zone(.remove(try Names.zone(zone))))
        }
    }
}
