import DocumentText
import EdgeModel
import EdgePlan
import TestKit

/// A zone with so many rules, made through the product's own way from text to plan.
enum RuleSet {
    static let host = "www.bench.example"

    /// - Parameter count: rules, spread evenly over ten kinds. Of every fifty of the first two hundred one adds a
    ///   response header; the others are looked at and do not hold, as most rules do for most requests.
    static func plan(rules count: Int, origin: HostPort) throws -> EdgePlan {
        let plan = try plan(snapshot(document(text(rules: count, origin: origin))))
        let found = plan.production.zones[0].configurations[0].phases.reduce(0) { $0 + $1.rules.count }
        guard found == count else { throw Unusable(findings: []) }
        return plan
    }

    static func plan(_ snapshot: EdgeSnapshot) throws -> EdgePlan {
        let (plan, problems) = PlanCompiler.compile(snapshot)
        guard !problems.contains(where: { $0.severity == .error }) else { throw Unusable(findings: problems) }
        return plan
    }

    static func snapshot(_ document: ZoneDocument) -> EdgeSnapshot {
        let moment = Timestamp(milliseconds: 0)
        let digest = document.configuration.digest
        let id = ConfigurationID(rawValue: 123)
        let zone = Zone(
            id: id, name: document.name, hosts: document.hosts, digest: digest, createdAt: moment, updatedAt: moment,
            author: "benchmark")
        let content = EdgeSnapshot.Content(
            id: id, digest: digest, application: nil, version: nil, configuration: document.configuration)
        return EdgeSnapshot(
            account: AccountID(rawValue: 777), zones: [.init(zone: zone, content: content)], versions: [:],
            routingRules: [], environments: [], assignments: [], settings: EdgeSettings())
    }

    /// The same as a configuration.
    static func configuration(rules count: Int) throws -> Configuration {
        try document(text(rules: count, origin: HostPort("127.0.0.1", 9))).configuration
    }

    static func document(_ text: String) throws -> ZoneDocument {
        let (document, findings) = ZoneDocument.read(try DocumentText.read(text))
        guard let document, findings.isEmpty else { throw Unusable(findings: findings) }
        return document
    }

    struct Unusable: Error {
        let findings: [Finding]
    }

    static func text(rules count: Int, origin: HostPort) -> String {
        var phases: [(name: String, rules: [String])] = [
            "http_request_dynamic_redirect", "http_request_transform", "http_request_origin",
            "http_request_firewall_custom", "http_request_late_transform", "http_response_headers_transform",
        ].map { ($0, []) }
        for number in 0..<count {
            let (phase, condition, action) = rule(number)
            phases[phase].rules.append(
                "    - {ref: rule-\(number), expression: '\(condition)', action: \(action)}\n")
        }
        let rules = phases.filter { !$0.rules.isEmpty }.map { "  \($0.name):\n" + $0.rules.joined() }.joined()
        return """
            zone: bench.example
            hosts: [bench.example, \(host)]
            origins:
              web: {endpoints: [{address: \(origin.host), port: \(origin.port)}]}
            settings: {default_origin: web, version_header: x-edge-version}

            """ + (rules.isEmpty ? "" : "rules:\n" + rules)
    }

    /// Whether this rule, one of the response phase, holds for every request. No more than four do: what further rules
    /// cost is looking at them, not the headers that they would add.
    static func alwaysHolds(_ number: Int) -> Bool { number < 200 && number % 50 == 9 }

    /// How many of the first rules hold for every request.
    static func holding(of count: Int) -> Int { (0..<count).count(where: alwaysHolds) }

    /// Phase, condition, action with parameters.
    private static func rule(_ number: Int) -> (Int, String, String) {
        let redirect =
            "redirect, action_parameters: {from_value: {target_url: {value: /new-\(number)}, status_code: 301}}"
        let header = { (name: String) in
            "rewrite, action_parameters: {headers: {\(name)-\(number): {operation: set, value: \"\(number)\"}}}"
        }
        switch number % 10 {
        case 0: return (0, "http.request.uri.path eq \"/old-\(number)\"", redirect)
        case 1: return (0, "starts_with(http.request.uri.path, \"/campaign-\(number)/\")", redirect)
        case 2:
            return (
                1, "http.request.uri.path wildcard \"/p-\(number)/*\"",
                "rewrite, action_parameters: {uri: {path: {value: /products}}}"
            )
        case 3:
            return (
                2, "http.host eq \"h\(number).bench.example\"",
                "route, action_parameters: {host_header: h\(number).internal}"
            )
        case 4: return (3, "ip.src in {198.51.\(number % 250).0/24 2001:db8:\(number)::/48}", "block")
        case 5: return (3, "lower(http.user_agent) contains \"bot-\(number)\"", "block")
        case 6:
            return (
                3, "starts_with(http.request.uri.path, \"/admin-\(number)\") and not ip.src in {10.0.0.0/8}", "block"
            )
        case 7: return (4, "any(http.request.cookies[\"c\(number)\"][*] eq \"1\")", header("x-cookie"))
        case 8: return (4, "any(http.request.headers.names[*] eq \"x-flag-\(number)\")", header("x-flagged"))
        default:
            return (
                5,
                alwaysHolds(number)
                    ? "true" : "http.response.code ge 400 and http.request.uri.path contains \"/e\(number)\"",
                header("x-rule")
            )
        }
    }
}
