package import EdgeModel

/// The configuration store, with what operators decide about mail in the same transactions.
package protocol MailStore: ConfigurationStore {
    /// - Throws: `StoreError`, or what the body throws.
    func readMail<T>(_ body: (any MailReading) throws -> T) throws -> T
    /// - Throws: `StoreError`, or what the body throws; then nothing was changed.
    func writeMail<T>(_ body: (any MailWriting) throws -> T) throws -> T
    /// What happened, beside what was decided.
    var mailLedger: any MailLedger { get }
}

/// Reading within one snapshot. Domains, destinations and workers come by name, versions and journal ascending.
package protocol MailReading: StoreReading {
    func mailDomains() throws -> [MailDomain]
    func mailDomain(named name: String) throws -> MailDomain?
    func mailVersions(of domain: String) throws -> [MailVersion]
    /// JSON text of the ruleset as its author wrote it; nil when there is no such version.
    func mailRuleset(_ number: Int, of domain: String) throws -> String?
    func mailDestinations() throws -> [MailDestination]
    /// Found without case.
    func mailDestination(_ address: MailAddress) throws -> MailDestination?
    func mailWorkers() throws -> [MailWorker]
    func mailWorker(named name: ResourceName) throws -> MailWorker?
    /// Of one stream or of all; the newest `last` of them when given, ascending by id.
    func mailDeployments(of stream: String?, last: Int?) throws -> [MailDeployment]
}

package protocol MailWriting: StoreWriting, MailReading {
    func putMailDomain(_ domain: MailDomain) throws
    /// Removes a domain with its versions; its journal stays.
    func removeMailDomain(named name: String) throws
    /// Inserts or replaces a version. Content of a locked version is never replaced: that throws `StoreError.refused`.
    func putMailVersion(_ version: MailVersion, ruleset: String) throws
    func putMailDestination(_ destination: MailDestination) throws
    func removeMailDestination(_ address: MailAddress) throws
    func putMailWorker(_ worker: MailWorker) throws
    func removeMailWorker(named name: ResourceName) throws
    /// Appends; the store refuses a gap, a repeat or a wrong previous head.
    func append(_ deployment: MailDeployment) throws
}
