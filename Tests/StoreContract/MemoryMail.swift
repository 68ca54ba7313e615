internal import EdgeModel
package import MailRouting

struct MemoryMail {
    struct Content {
        var version: MailVersion
        var ruleset: String
    }

    var domains: [String: MailDomain] = [:]
    var versions: [String: [Int: Content]] = [:]
    var destinations: [MailAddress: MailDestination] = [:]
    var workers: [ResourceName: MailWorker] = [:]
    var deployments: [MailDeployment] = []
}

extension MemoryStore: MailStore {
    package func readMail<T>(_ body: (any MailReading) throws -> T) throws -> T { try snapshot { try body($0) } }
    package func writeMail<T>(_ body: (any MailWriting) throws -> T) throws -> T { try transact(body) }
    package var mailLedger: any MailLedger { ledger }
}

extension MemoryTransaction: MailWriting {
    func mailDomains() -> [MailDomain] { state.mail.domains.values.sorted { $0.name < $1.name } }
    func mailDomain(named name: String) -> MailDomain? { state.mail.domains[name] }

    func mailVersions(of domain: String) -> [MailVersion] {
        (state.mail.versions[domain] ?? [:]).values.map(\.version).sorted { $0.number < $1.number }
    }

    func mailRuleset(_ number: Int, of domain: String) -> String? { state.mail.versions[domain]?[number]?.ruleset }

    func mailDestinations() -> [MailDestination] {
        state.mail.destinations.values.sorted { $0.address.folded.description < $1.address.folded.description }
    }

    func mailDestination(_ address: MailAddress) -> MailDestination? { state.mail.destinations[address.folded] }
    func mailWorkers() -> [MailWorker] { state.mail.workers.values.sorted { $0.name < $1.name } }
    func mailWorker(named name: ResourceName) -> MailWorker? { state.mail.workers[name] }

    func mailDeployments(of stream: String?, last: Int?) -> [MailDeployment] {
        let entries = state.mail.deployments.filter { stream == nil || $0.stream == stream }
        return last.map { Array(entries.suffix(max(0, $0))) } ?? entries
    }

    func putMailDomain(_ domain: MailDomain) throws {
        let place = "email domain \(domain.name)"
        try change(place) { state in
            if let live = domain.live, state.mail.versions[domain.name]?[live] == nil {
                throw refuse(place, "there is no such version")
            }
            state.mail.domains[domain.name] = domain
        }
    }

    func removeMailDomain(named name: String) throws {
        let place = "email domain \(name)"
        try change(place) { state in
            guard state.mail.domains.removeValue(forKey: name) != nil else { throw refuse(place, "there is none") }
            state.mail.versions[name] = nil
        }
    }

    func putMailVersion(_ version: MailVersion, ruleset: String) throws {
        let place = "email rules \(version.label)"
        let versions = mailVersions(of: version.domain)
        try change(place) { state in
            guard state.mail.domains[version.domain] != nil else { throw refuse(place, "there is no such domain") }
            if let old = versions.first(where: { $0.number == version.number }) {
                guard old.state == .draft || (version.state == .locked && version.digest == old.digest) else {
                    throw refuse(place, "the version is locked")
                }
            } else if version.number != (versions.last?.number ?? 0) + 1 {
                throw refuse(place, "a gap")
            }
            if version.state == .draft, versions.contains(where: { $0.state == .draft && $0.number != version.number })
            {
                throw refuse(place, "the domain has another draft")
            }
            state.mail.versions[version.domain, default: [:]][version.number] = .init(
                version: version, ruleset: ruleset)
        }
    }

    func putMailDestination(_ destination: MailDestination) throws {
        try change("email destination \(destination.address)") {
            $0.mail.destinations[destination.address.folded] = destination
        }
    }

    func removeMailDestination(_ address: MailAddress) throws {
        let place = "email destination \(address)"
        try change(place) { state in
            guard state.mail.destinations.removeValue(forKey: address.folded) != nil else {
                throw refuse(place, "there is none")
            }
        }
    }

    func putMailWorker(_ worker: MailWorker) throws {
        try change("email worker \(worker.name)") { $0.mail.workers[worker.name] = worker }
    }

    func removeMailWorker(named name: ResourceName) throws {
        let place = "email worker \(name)"
        try change(place) { state in
            guard state.mail.workers.removeValue(forKey: name) != nil else { throw refuse(place, "there is none") }
        }
    }

    func append(_ deployment: MailDeployment) throws {
        let place = "mail deployment \(deployment.id)"
        let before = mailDeployments(of: deployment.stream, last: 1).last
        try change(place) { state in
            guard deployment.id == (state.mail.deployments.last?.id ?? 0) + 1,
                deployment.sequence == (before?.sequence ?? 0) + 1, deployment.previousHead == before?.head
            else { throw refuse(place, "it does not follow") }
            state.mail.deployments.append(deployment)
        }
    }
}
