import EdgePlan
import RulesLanguage

extension EdgePlan {
    static let generationHost = "generation.lab"

    static var empty: EdgePlan {
        let nothing = NetworkPlan(addresses: [], zones: [])
        return EdgePlan(account: AccountID(rawValue: 777), production: nothing, lower: nothing, origins: [])
    }

    /// With a zone that answers with a number, so that a test sees when a plan has arrived.
    func adding(generation: Int) throws -> EdgePlan {
        let always = try ProgramCompiler().compile(Expression("true")).bytes
        let rule = RulePlan(
            ref: "generation", condition: always,
            action: .block(status: 404, contentType: "text/plain", body: "\(generation)"))
        let zone = ZonePlan(
            account: account, zone: ConfigurationID(rawValue: 1), name: "generation", hosts: [Self.generationHost],
            selectors: [],
            configurations: [
                ConfigurationPlan(
                    id: ConfigurationID(rawValue: 1), application: nil, version: nil, defaultOrigin: nil,
                    clientHostHeader: nil, versionHeader: nil,
                    phases: [PhasePlan(phase: .firewallCustom, rules: [rule])])
            ], trust: TrustPlan())
        var plan = self
        plan.production.zones.append(zone)
        plan.lower.zones.append(zone)
        return plan
    }
}
