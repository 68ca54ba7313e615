/// Types of records that are asked for (RFC 1035 section 3.2.2, RFC 3596).
package enum DNSType: UInt16, CaseIterable, Hashable, Sendable {
    case a = 1
    case cname = 5
    case mx = 15
    case txt = 16
    case aaaa = 28
}

/// What an answer holds, as far as it is understood.
package enum DNSData: Hashable, Sendable {
    case address(String)
    case alias(String)
    case mailExchange(preference: Int, host: String)
    /// Character strings joined, as SPF and DKIM want them (RFC 7208 section 3.3).
    case text(String)
}

/// What a server said to one question.
package struct DNSAnswer: Hashable, Sendable {
    /// RFC 1035 section 4.1.1.
    package enum Outcome: Hashable, Sendable {
        case success
        case noSuchName
        /// Another response code, such as 2 for a server's failure.
        case failure(Int)
    }

    package var outcome: Outcome
    /// Cut off: ask again over TCP.
    package var isTruncated: Bool
    /// Records of the answer section in their order; owner names in lower case without a final dot.
    package var records: [(name: String, data: DNSData)]

    /// What belongs to a name: its own records and those of the names that it is an alias of. Others that a server sent
    /// along are nobody's business (RFC 2181 section 5.4.1).
    package func data(of name: String) -> [DNSData] {
        var names: Set<String> = [DNSMessage.normalized(name)]
        // The chain may stand in any order; each pass finds at least one more link or is the last.
        while true {
            let targets = records.compactMap { record -> String? in
                guard case .alias(let target) = record.data, names.contains(record.name) else { return nil }
                return names.contains(target) ? nil : target
            }
            if targets.isEmpty { break }
            names.formUnion(targets)
        }
        return records.filter { names.contains($0.name) }.map(\.data)
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.outcome == right.outcome && left.isTruncated == right.isTruncated
            && left.records.elementsEqual(right.records) { $0.name == $1.name && $0.data == $1.data }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(outcome)
        hasher.combine(isTruncated)
        for record in records {
            hasher.combine(record.name)
            hasher.combine(record.data)
        }
    }
}

/// Asks the domain name system.
package protocol DNSResolving: Sendable {
    /// Records of a name and type, aliases followed; none when the name or the type is not there.
    /// - Throws: when nobody answered.
    func records(_ name: String, _ type: DNSType) async throws -> [DNSData]
}
