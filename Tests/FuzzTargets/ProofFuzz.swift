import EdgeEngine
import EdgePlan
import RulesLanguage
import RulesReasoning

/// `EXPRESSION` zero `EXPRESSION` zero `TARGET` zero `HOST` zero `HEADER:VALUE` zero …
///
/// What is proven about two conditions holds for every request that the edge can see, and the engine's explained and
/// plain evaluation of them agree.
enum ProofFuzz {
    static func run(_ bytes: [UInt8]) {
        let input = FuzzInput(bytes)
        guard let first = try? Expression(input.text(0)), let second = try? Expression(input.text(1)) else { return }
        let prover = Prover()
        let compiler = ProgramCompiler()
        guard let one = try? compiler.compile(first), let two = try? compiler.compile(second) else { return }
        let truth = decided([one.bytes, two.bytes], input)
        check("never", prover.isNever(first), first, second) { one, _ in
            one
        } truth: {
            truth
        }
        check("always", prover.isAlways(second), first, second) { _, two in
            !two
        } truth: {
            truth
        }
        check("implies", prover.implies(first, second), first, second) {
            $0 && !$1
        } truth: {
            truth
        }
        check("excludes", prover.excludes(first, second), first, second) {
            $0 && $1
        } truth: {
            truth
        }
    }

    private static func check(
        _ claim: String, _ verdict: Prover.Verdict, _ first: Expression, _ second: Expression,
        isWrong: (Bool, Bool) -> Bool, truth: () -> (Bool, Bool)?
    ) {
        let what = "\(claim): \(first.text) | \(second.text)"
        switch verdict {
        case .open: break
        case .proven:
            if let truth = truth() { hold(!isWrong(truth.0, truth.1), what) }
        case .refuted(let witness):
            let one = try? first.evaluate(witness.values)
            let two = try? second.evaluate(witness.values)
            hold(isWrong(one ?? false, two ?? false), "\(what), by \(witness.description())")
        }
    }

    /// Whether each condition holds for the request; nil when Envoy would refuse it.
    private static func decided(_ conditions: [[UInt8]], _ input: FuzzInput) -> (Bool, Bool)? {
        var request = EdgeRequest(host: input.text(3))
        request.target = input.parts.count > 2 ? input.parts[2] : [UInt8(ascii: "/")]
        for part in input.parts.dropFirst(4).prefix(100) {
            guard let colon = part.firstIndex(of: UInt8(ascii: ":")) else { continue }
            request.headers.append(
                .init(name: String(decoding: part[..<colon], as: UTF8.self), value: Array(part[(colon + 1)...])))
        }
        request.clientAddress = IPAddress(input.text(4)) ?? IPAddress("192.0.2.1")
        request.isTLS = input.parts.count % 2 == 0
        let rules = conditions.enumerated().map { RulePlan(ref: "r\($0.offset)", condition: $0.element, action: .log) }
        let plan = ZonePlan(
            account: AccountID(rawValue: 1), zone: ConfigurationID(rawValue: 1), name: "a.example",
            hosts: ["a.example"], selectors: [],
            configurations: [
                ConfigurationPlan(
                    id: ConfigurationID(rawValue: 1), application: nil, version: nil, defaultOrigin: nil,
                    clientHostHeader: nil, versionHeader: nil,
                    phases: [PhasePlan(phase: .firewallCustom, rules: rules)])
            ], trust: TrustPlan(countryHeader: nil, trustedPeers: []))
        guard let shaped = try? request.shaped() else { return nil }
        guard let accepted = try? AcceptedPlan(plan) else {
            hold(false, "the edge takes a plan of two conditions")
            return nil
        }
        var workspace = Workspace()
        return shaped.withPicture { picture in
            EdgeEngine.decide(accepted, picture, &workspace, recorder: Recorder())
            let explained = Array(workspace.decision.matched.elements)
            EdgeEngine.decide(accepted, picture, &workspace)
            let matched = Array(workspace.decision.matched.elements)
            hold(matched == explained, "a recorder changes nothing: \(explained), \(matched)")
            return (matched.contains(0), matched.contains(1))
        }
    }
}
