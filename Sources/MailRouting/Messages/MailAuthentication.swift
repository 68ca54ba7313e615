/// What a verifier that we trust said of a message. A method that it did not report is unknown, which no rule matches:
/// neither one that asks for a pass nor one that asks for anything else.
package struct MailAuthentication: Hashable, Sendable, Codable {
    package enum Method: String, CaseIterable, Hashable, Sendable, Codable { case spf, dkim, dmarc }

    /// Words of RFC 8601 section 2.7.
    package enum Result: String, CaseIterable, Hashable, Sendable, Codable {
        case pass, fail, softfail, neutral, none, policy, temperror, permerror
    }

    /// nil: unknown.
    package var spf: Result?
    package var dkim: Result?
    package var dmarc: Result?

    package static let unknown = MailAuthentication()

    package init(spf: Result? = nil, dkim: Result? = nil, dmarc: Result? = nil) {
        self.spf = spf
        self.dkim = dkim
        self.dmarc = dmarc
    }

    package subscript(method: Method) -> Result? {
        get {
            switch method {
            case .spf: spf
            case .dkim: dkim
            case .dmarc: dmarc
            }
        }
        set {
            switch method {
            case .spf: spf = newValue
            case .dkim: dkim = newValue
            case .dmarc: dmarc = newValue
            }
        }
    }

    /// Headers that stand where the sender wrote: a verifier of ours puts its own above them.
    private static let endOfTrace: Set<String> = [
        "received", "from", "to", "subject", "date", "message-id", "return-path",
    ]

    /// Reads `Authentication-Results` of one authserv-id; all others are ignored, whatever they say. Only those above the
    /// first header of the message itself count, and of several results of one method the topmost header's: a forged one
    /// further down never does. DKIM passes when any of its signatures does.
    ///
    /// A sender who forges our own id at the very top is told apart only by the verifier, which must remove such headers
    /// (RFC 8601 section 5): a milter is told headers and not who wrote them, and the `Received` of our own Postfix, which
    /// would divide them, is the one that it keeps from milters. So `email postfix check` looks for a verifier.
    package init(reading headers: [MailHeader], of server: String?) {
        self.init()
        guard let server = server?.asciiLowercased, !server.isEmpty else { return }
        for header in headers {
            let name = header.name.asciiLowercased
            if Self.endOfTrace.contains(name) { break }
            guard name == "authentication-results", let results = AuthenticationResults(header.value),
                results.server.asciiLowercased == server
            else { continue }
            for method in Method.allCases where self[method] == nil {
                let found = results.results.filter { $0.method == method.rawValue }.map { Result(rawValue: $0.result) }
                self[method] = found.contains(.pass) ? .pass : found.compactMap(\.self).first
            }
        }
    }

    /// `spf=pass dkim=fail`; `unknown` when nothing is known.
    package var text: String {
        let parts = Method.allCases.compactMap { method in self[method].map { "\(method.rawValue)=\($0.rawValue)" } }
        return parts.isEmpty ? "unknown" : parts.joined(separator: " ")
    }
}
