package import EdgeModel
package import EdgePlan

/// An export of Cloudflare turned into a zone of ours, with a report of what became of each thing in it.
///
/// Rules keep their refs and expressions. What this edge does not carry out is kept disabled with its words where a zone
/// can hold it, so that it shows in diffs and can be mended in its place; it is never turned into something else that
/// would answer requests. The rest is left out, and the report holds the whole of it. The same export always gives the
/// same zone.
package struct CloudflareImport: Hashable, Sendable {
    package let zone: ZoneDocument
    /// Lists of the account that came along, which its rules ask for.
    package let lists: [ListDocument]
    package let report: ImportReport

    /// - Parameters:
    ///   - name: the zone, a lower-case A-label.
    ///   - tls: the certificate of a zone that is there already; Cloudflare gives none away.
    ///   - known: lists that are there already.
    package init(
        _ export: CloudflareExport, zone name: String, tls: CertificateFiles? = nil, known: KnownLists = .none
    ) {
        var run = ImportRun(export, zone: name, known: known)
        run.run()
        zone = ZoneDocument(name: name, hosts: run.hosts, tls: tls, configuration: run.configuration)
        lists = run.lists
        report = run.report
    }
}

/// One import under way. Parts of it are in `ImportRun+*.swift`, in the order in which they run.
struct ImportRun {
    let export: CloudflareExport
    let zone: String
    /// How origins are reached, by the setting `ssl`.
    var mode = OriginMode.strict
    var origins: [Origin] = []
    /// Hosts with the origin that answers for them; the default origin stands first.
    var groups: [HostGroup] = []
    var defaultOrigin: String?
    /// Rules by phase in three layers, since the last word on a request is the last rule's: what DNS says, what page
    /// rules say, what rulesets say. Redirects stand the other way round, since the first one ends.
    var rules: [Phase: [Layer: [Rule]]] = [:]
    /// What came along, and with it all that is known.
    var lists: [ListDocument] = []
    var known: KnownLists
    var report: ImportReport
    var originNames = NameClaims()
    /// Origins made for rules, by their host.
    var madeOrigins: [String: String] = [:]
    private var refs = NameClaims()

    enum Layer: Int, CaseIterable { case setting, host, page, ruleset }

    init(_ export: CloudflareExport, zone: String, known: KnownLists) {
        self.export = export
        self.known = known
        self.zone = zone
        report = ImportReport(zone: zone)
    }

    mutating func run() {
        report.notes += export.notes
        let lists = importLists()
        let settings = importSettings()
        let balancers = importLoadBalancers()
        let records = importRecords()
        settleDefaultOrigin()
        routeHosts()
        importRulesets()
        importPageRules()
        report.items += records + balancers + settings + lists
        importRest()
        if hosts == [zone], groups.isEmpty {
            report.notes.append("no proxied record or load balancer names a host: the zone serves \(zone)")
        }
    }

    var hosts: [String] {
        let named = Set(groups.flatMap(\.hosts)).sorted()
        return named.isEmpty ? [zone] : named
    }

    var configuration: Configuration {
        var ordered: [Phase: [Rule]] = [:]
        for (phase, layers) in rules {
            let order: [Layer] =
                phase == .dynamicRedirect ? [.setting, .ruleset, .page, .host] : [.setting, .host, .page, .ruleset]
            ordered[phase] = order.flatMap { layers[$0] ?? [] }
        }
        let settings = defaultOrigin.map { [DocumentMember(KnownSetting.defaultOrigin.rawValue, .string($0))] } ?? []
        return Configuration(
            origins: origins.sorted { $0.name < $1.name }, settings: settings, rules: ordered)
    }

    var check: RuleCheck { RuleCheck(origins: origins, defaultOrigin: defaultOrigin, lists: known) }

    mutating func put(_ rule: Rule, in phase: Phase, _ layer: Layer) {
        rules[phase, default: [:]][layer, default: []].append(rule)
    }

    /// A ref that the zone can hold and nobody has yet: printable ASCII without blanks and commas, at most 128 bytes.
    mutating func claimRef(_ wanted: String) -> String {
        var bytes = wanted.utf8.prefix(120).map { $0 > 0x20 && $0 < 0x7F && $0 != 0x2C ? $0 : UInt8(ascii: "-") }
        if bytes.isEmpty { bytes = Array("rule".utf8) }
        return refs.claim(String(decoding: bytes, as: UTF8.self))
    }

    private mutating func importRest() {
        for item in export.list(.unknown) {
            let name = item.value.text("name") ?? item.value.text("id") ?? "thing"
            var entry = ImportItem(.unknown, name, at: item.place)
            if item.value["filter"] != nil, item.value["action"] != nil {
                entry.refuse(
                    "firewall rules of the old API are not imported",
                    do: "Cloudflare has turned them into custom rules: export the ruleset http_request_firewall_custom")
            } else {
                entry.refuse("this is no thing of a zone that the import knows", do: "see what it does, by hand")
            }
            entry.source = item.value
            report.items.append(entry)
        }
    }
}

/// Names that are given away once; who comes later gets a number.
struct NameClaims {
    private var taken: Set<String> = []
    private var numbers: [String: Int] = [:]

    mutating func claim(_ wanted: String) -> String {
        if taken.insert(wanted).inserted { return wanted }
        while true {
            let number = numbers[wanted, default: 1] + 1
            numbers[wanted] = number
            let name = "\(wanted)-\(number)"
            if taken.insert(name).inserted { return name }
        }
    }
}
