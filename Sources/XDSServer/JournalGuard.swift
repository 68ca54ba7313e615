package import EdgeModel
internal import EdgePlan
internal import FleetProtocol

/// Sees to it that nodes are not pushed back to an older state unasked: a restored backup, or another server's state.
///
/// A node says which place of which journal it was given; where this server's journal does not contain that place, the
/// node is sent nothing. What this server's predecessor has kept beside the state counts for all nodes.
package struct JournalGuard: Sendable {
    package struct Word: Hashable, Sendable, Codable {
        package var node: ResourceName
        package var position: JournalPosition
    }

    /// Where the journal stands that the published plan was made of.
    package internal(set) var published: JournalPosition?
    /// The newest place that a node has taken, of all nodes.
    package internal(set) var acknowledged: Word?
    /// The above is none of this server's journal: nobody is sent anything.
    var isBehind = false
    /// Nodes whose places are none of this server's journal.
    package internal(set) var ahead: [ResourceName: JournalPosition] = [:]

    func isClosed(to name: ResourceName) -> Bool { isBehind || ahead[name] != nil }

    /// A node runs what is published.
    mutating func acknowledge(by name: ResourceName) {
        guard let published, !isClosed(to: name) else { return }
        acknowledged = Word(node: name, position: published)
    }
}

extension FleetRollout {
    /// Where this server's journal stands, for a node that is sent something.
    package var publishedJournal: JournalPosition? { journal.published }

    /// Places that the journal must contain: the predecessor's and those of nodes.
    package var journalWords: [JournalGuard.Word] {
        let nodes = journal.ahead.map { JournalGuard.Word(node: $0.key, position: $0.value) }
        return nodes + (journal.acknowledged.map { [$0] } ?? [])
    }

    /// Whether the node is sent nothing because its state is none of this server's journal.
    package func isClosed(to name: ResourceName) -> Bool { journal.isClosed(to: name) }

    /// What the journal does not contain of the places asked about; the others are known.
    package mutating func judge(unknown: [JournalGuard.Word], at now: Int64) -> [FleetEvent] {
        let wasBehind = journal.isBehind
        journal.isBehind = journal.acknowledged.map(unknown.contains) ?? false
        var events: [FleetEvent] = []
        if let word = journal.acknowledged, wasBehind != journal.isBehind {
            events.append(event(word.node, now, .ahead(journal.isBehind ? word.position : nil)))
        }
        for (name, position) in journal.ahead where !unknown.contains(.init(node: name, position: position)) {
            journal.ahead[name] = nil
            if !(journal.isBehind && journal.acknowledged?.node == name) {
                events.append(event(name, now, .ahead(nil)))
            }
        }
        chooseFirstNodes(at: now)
        return events
    }

    /// What the request says of the state that the node was given.
    mutating func hearStanding(_ request: DiscoveryRequest, at now: Int64) -> [FleetEvent] {
        guard let position = request.journal else { return [] }
        let name = request.node.name
        let before = journal.ahead[name]
        journal.ahead[name] = request.isOfOurJournal ? nil : position
        guard journal.ahead[name] != before else { return [] }
        if journal.isBehind, journal.acknowledged?.node == name { return [] }
        return [event(name, now, .ahead(journal.ahead[name]))]
    }
}
