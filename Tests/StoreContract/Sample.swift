package import EdgeModel
package import EdgePlan

/// Valid values for tests of stores.
package enum Sample {
    package static let time = Timestamp(milliseconds: 1_795_260_600_250)
    package static let actor = Actor(
        name: "root", uid: 0, sudoUser: "ada", sshClient: "192.0.2.7 51022", claimed: "ci")

    /// A digest that is none of anything: the number, repeated.
    package static func digest(_ number: Int) -> Digest {
        Digest(bytes: (0..<32).map { UInt8(truncatingIfNeeded: number >> (8 * ($0 % 4))) })
    }

    package static func name(_ text: String) throws -> ResourceName {
        guard let name = ResourceName(rawValue: text) else { throw Broken("'\(text)' is no name") }
        return name
    }

    package static func zone(_ name: String, id: Int, content: Int = 1, hosts: [String] = []) -> Zone {
        Zone(
            id: ConfigurationID(rawValue: id), name: name, hosts: hosts.isEmpty ? [name, "*.\(name)"] : hosts,
            digest: digest(content), createdAt: time, updatedAt: time.advanced(byMilliseconds: 1), author: "ada")
    }

    package static func document(_ content: Int) -> String { #"{"content":\#(content),"text":"Ünïcode \u2028"}"# }

    package static func application(_ name: String) throws -> HTTPApplication {
        HTTPApplication(
            name: try Self.name(name), zone: "example.com", purpose: "sells; it's \"shop\"", createdAt: time,
            author: "ada")
    }

    package static func version(
        _ application: String, _ number: Int, id: Int, base: Int? = nil, state: Version.State = .draft,
        content: Int = 1, tags: [String] = []
    ) throws -> Version {
        Version(
            application: try name(application), number: number, id: ConfigurationID(rawValue: id), base: base,
            state: state, digest: digest(content), note: "note \(content)", author: "ada", createdAt: time,
            updatedAt: time, tags: try tags.map(name))
    }

    package static func environment(_ name: String, rank: Int, filter: String? = nil) throws -> Environment {
        Environment(
            name: try Self.name(name), rank: rank, filter: filter,
            stagingAddresses: rank == 0 ? ["127.0.0.20", "::1"] : [], lockOnDeploy: rank > 0)
    }

    package static func rule(_ name: String, _ application: String, pinned: Int? = nil) throws -> RoutingRule {
        RoutingRule(
            name: try Self.name(name), expression: #"zone.name == "example.com" and path != "a\"b""#,
            application: try Self.name(application), pinned: pinned, enabled: pinned == nil, description: "why")
    }

    package static func node(_ name: String) throws -> Node {
        Node(name: try Self.name(name), region: "fra", tokenDigest: digest(7), createdAt: time, author: "ada")
    }

    /// An entry that follows what the store has.
    package static func deployment(
        _ stream: String, after tx: any StoreReading, change: Change? = nil, undoes: Int? = nil
    ) throws -> Deployment {
        let stream = try name(stream)
        let last = try tx.deployments(stream: stream, last: 1).last
        let id = (try tx.deployments(stream: nil, last: 1).last?.id ?? 0) + 1
        return Deployment(
            id: id, stream: stream, sequence: (last?.sequence ?? 0) + 1, kind: .promote,
            change: try change
                ?? .assignment(application: try name("shop"), environment: stream, from: nil, to: id),
            at: time.advanced(byMilliseconds: Int64(id)), actor: actor, reason: id % 2 == 0 ? nil : "because",
            planChecksum: digest(1000 + id), production: digest(2000 + id), lower: nil,
            evidence: ["canary": "3 of 3", "note": "\"quoted\""], undoes: undoes, previousHead: last?.head,
            head: digest(3000 + id))
    }

    /// An entry that follows what the store has.
    package static func audit(after tx: any StoreReading, summary: String = "made") throws -> AuditEntry {
        let last = try tx.auditEntries(last: 1).last
        let sequence = (last?.sequence ?? 0) + 1
        return AuditEntry(
            sequence: sequence, at: time.advanced(byMilliseconds: Int64(sequence)),
            actor: Actor(name: "ada", uid: 1000), action: "version.create", resource: "version/shop@\(sequence)",
            summary: summary, reason: nil, previousHead: last?.head, head: digest(sequence))
    }

    /// Zone `example.com` (101), application `shop` with versions 1 (102, locked) and 2 (103, draft, tag `spring`),
    /// environments staging and production, version 1 in production, one routing rule.
    package static func fill(_ store: any ConfigurationStore) throws {
        try store.write { tx in
            let zone = try tx.nextConfigurationID().rawValue
            try tx.putZone(Self.zone("example.com", id: zone), configuration: document(1))
            try tx.putApplication(application("shop"))
            try tx.putVersion(
                version("shop", 1, id: try tx.nextConfigurationID().rawValue, state: .locked),
                configuration: document(1))
            try tx.putVersion(
                version(
                    "shop", 2, id: try tx.nextConfigurationID().rawValue, base: 1, content: 2, tags: ["spring"]),
                configuration: document(2))
            try tx.putEnvironment(environment("staging", rank: 0, filter: "staging_address"))
            try tx.putEnvironment(environment("production", rank: 1))
            try tx.putAssignment(application: name("shop"), environment: name("production"), version: 1)
            try tx.putRoutingRules([rule("all-shop", "shop")])
        }
    }

    /// Entries in five streams with every kind of change, two audit entries, a node that acknowledged, a setting.
    package static func addJournal(to tx: any StoreWriting) throws {
        for stream in ["staging", "production"] { try tx.append(deployment(stream, after: tx)) }
        let rules = try tx.routingRules()
        try tx.append(deployment("routing", after: tx, change: .routing(before: [], after: rules)))
        let zone = ZoneState(
            id: ConfigurationID(rawValue: 101), hosts: ["example.com"], digest: Self.digest(1),
            configuration: Self.document(1))
        try tx.append(
            deployment("zones", after: tx, change: .zone(name: "example.com", before: zone, after: nil)))
        let staging = try Self.environment("staging", rank: 0, filter: "true")
        try tx.append(
            deployment(
                "environments", after: tx, change: .environment(before: nil, after: staging), undoes: 1))
        for _ in 1...2 { try tx.append(audit(after: tx)) }
        try tx.putNode(node("fra1"))
        try tx.putNodeStatus(#"{"digest":1}"#, of: Self.name("fra1"))
        try tx.putAcknowledgement(Acknowledgement(deployment: 2, node: Self.name("fra1"), at: Self.time))
        try tx.putSetting("edge.trusted", "10.0.0.0/8")
    }
}
