internal import FoundationEssentials
package import MailRouting

/// The JSON in which a worker gives its verdict:
/// `{"action":"forward","to":["a@b.test"],"tags":{"X-Checked":"yes"}}`, `{"action":"drop"}`,
/// `{"action":"reject","reason":"no"}`, `{"action":"tag","to":["a@b.test"],"tags":{…}}`.
package enum WorkerAnswer {
    /// Bytes of the longest verdict.
    package static let limit = 65_536

    private struct Document: Decodable {
        var action: String
        var to: [String]?
        var reason: String?
        var tags: [String: String]?
    }

    /// Reads and checks a verdict: any mistake in it is a failure of the worker, never half a verdict.
    ///
    /// - Parameter verified: destinations that may get mail, folded.
    package static func verdict(
        _ bytes: [UInt8], verified: Set<MailAddress>
    ) throws(WorkerError) -> WorkerVerdict {
        guard bytes.count <= limit else { throw WorkerError("its verdict is longer than \(limit) bytes") }
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)) else {
            throw WorkerError("its verdict is not the JSON of one")
        }
        var tags: [MailTag] = []
        for (name, value) in (document.tags ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard name.lowercased().hasPrefix("x-"), MailHeader.isName(name), MailHeader.isValue(value) else {
                throw WorkerError("it adds a header that is not an X- header of one line")
            }
            tags.append(MailTag(name: name, value: value))
        }
        switch document.action {
        case "forward", "tag":
            guard document.action == "forward" || !tags.isEmpty else { throw WorkerError("its verdict tags nothing") }
            return WorkerVerdict(.forward(try destinations(document.to ?? [], verified)), tags: tags)
        case "drop": return WorkerVerdict(.drop)
        case "reject":
            let reason = document.reason ?? "Refused"
            guard MailAction.isAnswer(reason) else {
                throw WorkerError("its reason is not one line of at most 400 ASCII characters")
            }
            return WorkerVerdict(.reject(reason))
        default: throw WorkerError("its verdict has an action that there is not")
        }
    }

    private static func destinations(
        _ given: [String], _ verified: Set<MailAddress>
    ) throws(WorkerError) -> [MailAddress] {
        var found: [MailAddress] = []
        for text in given {
            guard let address = MailAddress(text), verified.contains(address.folded) else {
                throw WorkerError("it forwards to an address that is not a verified destination")
            }
            if !found.contains(address) { found.append(address) }
        }
        guard (1...100).contains(found.count) else { throw WorkerError("it forwards to nobody, or to more than 100") }
        return found
    }
}
