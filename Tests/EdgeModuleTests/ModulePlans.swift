import EdgePlan
import RulesLanguage

/// Plans for the tests, written with expressions.
enum ModulePlans {
    static func condition(_ text: String) throws -> [UInt8] {
        try ProgramCompiler().compile(Expression(text)).bytes
    }

    static func value(_ text: String) throws -> ValuePlan {
        .program(try ProgramCompiler().compile(Expression(text, mode: .value)).bytes)
    }

    static func rule(_ ref: String, _ text: String, _ action: ActionPlan) throws -> RulePlan {
        RulePlan(ref: ref, condition: try condition(text), action: action)
    }

    /// The zone's own configuration with these phases; `staged` is served on 127.0.0.22.
    static func zone(_ phases: [PhasePlan], staged: [PhasePlan]? = nil, origin: String? = "one.0001") throws -> ZonePlan
    {
        let own = ConfigurationPlan(
            id: ConfigurationID(rawValue: 123), application: nil, version: nil, defaultOrigin: origin,
            clientHostHeader: "x-client-host", versionHeader: "x-version", phases: phases)
        var selectors: [SelectorPlan] = []
        var configurations = [own]
        if let staged {
            selectors = [
                SelectorPlan(
                    environment: "staging", routingRule: "all",
                    condition: try condition("cf.edge.server_ip in {127.0.0.22}"), configuration: 1)
            ]
            configurations.append(
                ConfigurationPlan(
                    id: ConfigurationID(rawValue: 456), application: "shop", version: 2, defaultOrigin: "two.0002",
                    clientHostHeader: "x-client-host", versionHeader: "x-version", phases: staged))
        }
        return ZonePlan(
            account: AccountID(rawValue: 777), zone: ConfigurationID(rawValue: 123), name: "shop.test",
            hosts: ["shop.test"], selectors: selectors, configurations: configurations,
            trust: TrustPlan(countryHeader: "x-country", trustedPeers: ["10.0.0.0/8"]))
    }
}
