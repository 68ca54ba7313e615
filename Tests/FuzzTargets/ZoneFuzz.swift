import DocumentText
import EdgeEngine
import EdgeModel
import EdgePlan
import EnvoyConfig
import RulesLint

/// A zone file. One without errors is written and read as it is, compiles, and the edge accepts the plan.
enum ZoneFuzz {
    static func run(_ bytes: [UInt8]) {
        guard let node = try? DocumentText.read(bytes: bytes) else { return }
        let (zone, findings) = ZoneDocument.read(node, named: "a.example")
        hold(zone != nil || findings.contains { $0.severity == .error }, "a zone or an error")
        guard let zone else { return }
        let isClean = !findings.contains { $0.severity == .error }
        if isClean { checkWriting(zone) }
        checkPlan(zone, isClean)
        _ = ConfigurationLint.findings(zone.configuration, label: "zone", hosts: zone.hosts, now: 0)
    }

    private static func checkWriting(_ zone: ZoneDocument) {
        let written = ZoneDocument.write(
            name: zone.name, hosts: zone.hosts, tls: zone.tls, configuration: zone.configuration)
        let text = DocumentText.yaml(written)
        guard let node = try? DocumentText.read(text) else { return hold(false, "a written zone can be read: \(text)") }
        let (again, findings) = ZoneDocument.read(node)
        hold(!findings.contains { $0.severity == .error }, "a written zone has no errors: \(findings) \(text)")
        guard let again else { return }
        hold(again.configuration.digest == zone.configuration.digest, "a written zone is the same: \(text)")
        hold(
            again.hosts == zone.hosts && again.tls == zone.tls, "a written zone has its hosts and certificate: \(text)")
        let diff = ConfigurationDiff(from: zone.configuration, to: again.configuration)
        hold(diff.isEmpty, "nothing differs: \(diff.text)")
        _ = ConfigurationDiff(from: Configuration(), to: zone.configuration).text(byWords: true)
    }

    /// Whatever the configuration, it compiles, and what comes out of it without an error can be served.
    static func checkPlan(_ document: ZoneDocument, _ isClean: Bool) {
        let (plan, findings) = PlanCompiler.compile(snapshot(document))
        let isServed = isClean && !findings.contains { $0.severity == .error }
        for zone in plan.production.zones {
            let decoded = ZonePlanEncoder.encode(zone).withUnsafeBytes { try? ZonePlanDecoder.decode($0) }
            hold(decoded == zone || !isServed, "a plan decodes to what was encoded")
            hold((try? AcceptedPlan(zone)) != nil || !isServed, "the edge accepts the plan")
        }
        let resources = try? EnvoyRenderer().render(plan) { ZonePlanEncoder.encode($0) }
        hold(resources != nil, "a plan can be rendered")
    }

    private static func snapshot(_ document: ZoneDocument) -> EdgeSnapshot {
        let digest = document.configuration.digest
        let now = Timestamp(milliseconds: 0)
        let zone = Zone(
            id: ConfigurationID(rawValue: 1), name: document.name, hosts: document.hosts, tls: document.tls,
            digest: digest, createdAt: now, updatedAt: now, author: "ada")
        let content = EdgeSnapshot.Content(
            id: zone.id, digest: digest, application: nil, version: nil, configuration: document.configuration)
        return EdgeSnapshot(
            account: AccountID(rawValue: 777), zones: [.init(zone: zone, content: content)], versions: [:],
            routingRules: [], environments: [], assignments: [], settings: EdgeSettings())
    }
}
