import Dispatch
package import EdgeModel
package import EdgePlan
import Synchronization

/// A store in memory for tests of what stands above the port: the same refusals, order and snapshots as the real one.
///
/// `@unchecked`: `state` and `failure` are touched on `turn` only. A `Mutex` cannot do: what bodies return need not
/// be sendable.
package final class MemoryStore: ConfigurationStore, @unchecked Sendable {
    private let turn = DispatchQueue(label: "MemoryStore")
    private var state: MemoryState
    private var failure: StoreError?
    private let observed = MemoryHistory()
    let ledger = MemoryMailLedger()
    private let listeners = Mutex<[AsyncStream<Void>.Continuation]>([])

    package init(account: AccountID = AccountID(rawValue: 777)) {
        state = MemoryState(account: account)
    }

    /// Makes every following write fail with this, before anything is changed; nil: no longer.
    package func failWrites(with error: StoreError?) {
        turn.sync { failure = error }
    }

    /// Cuts the newest entries off the journal of the edge, as no transaction can.
    package func dropDeployments(after count: Int) {
        turn.sync { state.deployments = Array(state.deployments.prefix(count)) }
    }

    package func read<T>(_ body: (any StoreReading) throws -> T) throws -> T { try snapshot { try body($0) } }

    package func write<T>(_ body: (any StoreWriting) throws -> T) throws -> T { try transact(body) }

    func snapshot<T>(_ body: (MemoryTransaction) throws -> T) throws -> T {
        let snapshot = turn.sync { state }
        return try body(MemoryTransaction(snapshot))
    }

    func transact<T>(_ body: (MemoryTransaction) throws -> T) throws -> T {
        let result = try turn.sync {
            if let failure { throw failure }
            let transaction = MemoryTransaction(state)
            let result = try body(transaction)
            if transaction.wrote { transaction.state.revision += 1 }
            state = transaction.state
            return result
        }
        for listener in listeners.withLock({ $0 }) { listener.yield() }
        return result
    }

    package var history: any FiguresHistory { observed }

    package func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        listeners.withLock { $0.append(continuation) }
        continuation.yield()
        return stream
    }
}

struct MemoryState {
    struct AssignmentKey: Hashable {
        var environment: ResourceName
        var application: ResourceName
    }

    var account: AccountID
    var revision = 0
    var lastConfigurationID = 100
    var zones: [String: Zone] = [:]
    var configurations: [ConfigurationID: String] = [:]
    /// What every id given or used was for; nil: nothing yet.
    var owners: [ConfigurationID: String?] = [:]
    var applications: [ResourceName: HTTPApplication] = [:]
    var versions: [ResourceName: [Int: Version]] = [:]
    var rules: [RoutingRule] = []
    var environments: [ResourceName: Environment] = [:]
    var assignments: [AssignmentKey: Int] = [:]
    var deployments: [Deployment] = []
    var acknowledgements: [Int: [ResourceName: Timestamp]] = [:]
    var audit: [AuditEntry] = []
    var nodes: [ResourceName: Node] = [:]
    var statuses: [ResourceName: String] = [:]
    var settings: [String: String] = [:]
    var lists: [ListName: NamedList] = [:]
    var items: [ListName: [ListItem]] = [:]
    var mail = MemoryMail()

    init(account: AccountID) { self.account = account }
}
