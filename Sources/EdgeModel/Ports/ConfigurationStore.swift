package import EdgePlan

/// Where everything an operator decides is kept. Any number of processes may use one store at once.
///
/// `read` sees one consistent snapshot. `write` is one immediate transaction: either all of its body's changes are
/// kept or, when the body throws, none. Bodies run synchronously and must not call the store again.
package protocol ConfigurationStore: Sendable {
    /// - Throws: `StoreError`, or what the body throws.
    func read<T>(_ body: (any StoreReading) throws -> T) throws -> T
    /// - Throws: `StoreError`, or what the body throws; then nothing was changed.
    func write<T>(_ body: (any StoreWriting) throws -> T) throws -> T
    /// Ticks once at the start and after commits of any process, this one included; several may be folded into one.
    func changes() -> AsyncStream<Void>
    /// What was observed, beside what was decided.
    var history: any FiguresHistory { get }
}

/// Reading within one snapshot. Lists come in their natural order: names sorted, versions and journals ascending,
/// routing rules in evaluation order, environments by rank.
package protocol StoreReading {
    /// Grows by one with every transaction that wrote; what base-version checks compare.
    func revision() throws -> Int
    func account() throws -> AccountID

    func zones() throws -> [Zone]
    func zone(named name: String) throws -> Zone?
    /// Canonical JSON text of a configuration; nil when there is none of that id.
    func configuration(_ id: ConfigurationID) throws -> String?

    func applications() throws -> [HTTPApplication]
    func application(named name: ResourceName) throws -> HTTPApplication?
    func versions(of application: ResourceName) throws -> [Version]
    func version(_ number: Int, of application: ResourceName) throws -> Version?

    func routingRules() throws -> [RoutingRule]
    func environments() throws -> [Environment]
    func assignments() throws -> [Assignment]
    func lists() throws -> [NamedList]
    func list(named name: ListName) throws -> NamedList?
    /// Sorted by the bytes of their values; none of a list that is not there.
    func items(of list: ListName) throws -> [ListItem]

    /// Entries of one stream, or of all; the newest `last` of them when given, ascending by id.
    func deployments(stream: ResourceName?, last: Int?) throws -> [Deployment]
    func deployment(_ id: Int) throws -> Deployment?
    func acknowledgements(of deployment: Int) throws -> [Acknowledgement]
    func auditEntries(last: Int?) throws -> [AuditEntry]

    func nodes() throws -> [Node]
    func node(named name: ResourceName) throws -> Node?
    /// Last known status of every node that ever polled, by name; JSON of `NodeStatus`.
    func nodeStatuses() throws -> [ResourceName: String]
    /// Free-form settings of the account: edge-wide options such as trusted peers. Never secrets.
    func settings() throws -> [String: String]
}

package protocol StoreWriting: StoreReading {
    /// The next unused configuration id; never given twice.
    func nextConfigurationID() throws -> ConfigurationID
    func putZone(_ zone: Zone, configuration: String) throws
    func removeZone(named name: String) throws

    func putApplication(_ application: HTTPApplication) throws
    /// Removes an application and its versions; the caller has checked that nothing refers to it.
    func removeApplication(named name: ResourceName) throws
    /// Inserts or replaces a version. Content of a locked version is never replaced: that throws `StoreError.refused`.
    func putVersion(_ version: Version, configuration: String) throws
    /// Replaces state, note and tags only.
    func updateVersion(_ version: Version) throws

    /// Replaces the whole ordered list.
    func putRoutingRules(_ rules: [RoutingRule]) throws
    func putEnvironment(_ environment: Environment) throws
    func removeEnvironment(named name: ResourceName) throws
    /// nil removes the assignment.
    func putAssignment(application: ResourceName, environment: ResourceName, version: Int?) throws
    /// Inserts or replaces a list and all its items; its kind stays what it is.
    func putList(_ list: NamedList, items: [ListItem]) throws
    func removeList(named name: ListName) throws

    /// Appends; id, sequence and chain are the caller's, and the store refuses a gap, a repeat or a wrong previous head.
    func append(_ deployment: Deployment) throws
    func append(_ entry: AuditEntry) throws
    func putAcknowledgement(_ acknowledgement: Acknowledgement) throws

    func putNode(_ node: Node) throws
    func removeNode(named name: ResourceName) throws
    func putNodeStatus(_ json: String, of node: ResourceName) throws
    func putSetting(_ key: String, _ value: String?) throws
}

/// What can go wrong with a store, as data.
package struct StoreError: Error, Hashable, Sendable {
    package enum Code: String, Hashable, Sendable {
        /// No state at that place yet.
        case missing
        /// Another process holds the lock for longer than the busy timeout.
        case busy
        case readOnly
        case full
        case corrupt
        /// A file that is to become the state cannot: the state itself is as it was.
        case badBackup
        /// Written by a newer program.
        case newerSchema
        /// Written by an older program; must be migrated by `state migrate`.
        case olderSchema
        case cannotOpen
        /// A new state cannot be put where it was asked for.
        case cannotCreate
        /// An invariant that the store guards would be broken.
        case refused
        case io
    }

    package var code: Code
    /// File or resource.
    package var place: String
    package var message: String
    package var remedy: String

    package init(_ code: Code, at place: String, _ message: String, remedy: String) {
        self.code = code
        self.place = place
        self.message = message
        self.remedy = remedy
    }
}
