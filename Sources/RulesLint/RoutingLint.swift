package import EdgeModel
internal import EdgePlan
internal import RulesLanguage
internal import RulesReasoning

/// Looks at routing rules and environments: which traffic a rule can still get, and whether an environment's filter keeps
/// to its tests.
package enum RoutingLint {
    /// Routing rules in their order, enabled ones only: those that an earlier one leaves nothing.
    package static func findings(_ rules: [RoutingRule], lists: KnownLists = .none) -> [Finding] {
        let prover = Prover(lists: lists.contents)
        var earlier: [(RoutingRule, Expression)] = []
        var findings: [Finding] = []
        for rule in rules where rule.enabled {
            let place = "routing rule \(rule.name)"
            guard let condition = try? Expression(rule.expression) else {
                findings += ExpressionCheck.syntaxFindings(rule.expression, at: place)
                continue
            }
            findings += ExpressionLint.findings(condition, at: place, prover: prover)
            findings += ExpressionCheck.listFindings(condition, lists.contents, at: place)
            if let cover = earlier.first(where: { prover.implies(condition, $0.1) == .proven }) {
                findings.append(
                    LintKind.unreachableRoutingRule.finding(
                        at: place, "routing rule '\(cover.0.name)' before it takes every request that it could match",
                        remedy: "move it before '\(cover.0.name)', or remove it"))
            }
            earlier.append((rule, condition))
        }
        return findings
    }

    /// A filter on production addresses must not hold for what anybody sends. Requests without cookies and uncommon
    /// headers, as browsers and command lines send them, are tried; one that matches is shown.
    package static func findings(
        _ environment: Environment, hosts: [String], lists: KnownLists = .none
    ) -> [Finding] {
        guard let filter = environment.filter, environment.stagingAddresses.isEmpty, !environment.isProduction else {
            return []
        }
        let place = "environment \(environment.name): filter"
        guard let condition = try? Expression(filter) else {
            return ExpressionCheck.syntaxFindings(filter, at: place)
        }
        var findings = ExpressionLint.findings(condition, at: place, prover: Prover(lists: lists.contents))
        findings += ExpressionCheck.listFindings(condition, lists.contents, at: place)
        guard let runner = try? ProgramRunner(ProgramCompiler(lists: lists.contents).compile(condition)) else {
            return findings
        }
        for request in ordinaryRequests(hosts) where runner.matches(request) {
            let shown = request.filter { condition.usedFields.contains($0.key) }
            findings.append(
                LintKind.filterCatchesProduction.finding(
                    at: place,
                    "an ordinary request matches the filter\(shown.isEmpty ? "" : ": \(Witness(values: shown).description())")",
                    remedy:
                        "ask for a cookie or header that only testers send, or give the environment staging addresses"))
            break
        }
        return findings
    }

    private static func ordinaryRequests(_ hosts: [String]) -> [[FieldID: FieldValue]] {
        let names = hosts.map { $0.hasPrefix("*.") ? "www." + $0.dropFirst(2) : $0 }
        let agents = [
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            "curl/8.14.1",
        ]
        return (names.isEmpty ? ["www.example.com"] : names).flatMap { host in
            agents.flatMap { agent in
                [("GET", "/", false), ("GET", "/", true), ("POST", "/login", true)].map { method, path, isTLS in
                    let scheme = isTLS ? "https" : "http"
                    return [
                        .httpHost: .string(host), .method: .string(method), .path: .string(path), .uri: .string(path),
                        .rawPath: .string(path), .rawURI: .string(path), .query: .bytes([]), .rawQuery: .bytes([]),
                        .fullURI: .string("\(scheme)://\(host)\(path)"),
                        .rawFullURI: .string("\(scheme)://\(host)\(path)"),
                        .pathExtension: .bytes([]), .rawPathExtension: .bytes([]), .args: .map([]), .rawArgs: .map([]),
                        .userAgent: .string(agent), .referer: .bytes([]), .cookie: .bytes([]), .cookies: .map([]),
                        .xForwardedFor: .bytes([]), .ssl: .bool(isTLS),
                        .headers: .map([.init("user-agent", agent), .init("accept", "*/*")]),
                        .httpVersion: .string("HTTP/2"), .edgeServerPort: .int(isTLS ? 443 : 80),
                        .sourceIP: .ip(IPAddress("203.0.113.9") ?? IPAddress(v4: 0)),
                    ]
                }
            }
        }
    }
}
