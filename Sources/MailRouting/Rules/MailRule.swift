package import EdgeModel

/// One rule of a domain: whom it concerns and what becomes of the mail.
package struct MailRule: Hashable, Sendable {
    package enum Matcher: Hashable, Sendable {
        /// One address of the domain, folded.
        case address(MailAddress)
        /// One sender, or with `local` nil all of a domain.
        case sender(MailSender)
        /// A condition of the rules language over the mail fields.
        case expression(String)
    }

    /// Stable name within the ruleset; it stands in Postfix's log.
    package var ref: String
    package var matcher: Matcher
    package var action: MailAction
    package var description: String?
    package var enabled: Bool
    /// From then on the rule counts as disabled.
    package var expires: Timestamp?

    package init(
        ref: String, matcher: Matcher, action: MailAction, description: String? = nil, enabled: Bool = true,
        expires: Timestamp? = nil
    ) {
        self.ref = ref
        self.matcher = matcher
        self.action = action
        self.description = description
        self.enabled = enabled
        self.expires = expires
    }

    /// The name under which mail is counted that only the catch-all took.
    package static let catchAll = "catch-all"

    /// Why a text cannot name a rule, for people; nil when it can. A ref is the local part of internal addresses.
    package static func problem(withRef text: String) -> String? {
        let bytes = Array(text.utf8)
        guard (1...48).contains(bytes.count) else { return "a ref has 1 to 48 characters" }
        guard bytes.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }), bytes.first != 45
        else {
            return "a ref has only letters a-z, digits and hyphens, and begins with no hyphen"
        }
        return text == catchAll ? "'\(catchAll)' is the name of the catch-all" : nil
    }
}

/// Whom a sender rule means: `alice@sender.test`, or `@sender.test` for all of a domain. Compared without case; the null
/// sender is nobody.
package struct MailSender: Hashable, Sendable, CustomStringConvertible {
    /// Lower case; nil: everybody of the domain.
    package let local: String?
    package let domain: String

    /// nil when the text is neither an address nor `@` and a domain.
    package init?(_ text: String) {
        if text.hasPrefix("@") {
            guard let address = MailAddress(local: "x", domain: String(text.dropFirst())) else { return nil }
            (local, domain) = (nil, address.domain)
        } else {
            guard let address = MailAddress(text)?.folded else { return nil }
            (local, domain) = (address.local, address.domain)
        }
    }

    package var description: String {
        local.map { MailAddress(trusted: $0, domain).description } ?? "@\(domain)"
    }

    package func matches(_ sender: MailAddress?) -> Bool {
        guard let sender, sender.domain == domain else { return false }
        return local.map { $0 == sender.local.asciiLowercased } ?? true
    }
}
