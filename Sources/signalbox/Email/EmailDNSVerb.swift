internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import MailRouting
internal import Probes

struct EmailDNSVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dns", abstract: "What the DNS of an email domain needs.",
        discussion: Examples.text(
            "signalbox email dns check example.com",
            "signalbox email dns check example.com --mx mx1.example.net --record"),
        subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Compare MX, SPF, DKIM and DMARC with what is needed; exit 1 on problems.",
            discussion: Examples.text(
                "signalbox email dns check example.com",
                "signalbox email dns check example.com --selector s1 --output json",
                before: "With --record the result becomes the status of the domain: ready, or misconfigured and why."))

        @Argument(help: "The domain.") var domain: String
        @Option(help: ArgumentHelp("Name of our mail server (default: mx. and the domain).", valueName: "host"))
        var mx: String?
        @Option(help: ArgumentHelp("Selector of the DKIM key that signs our mail.", valueName: "name")) var selector:
            String?
        @Option(help: ArgumentHelp("Resolver to ask (default: the machine's).", valueName: "address")) var server:
            String?
        @Flag(help: "Keep the result as the domain's status.") var record = false
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func validate() throws {
            if let server, DNSClient.server(server) == nil {
                throw ValidationError("--server takes an IP address, with a port as in 127.0.0.1:5353.")
            }
            if let mx, MailDomain.normalized(mx) == nil { throw ValidationError("--mx takes the name of a host.") }
            if let selector, MailDomain.normalized("\(selector)._domainkey.example") == nil {
                throw ValidationError("--selector takes a name such as s1.")
            }
        }

        func run() async throws {
            let session = try Session(global)
            let name = try MailNames.domain(domain)
            // Before anybody is asked: a status needs a domain.
            let mail = record ? try session.mail(.writing) : nil
            if let mail { _ = try mail.domain(named: name) }
            let client = DNSClient(servers: try servers())
            let host = mx.flatMap(MailDomain.normalized) ?? "mx.\(name)"
            let check = MailDNSCheck(of: name, host: host, selector: selector, try await facts(name, client))
            try mail?.setCheck(MailDomainCheck(at: TimeText.now(), problems: check.problems), of: name)
            session.output.show(name, document(check, name)) {
                FindingText.pieces(check.findings)
                    + [
                        Output.Piece("\(name): \(FindingText.summary(check.findings))", .strong),
                        Output.Piece("needed:", .dim),
                    ]
                    + check.needed.map { Output.Piece("  \($0.name)  IN  \($0.type)  \($0.value)") }
            }
            if !check.problems.isEmpty { throw ExitCode(1) }
        }

        private func servers() throws -> [DNSClient.Server] {
            if let server { return DNSClient.server(server).map { [$0] } ?? [] }
            let text = try TextFile.readIfPresent("/etc/resolv.conf") ?? []
            return DNSClient.systemServers(String(decoding: text, as: UTF8.self))
        }

        private func facts(_ domain: String, _ client: some DNSResolving) async throws -> MailDNSFacts {
            func texts(_ name: String) async throws -> [String] {
                try await client.records(name, .txt).compactMap { if case .text(let text) = $0 { text } else { nil } }
            }
            let exchanges = try await client.records(domain, .mx).compactMap { data -> MailDNSFacts.Exchange? in
                guard case .mailExchange(let preference, let host) = data else { return nil }
                return MailDNSFacts.Exchange(preference: preference, host: host)
            }
            return MailDNSFacts(
                exchanges: exchanges, texts: try await texts(domain), dmarc: try await texts("_dmarc.\(domain)"),
                dkim: try await selectorTexts(domain, texts))
        }

        private func selectorTexts(
            _ domain: String, _ texts: (String) async throws -> [String]
        ) async throws -> [String]? {
            guard let selector else { return nil }
            return try await texts("\(selector)._domainkey.\(domain)")
        }

        private func document(_ check: MailDNSCheck, _ domain: String) -> DocumentValue {
            .object([
                "domain": .string(domain), "ok": .bool(check.problems.isEmpty),
                "findings": .array(check.findings.map(\.document)),
                "needed": .array(
                    check.needed.map {
                        .object(["name": .string($0.name), "type": .string($0.type), "value": .string($0.value)])
                    }),
            ])
        }
    }
}
