package import EdgeModel

/// What the DNS of a mail domain says, as it was asked.
package struct MailDNSFacts: Hashable, Sendable {
    package struct Exchange: Hashable, Sendable {
        package var preference: Int
        /// Lower case; empty: the null MX of RFC 7505.
        package var host: String

        package init(preference: Int, host: String) {
            self.preference = preference
            self.host = host
        }
    }

    package var exchanges: [Exchange]
    /// Texts at the domain itself.
    package var texts: [String]
    /// Texts at `_dmarc.`.
    package var dmarc: [String]
    /// Texts at `SELECTOR._domainkey.`; nil: not asked.
    package var dkim: [String]?

    package init(exchanges: [Exchange], texts: [String], dmarc: [String], dkim: [String]?) {
        self.exchanges = exchanges
        self.texts = texts
        self.dmarc = dmarc
        self.dkim = dkim
    }
}

/// What a mail domain needs in its DNS beside what is there.
package struct MailDNSCheck: Hashable, Sendable {
    /// A record as it is written into a zone file.
    package struct Record: Hashable, Sendable {
        package var name: String
        package var type: String
        package var value: String
    }

    package var needed: [Record]
    package var findings: [Finding]

    package var problems: [String] { findings.filter { $0.severity == .error }.map(\.message) }

    /// - Parameters:
    ///   - host: the name of our mail server.
    ///   - selector: of the DKIM key that signs our mail; nil: we sign none.
    package init(of domain: String, host: String, selector: String?, _ facts: MailDNSFacts) {
        let place = "dns of \(domain)"
        var findings: [Finding] = []
        func note(_ severity: Finding.Severity, _ code: String, _ message: String, _ remedy: String) {
            findings.append(Finding(severity, code, at: place, message, remedy: remedy))
        }
        let mx = Record(name: "\(domain).", type: "MX", value: "10 \(host).")
        let spf = Record(name: "\(domain).", type: "TXT", value: "\"v=spf1 mx -all\"")
        let dmarc = Record(name: "_dmarc.\(domain).", type: "TXT", value: "\"v=DMARC1; p=none\"")
        needed = [mx, spf, dmarc]

        if facts.exchanges.isEmpty {
            note(.error, "no-mx", "there is no MX record: no mail comes here", "add the MX record")
        } else if facts.exchanges.contains(where: { $0.host.isEmpty }) {
            note(
                .error, "null-mx", "the null MX record says that the domain takes no mail",
                "replace it by the MX record")
        } else if !facts.exchanges.contains(where: { $0.host == host }) {
            let hosts = facts.exchanges.map(\.host).joined(separator: ", ")
            note(
                .error, "other-mx", "its mail goes to \(hosts) and not to \(host)",
                "add the MX record, or name our server with --mx")
        } else if let other = facts.exchanges.first(where: { $0.host != host }) {
            note(
                .warning, "mixed-mx", "\(other.host) takes its mail too: what arrives there does not meet these rules",
                "remove its MX record")
        }

        let policies = facts.texts.filter { Self.isPolicy($0, "v=spf1") }
        if policies.isEmpty {
            note(
                .error, "no-spf", "there is no SPF record: forwarded mail with a rewritten sender is not trusted",
                "add the SPF record")
        } else if policies.count > 1 {
            note(
                .error, "many-spf", "there are \(policies.count) SPF records, which is an error to all who ask",
                "keep one of them")
        } else if let policy = policies.first {
            let words = policy.asciiLowercased.split(separator: " ").map { String($0.drop { "+".contains($0) }) }
            let names = ["mx", "mx:\(domain)", "a:\(host)"].contains { words.contains($0) }
            let isOpen = words.contains {
                $0.hasPrefix("include:") || $0.hasPrefix("ip4:") || $0.hasPrefix("ip6:") || $0.hasPrefix("redirect=")
            }
            if words.contains("all") {
                note(.error, "spf-for-all", "its SPF record lets everybody send", "end it with -all or ~all")
            }
            if !names, !isOpen {
                note(.error, "spf-without-us", "its SPF record does not name our server", "add mx or a:\(host) to it")
            }
        }

        let rules = facts.dmarc.filter { Self.isPolicy($0, "v=dmarc1") }
        if rules.isEmpty {
            note(.warning, "no-dmarc", "there is no DMARC record", "add the DMARC record")
        } else if rules.count > 1 {
            note(
                .error, "many-dmarc", "there are \(rules.count) DMARC records: none of them counts", "keep one of them")
        }

        if let selector {
            let key = Record(
                name: "\(selector)._domainkey.\(domain).", type: "TXT", value: "\"v=DKIM1; k=rsa; p=(the public key)\"")
            needed.append(key)
            let keys = (facts.dkim ?? []).filter { $0.contains("p=") }
            if keys.isEmpty {
                note(
                    .error, "no-dkim", "there is no DKIM key at \(key.name)",
                    "publish the key that the mail server signs with")
            } else if keys.allSatisfy({ text in
                text.split(separator: ";").contains { String($0).trimmedSpaces == "p=" }
            }) {
                note(.error, "revoked-dkim", "the DKIM key at \(key.name) is revoked", "publish a new key")
            }
        }
        self.findings = findings
    }

    private static func isPolicy(_ text: String, _ version: String) -> Bool {
        let text = text.asciiLowercased
        return text == version || text.hasPrefix(version + " ") || text.hasPrefix(version + ";")
    }
}
