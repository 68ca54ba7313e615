import ControlPlane
import EdgeModel
import EdgePlan
import StoreContract
import Synchronization
import Testing

/// An account in memory with a clock that tests move.
final class Account: Sendable {
    let store = MemoryStore()
    private let clock = Mutex<Int64>(1_800_000_000_000)

    init() throws {
        try plane().initialize(stagingAddresses: ["127.0.0.21"])
    }

    func plane(as name: String = "ada") -> ControlPlane {
        ControlPlane(
            store: store, actor: Actor(name: name, uid: 1000),
            now: { self.clock.withLock { Timestamp(milliseconds: $0) } },
            random: { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 13) } })
    }

    func advance(seconds: Int64) { clock.withLock { $0 += seconds * 1000 } }

    // MARK: short ways to what most tests need

    /// Zone example.com with some redirects, application shop of it with version 1, routed.
    func withShop(redirects: Int = 3) throws {
        try importZone("example.com", rules: (0..<redirects).map { redirect("old-\($0)", path: "/old/\($0)") })
        _ = try plane().createApplication(name("shop"), from: "example.com", purpose: "the shop")
        try apply(.routing(.add(rule("shop-all", "cf.zone.name eq \"example.com\"", "shop"), .last)))
    }

    /// The same, with version 1 assigned to staging and promoted.
    func withShopInProduction() throws {
        try withShop()
        try apply(.assign(application: name("shop"), version: 1, environment: name("staging")))
        try apply(.promote(application: name("shop"), to: name("production")))
    }

    func importZone(_ zone: String, rules: [DocumentValue], hosts: [String]? = nil) throws {
        try apply(
            .zone(try ControlPlane.zoneEdit(from: DocumentNode(zoneDocument(zone, rules: rules, hosts: hosts)))))
    }

    @discardableResult
    func apply(_ request: ChangeRequest, _ edit: (inout ApplyOptions) -> Void = { _ in }, as name: String = "ada")
        throws
        -> Deployment
    {
        var options = ApplyOptions()
        edit(&options)
        let plane = plane(as: name)
        return try plane.apply(try plane.plan(request), options)
    }

    /// A draft copied from `source` whose redirects are replaced.
    @discardableResult
    func draft(_ redirects: [DocumentValue], from source: String = "shop@latest") throws -> Version {
        let version = try plane().createVersion(of: name("shop"), from: VersionReference(source), note: "test")
        let reference = VersionReference(application: version.application, selector: .number(version.number))
        return try plane().applyVersion(reference, document: DocumentNode(configuration(redirects))).0
    }

    func served(_ environment: String) throws -> Int? {
        try store.read { tx in try tx.assignments().first { $0.environment.rawValue == environment }?.version }
    }
}

func name(_ text: String) throws -> ResourceName { try #require(ResourceName(rawValue: text)) }

func rule(_ label: String, _ expression: String, _ application: String, pinned: Int? = nil) throws -> RoutingRule {
    RoutingRule(name: try name(label), expression: expression, application: try name(application), pinned: pinned)
}

func redirect(_ ref: String, path: String, to target: String = "/new") -> DocumentValue {
    .object([
        "ref": .string(ref), "expression": .string("http.request.uri.path eq \"\(path)\""),
        "action": .string("redirect"),
        "action_parameters": .object([
            "from_value": .object(["target_url": .object(["value": .string(target)]), "status_code": .int(301)])
        ]),
    ])
}

func configuration(_ redirects: [DocumentValue]) -> DocumentValue {
    .object([
        "origins": .object([
            "web": .object(["endpoints": .array([.object(["address": .string("127.0.0.41"), "port": .int(9001)])])])
        ]),
        "rules": redirects.isEmpty
            ? nil : .object([Phase.dynamicRedirect.rawValue: .array(redirects)].map { DocumentMember($0, $1) }),
    ])
}

func zoneDocument(_ zone: String, rules: [DocumentValue], hosts: [String]? = nil) -> DocumentValue {
    var members = [DocumentMember("zone", .string(zone))]
    if let hosts { members.append(DocumentMember("hosts", .array(hosts.map { .string($0) }))) }
    if case .object(let rest) = configuration(rules) { members += rest }
    return .object(members)
}

/// The error that a call throws, for looking at its parts.
func refusal(_ body: () throws -> Void) -> ControlPlaneError? {
    do {
        try body()
        return nil
    } catch {
        return error as? ControlPlaneError
    }
}
