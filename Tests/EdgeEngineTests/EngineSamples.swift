import EdgeEngine
import EdgePlan
import RulesLanguage

/// Plans and requests for engine tests, written as one would say them.
enum EngineSamples {
    static func filter(_ text: String) throws -> [UInt8] { try ProgramCompiler().compile(Expression(text)).bytes }

    static func value(_ text: String) throws -> ValuePlan {
        .program(try ProgramCompiler().compile(Expression(text, mode: .value)).bytes)
    }

    static func literal(_ text: String) -> ValuePlan { .literal(Array(text.utf8)) }

    static func rule(_ ref: String, if text: String = "true", _ action: ActionPlan) throws -> RulePlan {
        RulePlan(ref: ref, condition: try filter(text), action: action)
    }

    static func zone(
        _ phases: [(Phase, [RulePlan])], origin: String? = "o.1", selectors: [SelectorPlan] = [],
        others: [ConfigurationPlan] = [], country: String? = nil, peers: [String] = [], clientHost: String? = nil,
        version: String? = nil
    ) -> ZonePlan {
        ZonePlan(
            account: AccountID(rawValue: 777), zone: ConfigurationID(rawValue: 123), name: "shop.example",
            hosts: ["shop.example"], selectors: selectors,
            configurations: [
                ConfigurationPlan(
                    id: ConfigurationID(rawValue: 123), application: nil, version: nil, defaultOrigin: origin,
                    clientHostHeader: clientHost, versionHeader: version,
                    phases: phases.map { PhasePlan(phase: $0.0, rules: $0.1) })
            ] + others, trust: TrustPlan(countryHeader: country, trustedPeers: peers))
    }

    static func request(
        _ target: String = "/", method: String = "GET", host: String = "Shop.Example:8080",
        headers: [(String, String)] = [], from client: String = "192.0.2.9", to server: String = "127.0.0.1",
        tls: Bool = true
    ) -> EdgeRequest {
        EdgeRequest(
            method: method, host: host, target: target, headers: headers.map { .init($0.0, $0.1) },
            clientAddress: IPAddress(client), destinationAddress: IPAddress(server), isTLS: tls, seconds: 1_700_000_000,
            milliseconds: 250)
    }

    /// What the engine says, through the trace.
    static func trace(
        _ plan: ZonePlan, _ request: EdgeRequest = request(), response: EdgeResponse = EdgeResponse()
    ) throws -> Explanation {
        EdgeTrace.trace(try AcceptedPlan(plan), request, response: response)
    }
}
