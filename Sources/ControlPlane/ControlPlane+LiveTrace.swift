package import EdgeEngine
package import EdgeModel
internal import EdgePlan

/// What a node's edge told of one request, as far as it told.
package struct LiveAnswer: Hashable, Sendable {
    /// `777:123`, then the configuration that a selector chose.
    package var configurations: [String]
    /// `shop@2`
    package var version: String?
    package var environment: String?
    package var routingRule: String?
    /// Refs of rules that matched, in order.
    package var matched: [String]
    package var matchedResponse: [String]
    /// Refs that there was no room for.
    package var omitted: Int
    package var endedBy: String?
    package var outcome: String?
    package var origin: String?
    /// Address of the client as the edge saw it, with a port.
    package var client: String?

    /// - Parameter header: a response header's value by its name.
    /// - Returns: nil when the response is not that of a traced request.
    package init?(_ header: (String) -> String?) {
        func value(_ name: LiveTraceHeader) -> String? { header("\(name.name)") }
        func refs(_ name: LiveTraceHeader) -> [String] {
            (value(name) ?? "").split(separator: ",").map { String($0) }
        }
        guard let configurations = value(.configurations) else { return nil }
        self.configurations = configurations.split(separator: " ").map { String($0) }
        version = value(.version)
        environment = value(.environment)
        routingRule = value(.routingRule)
        matched = refs(.matched)
        matchedResponse = refs(.matchedResponse)
        omitted = value(.omitted).flatMap { Int($0) } ?? 0
        endedBy = value(.endedBy)
        outcome = value(.outcome)
        origin = value(.origin)
        client = value(.client)
    }

    package var document: DocumentValue {
        .object([
            "path_of_configurations": .array(configurations.map { .string($0) }),
            "label": version.map { .string($0) }, "environment": environment.map { .string($0) },
            "routing_rule": routingRule.map { .string($0) }, "matched": .array(matched.map { .string($0) }),
            "matched_response": .array(matchedResponse.map { .string($0) }), "omitted": .int(omitted),
            "ended_by": endedBy.map { .string($0) }, "outcome": outcome.map { .string($0) },
            "origin": origin.map { .string($0) }, "client": client.map { .string($0) },
        ])
    }
}

/// One thing in which the edge and the trace here do not agree.
package struct LiveDifference: Hashable, Sendable {
    package var what: String
    package var edge: String
    package var here: String

    package var document: DocumentValue {
        .object(["what": .string(what), "edge": .string(edge), "here": .string(here)])
    }
}

extension LiveAnswer {
    /// Where the edge did otherwise than the trace says. Rules of the response are compared only where the edge answered
    /// by itself: what an origin answered, headers and all, is not known here.
    package func differences(from trace: Explanation) -> [LiveDifference] {
        let response = Phase.responseHeadersTransform.rawValue
        func refs(_ phases: [Explanation.PhaseStep]) -> [String] {
            phases.flatMap(\.rules).filter { $0.state == .matched }.map(\.ref)
        }
        func list(_ refs: [String]) -> String { refs.isEmpty ? "none" : refs.joined(separator: ", ") }
        var pairs: [(String, String, String)] = [
            (
                "configuration", configurations.joined(separator: " → "),
                trace.configurations.joined(separator: " → ")
            ),
            ("version", version ?? "none", trace.label),
            ("environment", environment ?? "none", trace.environment ?? "none"),
            ("routing rule", routingRule ?? "none", trace.routingRule ?? "none"),
            ("outcome", outcome ?? "none", trace.outcome.kind.rawValue),
            ("ended by", endedBy ?? "none", trace.outcome.rule ?? "none"),
            ("origin", origin ?? "none", trace.outcome.origin ?? "none"),
        ]
        // Where some did not fit, those that did are all there is to compare.
        if omitted == 0 {
            pairs.append(("rules", list(matched), list(refs(trace.phases.filter { $0.phase != response }))))
            if outcome != Explanation.Outcome.Kind.forward.rawValue {
                pairs.append(
                    (
                        "rules of the response", list(matchedResponse),
                        list(refs(trace.phases.filter { $0.phase == response }))
                    ))
            }
        }
        return pairs.filter { $0.1 != $0.2 }.map { LiveDifference(what: $0.0, edge: $0.1, here: $0.2) }
    }
}

extension ControlPlane {
    /// The header with which a node's edge tells what it decides about this very request, for the next minute.
    ///
    /// - Throws: `ControlPlaneError.invalid` when Envoy would refuse the request before any rule.
    package func liveTraceHeader(for request: EdgeRequest, at node: ResourceName) throws -> EdgeRequest.Header {
        let row = try self.node(named: node)
        let shaped: ShapedRequest
        do throws(RequestRefusal) {
            shaped = try request.shaped()
        } catch {
            throw ControlPlaneError(
                .invalid, at: request.host, "Envoy refuses the request before any rule: \(error.reason)",
                remedy: "leave --live out: the trace alone tells the same")
        }
        let nonce = random(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return EdgeRequest.Header(
            LiveTrace.requestHeader,
            LiveTrace.sign(
                method: Array(request.method.utf8), host: shaped.authority, path: shaped.path,
                expires: now().milliseconds / 1000 + LiveTrace.lifetime, nonce: nonce,
                key: TraceKey(tokenDigest: row.node.tokenDigest)))
    }
}
