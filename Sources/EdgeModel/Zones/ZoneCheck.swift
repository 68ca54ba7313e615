internal import EdgePlan

/// Everything wrong with a zone's document in one list: what cannot be read, and what was read but cannot be carried out.
package enum ZoneCheck {
    /// - Returns: the document as far as it could be read, and every finding with its line; usable only without errors.
    package static func read(
        _ node: DocumentNode, named: String? = nil, lists: KnownLists
    ) -> (ZoneDocument?, [Finding]) {
        let (document, unread) = ZoneDocument.read(node, named: named)
        guard let document else { return (nil, unread) }
        let places = DocumentPlaces(node)
        let indices = WrittenIndices(node, document.configuration)
        var compiler = ConfigurationCompiler(
            EdgeSnapshot.Content(
                id: ConfigurationID(rawValue: 0), digest: document.configuration.digest, application: nil, version: nil,
                zone: document.name, configuration: document.configuration), lists: lists)
        _ = compiler.compile()
        var findings = unread
        for var finding in compiler.findings where finding.severity == .error {
            finding.place = indices.written(DocumentPlaces.withoutResource(finding.place))
            guard !unread.contains(where: { follows(finding, from: $0) }) else { continue }
            findings.append(places.located(finding))
        }
        // In the order in which they are met in the text; what has no line concerns all of it.
        return (document, findings.enumerated().sorted { ($0.1.line ?? 0, $0.0) < ($1.1.line ?? 0, $1.0) }.map(\.1))
    }

    /// Whether a finding says again what another says, or only comes of what that one left unread.
    private static func follows(_ finding: Finding, from other: Finding) -> Bool {
        if isPart(finding.place, of: other.place) || isPart(other.place, of: finding.place) { return true }
        let isAboutOrigins = ["unknown-origin", "no-default-origin"].contains(finding.code)
        // A key that nobody knows may be `origins` misspelt.
        return isAboutOrigins && !other.place.contains(".")
            && !["zone", "hosts", "tls"].contains { isPart(other.place, of: $0) }
    }

    private static func isPart(_ place: String, of whole: String) -> Bool {
        guard place.hasPrefix(whole) else { return false }
        let next = place.dropFirst(whole.count).first
        return next == nil || next == "." || next == "["
    }
}

/// Rules that could not be read are not in the configuration, so the others stand elsewhere in it than in the document.
private struct WrittenIndices {
    /// By `rules.phase[index]` in the configuration, where the document says otherwise.
    private var moved: [String: String] = [:]

    init(_ node: DocumentNode, _ configuration: Configuration) {
        guard case .object(let top) = node.content,
            case .object(let phases)? = top.first(where: { $0.key == "rules" })?.value.content
        else { return }
        for (name, _, list) in phases {
            guard let phase = Phase(rawValue: name), case .array(let items) = list.content else { continue }
            let rules = configuration.rules(in: phase)
            guard rules.count < items.count else { continue }
            var next = 0
            for (index, item) in items.enumerated() where next < rules.count {
                guard ConfigurationReader.readRule(item, at: "").0 == rules[next] else { continue }
                if index != next { moved["rules.\(name)[\(next)]"] = "rules.\(name)[\(index)]" }
                next += 1
            }
        }
    }

    func written(_ place: String) -> String {
        guard let end = place.firstIndex(of: "]"), let other = moved[String(place[...end])] else { return place }
        return other + place[place.index(after: end)...]
    }
}
