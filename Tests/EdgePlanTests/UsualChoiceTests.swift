import EdgeEngine
import EdgePlan
import RulesLanguage
import TestKit
import Testing

@Suite("The usual choice of a zone")
struct UsualChoiceTests {
    /// Conditions of selectors; what is usual, and whether it is the only thing that can be.
    @Test(
        "It is what no condition stands before",
        arguments: [
            ([], 0, nil, true),
            (["true"], 1, 0, true),
            (["ssl", "true"], 2, 1, false),
            (["ssl"], 0, nil, false),
            (["true", "ssl"], 1, 0, true),
            (["not ssl"], 0, nil, false),
        ] as [([String], Int, Int?, Bool)])
    func choice(conditions: [String], configuration: Int, selector: Int?, isOnly: Bool) throws {
        let plan = try zone(conditions)
        let choice = UsualChoice(plan)
        #expect(choice.configuration == configuration)
        #expect(choice.selector == selector)
        #expect(choice.isOnly == isOnly)
        #expect(plan.usualOrigin == "origin-\(configuration)")
        let accepted = try AcceptedPlan(plan)
        #expect(accepted.usual == choice)
        #expect(accepted.usualOrigin.map { String(decoding: $0, as: UTF8.self) } == plan.usualOrigin)
    }

    /// The rule by which routes are laid out, against the engine: where nothing else can be chosen, nothing else is.
    @Test("The engine decides so for random plans")
    func engine() throws {
        var samples = SamplePlans(generator: .announced("usual choice"))
        var workspace = Workspace()
        let request = try EdgeRequest(host: "a.example", target: "/x.html?q=1").shaped()
        var only = 0
        for _ in 0..<300 {
            let plan = try AcceptedPlan(try samples.zone())
            guard plan.usual.isOnly else { continue }
            only += 1
            request.withPicture { EdgeEngine.decide(plan, $0, &workspace) }
            #expect(workspace.decision.configuration == plan.usual.configuration)
            #expect(workspace.decision.selector == plan.usual.selector)
        }
        #expect(only > 20)
    }

    private func zone(_ conditions: [String]) throws -> ZonePlan {
        let configurations = (0...conditions.count).map { index in
            ConfigurationPlan(
                id: ConfigurationID(rawValue: index + 1), application: nil, version: nil,
                defaultOrigin: "origin-\(index)", clientHostHeader: nil, versionHeader: nil, phases: [])
        }
        let selectors = try conditions.enumerated().map { index, text in
            SelectorPlan(
                environment: "production", routingRule: "r\(index)", condition: try SamplePlans.filter(text),
                configuration: index + 1)
        }
        return ZonePlan(
            account: AccountID(rawValue: 777), zone: ConfigurationID(rawValue: 1), name: "a.example",
            hosts: ["a.example"], selectors: selectors, configurations: configurations, trust: TrustPlan())
    }
}
