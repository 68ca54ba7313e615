package import EdgePlan

/// Digests of the zones that one network serves, in a fixed number of groups by name, each with a digest of its own: the
/// network's digest costs the groups and not all zones, and a zone that changes its own group.
package struct ZoneLeaves: Hashable, Sendable {
    package static let groups = 256

    /// `NAME DIGEST` of each zone, and with a certificate ` CERTIFICATE KEY`, a line each, sorted by name: none of them
    /// holds a blank.
    package struct Group: Hashable, Sendable {
        package var text: [UInt8]
        /// nil: of no zones.
        package var digest: Digest?

        static let empty = Group(text: [], digest: nil)

        package init(text: [UInt8], digest: Digest?) {
            self.text = text
            self.digest = digest
        }

        init(_ lines: [Line]) {
            let bytes = lines.sorted { $0.name.lexicographicallyPrecedes($1.name) }.flatMap(\.text)
            self.init(text: bytes, digest: bytes.isEmpty ? nil : Digest.sha256(of: bytes))
        }

        var lines: [Line] {
            text.split(separator: UInt8(ascii: "\n")).map { line in
                Line(name: line.prefix { $0 != UInt8(ascii: " ") }, text: Array(line) + [UInt8(ascii: "\n")])
            }
        }
    }

    struct Line {
        var name: ArraySlice<UInt8>
        var text: [UInt8]

        init(name: ArraySlice<UInt8>, text: [UInt8]) {
            self.name = name
            self.text = text
        }

        init(_ zone: String, _ digest: Digest, _ files: CertificateFiles?) {
            name = Array(zone.utf8)[...]
            let certificate = files.map { " \($0.certificate) \($0.key)" } ?? ""
            text = Array("\(zone) \(digest)\(certificate)\n".utf8)
        }
    }

    package private(set) var content: [Group]

    package init() { content = [Group](repeating: .empty, count: Self.groups) }

    /// What was kept; nil when it is not whole.
    package init?(_ groups: [Group]) {
        guard groups.count == Self.groups else { return nil }
        content = groups
    }

    init(_ lines: some Sequence<(zone: String, line: Line)>) {
        var members = [[Line]](repeating: [], count: Self.groups)
        for (zone, line) in lines { members[Self.group(of: zone)].append(line) }
        content = members.map { $0.isEmpty ? .empty : Group($0) }
    }

    /// Puts zones in the places of those of the names given; a name without one is gone.
    mutating func replace(_ names: Set<String>, by lines: some Sequence<(zone: String, line: Line)>) {
        var changes: [Int: (gone: Set<ArraySlice<UInt8>>, new: [Line])] = [:]
        for name in names { changes[Self.group(of: name), default: ([], [])].gone.insert(Array(name.utf8)[...]) }
        for (zone, line) in lines { changes[Self.group(of: zone), default: ([], [])].new.append(line) }
        for (group, change) in changes {
            content[group] = Group(content[group].lines.filter { !change.gone.contains($0.name) } + change.new)
        }
    }

    package func digest(account: AccountID, addresses: [String]) -> Digest {
        var text = "account \(account)\n"
        for (index, group) in content.enumerated() {
            if let digest = group.digest { text += "zones \(index) \(digest)\n" }
        }
        for address in addresses { text += "address \(address)\n" }
        return Digest.sha256(of: text)
    }

    /// FNV-1a, folded.
    private static func group(of zone: String) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in zone.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int((hash ^ (hash >> 16)) % UInt32(groups))
    }
}

/// The same of both networks.
package struct EdgeLeaves: Hashable, Sendable {
    package private(set) var production: ZoneLeaves
    package private(set) var lower: ZoneLeaves

    package init(production: ZoneLeaves, lower: ZoneLeaves) {
        self.production = production
        self.lower = lower
    }

    package init(_ plan: EdgePlan) {
        let lines = Self.lines(plan) { _ in true }
        (production, lower) = (ZoneLeaves(lines.production), ZoneLeaves(lines.lower))
    }

    /// Takes the zones of these names from a plan, which may hold others too.
    package mutating func replace(_ names: Set<String>, by plan: EdgePlan) {
        guard !names.isEmpty else { return }
        let lines = Self.lines(plan, names.contains)
        production.replace(names, by: lines.production)
        lower.replace(names, by: lines.lower)
    }

    package func replacing(_ names: Set<String>, by plan: EdgePlan) -> EdgeLeaves {
        var leaves = self
        leaves.replace(names, by: plan)
        return leaves
    }

    /// - Parameter addresses: those of the lower environments, sorted; production has each node's own.
    package func digests(account: AccountID, addresses: [String]) -> NetworkDigests {
        NetworkDigests(
            production: production.digest(account: account, addresses: []),
            lower: lower.digest(account: account, addresses: addresses))
    }

    private typealias Lines = [(zone: String, line: ZoneLeaves.Line)]

    /// Most zones are the same in both networks, and hashed once.
    private static func lines(
        _ plan: EdgePlan, _ isMeant: (String) -> Bool
    ) -> (production: Lines, lower: Lines) {
        let certificates = Dictionary(
            plan.certificates.filter { isMeant($0.zone) }.map { ($0.zone, $0.files) },
            uniquingKeysWith: { first, _ in first })
        var known: [String: (plan: ZonePlan, line: ZoneLeaves.Line)] = [:]
        func lines(_ zones: [ZonePlan]) -> Lines {
            zones.filter { isMeant($0.name) }.map { zone in
                if let known = known[zone.name], known.plan == zone { return (zone.name, known.line) }
                let digest = Digest.sha256(of: ZonePlanEncoder.encode(zone))
                let line = ZoneLeaves.Line(zone.name, digest, certificates[zone.name])
                known[zone.name] = (zone, line)
                return (zone.name, line)
            }
        }
        return (lines(plan.production.zones), lines(plan.lower.zones))
    }
}
