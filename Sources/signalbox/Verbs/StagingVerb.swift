internal import ArgumentParser
internal import ControlPlane
internal import CurlTransport
internal import EdgeModel
internal import EdgePlan
internal import Probes
internal import WebTransport

struct StagingVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "staging", abstract: "Try on a staging address what production does not serve yet.",
        discussion: Examples.text(
            "signalbox staging probe https://example.com/", "signalbox staging curl https://example.com/"),
        subcommands: [List.self, Reserve.self, Release.self, Probe.self, Curl.self, HostsLine.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List staging addresses and what answers there.",
            discussion: Examples.text("signalbox staging list", "signalbox staging list --output name"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            try session.list(
                ["ADDRESS", "ENVIRONMENT", .flexible("SERVES"), .flexible("RESERVED BY"), "UNTIL"], of: .staging
            ) { plane, listing in
                for address in try plane.stagingAddresses() {
                    listing.add(
                        address.address, address.document, .text(address.address), .text(address.environment),
                        .text(address.versions.joined(separator: " ")),
                        address.reservation.map { .text($0.holder) } ?? .none,
                        address.reservation.map {
                            $0.isOver(at: session.output.now) ? .text("over", .warning) : .text($0.until)
                        } ?? .none)
                }
            }
        }
    }

    struct Curl: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "curl",
            abstract: "Print a curl command that sends a request to a staging address.",
            discussion: Examples.text(
                "signalbox staging curl https://example.com/cart --header 'Cookie: beta=1'",
                "signalbox staging curl https://example.com/ --env qa"))

        @Argument(help: "The URL.") var url: String
        @OptionGroup var request: SendOptions
        @OptionGroup var address: StagingOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let (request, staging) = (
                try request.webRequest(try WebURL(url), for: "signalbox staging curl"), try address.resolve(session)
            )
            let command = StagingHints.curlCommand(request, staging: staging)
            session.output.show(command, .object(["command": .string(command)])) { [Output.Piece("\(command)")] }
        }
    }

    struct HostsLine: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hosts-line",
            abstract: "Print a line for a hosts file that leads a browser to a staging address.",
            discussion: Examples.text(
                "signalbox staging hosts-line example.com",
                "signalbox staging hosts-line example.com | sudo tee -a /etc/hosts"))

        @Argument(help: "Name of the zone.", completion: Completion.zones) var zone: String
        @OptionGroup var address: StagingOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try Names.zone(zone)
            let zone = try session.plane(.reading).zone(named: name).zone
            // A hosts file knows no wildcards.
            let hosts = zone.hosts.filter { !$0.hasPrefix("*.") }
            let line = try StagingHints.hostsLine(try address.resolve(session), hosts: hosts)
            session.output.show(line, .object(["line": .string(line)])) { [Output.Piece("\(line)")] }
        }
    }

    struct Probe: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "probe",
            abstract: "Send the same requests to staging and to production and compare; exit 1 when answers differ.",
            discussion: Examples.text(
                "signalbox staging probe https://example.com/cart",
                "signalbox staging probe --urls urls.txt --against 192.0.2.7",
                before:
                    """
                    Headers that differ by nature (Date and the like, and those that settings.version_header names) are not \
                    compared; a list has one URL, or METHOD URL, a line.
                    """))

        @Argument(help: "The URL.") var url: String?
        @OptionGroup var request: SendOptions
        @OptionGroup var address: StagingOptions
        @Option(help: ArgumentHelp("Where production listens (default: where the name leads).", valueName: "address"))
        var against: String?
        @Option(
            help: ArgumentHelp("File with the requests, or - for standard input.", valueName: "file"),
            completion: .file())
        var urls: String?
        @Option(help: ArgumentHelp("Do not compare this header; repeatable.", valueName: "header")) var ignore:
            [String] = []
        @Option(help: ArgumentHelp("Requests at a time.", valueName: "number")) var concurrency = 8
        @Flag(help: "Also send requests that may change something.") var unsafe = false
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func validate() throws {
            if (url == nil) == (urls == nil) { throw ValidationError("Give a URL, or a list with --urls.") }
            if !(1...256).contains(concurrency) { throw ValidationError("--concurrency takes a number from 1 to 256.") }
        }

        func run() async throws {
            let session = try Session(global)
            let requests = try self.requests()
            if !requests.allSatisfy(\.method.isSafe), !unsafe {
                throw ErrorReport(
                    .refused, at: "staging probe",
                    "a method other than GET, HEAD and OPTIONS may change something, in production too",
                    remedy: Confirmation.repetition(of: session.environment.arguments, adding: ["--unsafe"]))
            }
            let probe = StagingProbe(
                transport: CurlTransport(), staging: try address.resolve(session),
                production: try against.map { try WebAddress($0) },
                ignoring: .standard.adding(try versionHeaders(session) + ignore))
            let report = await probe.report(requests, concurrency: concurrency)
            session.output.show(report.isEqual ? "equal" : "different", try DocumentValue(encoding: report)) {
                report.lines().map { Output.Piece(SafeText($0)) }
            }
            if !report.isEqual { throw ExitCode(1) }
        }

        /// Headers in which zones tell the version: two versions always differ by them.
        private func versionHeaders(_ session: Session) throws -> [String] {
            guard let plan = try session.planeIfAny()?.compile().0 else { return [] }
            return (plan.production.zones + plan.lower.zones).flatMap(\.configurations).compactMap(\.versionHeader)
        }

        private func requests() throws -> [WebRequest] {
            let command = "signalbox staging probe"
            if let urls {
                let text = String(decoding: try TextFile.read(urls), as: UTF8.self)
                let targets = try ProbeTargetList(text)
                guard let first = targets.targets.first else { return [] }
                return targets.requests(like: try request.webRequest(first.url, for: command))
            }
            return [try request.webRequest(try WebURL(url ?? ""), for: command)]
        }
    }
}
