package import EdgeModel
internal import RulesLanguage

extension MailRuleset {
    /// As people write it: defaults left out.
    package var document: DocumentValue { document(canonical: false) }

    /// What is hashed and stored: expressions in canonical notation, keys sorted.
    package var canonicalDocument: DocumentValue { document(canonical: true).sorted }

    private func document(canonical: Bool) -> DocumentValue {
        .object([
            "domain": .string(domain),
            "subaddressing": subaddressing ? .bool(true) : nil,
            "sender_rewriting": senderRewriting ? nil : .bool(false),
            "authentication_server": authenticationServer.map { .string($0) },
            "rules": rules.isEmpty ? nil : .array(rules.map { $0.document(canonical: canonical) }),
            "catch_all": catchAll.map(\.document),
        ])
    }
}

extension MailRule {
    package var document: DocumentValue { document(canonical: false) }

    func document(canonical: Bool) -> DocumentValue {
        var members: [DocumentMember] = [DocumentMember("ref", .string(ref))]
        switch matcher {
        case .address(let address): members.append(DocumentMember("to", .string(address.description)))
        case .sender(let sender): members.append(DocumentMember("from", .string(sender.description)))
        case .expression(let text):
            members.append(DocumentMember("if", .string(canonical ? MailCondition.canonical(text) : text)))
        }
        members += action.members
        if let description, !description.isEmpty { members.append(DocumentMember("description", .string(description))) }
        if !enabled { members.append(DocumentMember("enabled", .bool(false))) }
        if let expires { members.append(DocumentMember("expires", .string(expires.description))) }
        return .object(members)
    }

    /// `to support@example.com`, for people.
    package var condition: String {
        switch matcher {
        case .address(let address): "to \(address)"
        case .sender(let sender): "from \(sender)"
        case .expression(let text): "if \(text)"
        }
    }
}

extension MailCatchAll {
    package var document: DocumentValue {
        .object(action.members + (enabled ? [] : [DocumentMember("enabled", .bool(false))]))
    }
}

extension MailAction {
    /// `action` and what belongs to it.
    var members: [DocumentMember] {
        let head = DocumentMember("action", .string(kind.rawValue))
        switch self {
        case .forward(let addresses):
            return [head, DocumentMember("destinations", .array(addresses.map { .string($0.description) }))]
        case .reject(let text), .deferral(let text): return [head, DocumentMember("text", .string(text))]
        case .worker(let name): return [head, DocumentMember("worker", .string(name.rawValue))]
        case .tag(let tag):
            return [head, DocumentMember("header", .string(tag.name)), DocumentMember("value", .string(tag.value))]
        case .drop, .observe: return [head]
        }
    }
}
