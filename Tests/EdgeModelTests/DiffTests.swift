import EdgeModel
import EdgePlan
import TestKit
import Testing

@Suite("Diff of configurations")
struct DiffTests {
    private func rule(
        _ ref: String, _ expression: String = "ssl", action: String = "log", _ parameters: DocumentValue? = nil
    ) -> Rule {
        Rule(ref: ref, expression: expression, action: action, parameters: parameters)
    }

    private func diff(_ old: [Rule], _ new: [Rule], in phase: Phase = .firewallCustom) -> ConfigurationDiff {
        ConfigurationDiff(from: Configuration(rules: [phase: old]), to: Configuration(rules: [phase: new]))
    }

    /// Otherwise a description could write changes of its own into what a reviewer reads.
    @Test func everyLineOfATextHasItsMark() {
        var (old, new) = (rule("a"), rule("a", "ssl or\n~ x"))
        (old.description, new.description) = ("one\r\nline", "two\n~ b\nhttp_request_transform\n  + c  (at 1)")
        let text = diff([old], [new]).text
        let marked = text.split(separator: "\n").dropFirst(2).filter { !$0.hasSuffix(":") }
        #expect(
            marked.count > 6 && marked.allSatisfy { $0.hasPrefix("  -     ") || $0.hasPrefix("  +     ") }, "\(text)")
        let added = diff([], [new]).text.split(separator: "\n")
        #expect(added.dropFirst(2).allSatisfy { $0.hasPrefix("  +   ") }, "\(added)")
    }

    @Test func whatChangedInAnExpression() {
        let old = rule("a", #"ssl and http.host in {"a" "b"}"#)
        let new = rule("a", #"ssl and http.host in {"a" "c"}"#)
        let parts = #"~       http.host: +"c" -"b""#
        #expect(
            diff([old], [new]).text == """
                http_request_firewall_custom
                  ~ a
                      expression:
                  -     \(old.expression)
                  +     \(new.expression)
                  \(parts)

                """)
        #expect(
            diff([old], [new]).text(byWords: true) == """
                http_request_firewall_custom
                  ~ a
                      expression:
                  ~     ssl and http.host in {"a" "[-b-]{+c+}"}
                  \(parts)

                """)
        #expect(diff([old], [rule("a", "not http.host eq \"z\"")]).text.contains("~       ") == false)
    }

    @Test func aMoveIsOneChange() {
        let old = (1...9).map { rule("r\($0)") }
        var new = old
        new.insert(new.remove(at: 8), at: 0)
        let changes = diff(old, new).phases.flatMap(\.changes)
        #expect(changes == [.moved(ref: "r9", from: 9, to: 1)])
    }

    @Test func notationParenthesesAndDefaultsAreNoDifference() {
        let old = rule("a", #"(http.host eq "x" and (ssl))"#, action: "redirect", redirectTo("/x", preserve: nil))
        let new = rule("a", #"http.host == "x" && ssl"#, action: "redirect", redirectTo("/x", preserve: false))
        #expect(diff([old], [new], in: .dynamicRedirect).isEmpty)
        let a = Configuration(rules: [.dynamicRedirect: [old]])
        let b = Configuration(rules: [.dynamicRedirect: [new]])
        #expect(a.digest == b.digest)
    }

    private func redirectTo(_ target: String, preserve: Bool?) -> DocumentValue {
        .object([
            "from_value": .object([
                "preserve_query_string": preserve.map { .bool($0) },
                "status_code": .int(301), "target_url": .object(["value": .string(target)]),
            ])
        ])
    }

    @Test func aChangedParameterIsNamedByItsPath() {
        let old = rule("a", action: "redirect", redirectTo("/x", preserve: nil))
        let new = rule("a", action: "redirect", redirectTo("/y", preserve: nil))
        let expected = FieldChange(field: "action_parameters.from_value.target_url.value", old: "/x", new: "/y")
        #expect(
            diff([old], [new], in: .dynamicRedirect).phases.first?.changes == [
                .modified(ref: "a", [expected], moved: nil)
            ])
    }

    /// Applying what a diff says to the old list must give the new one; and nothing changed means equal digests.
    @Test func diffsAreCompleteAndSound() throws {
        var random = SeededGenerator(seed: 20_261_121)
        for _ in 0..<400 {
            let pool = (0..<12).map { "r\($0)" }
            let old = pool.shuffled(using: &random).prefix(Int.random(in: 0...12, using: &random)).map { rule($0) }
            var new = pool.shuffled(using: &random).prefix(Int.random(in: 0...12, using: &random)).map { rule($0) }
            for index in new.indices where Bool.random(using: &random) { new[index].description = "changed" }
            let result = diff(Array(old), Array(new))
            #expect(replay(result, on: Array(old)) == Array(new))
            let (a, b) = (
                Configuration(rules: [.firewallCustom: Array(old)]), Configuration(rules: [.firewallCustom: Array(new)])
            )
            #expect(result.isEmpty == (a.digest == b.digest))
            #expect(ConfigurationDiff(from: a, to: a).isEmpty)
            // Swapping the sides turns additions into removals and keeps every modification.
            let back = ConfigurationDiff(from: b, to: a)
            #expect(back.addedRules == result.removedRules && back.removedRules == result.addedRules)
            #expect(back.changedRules == result.changedRules)
        }
    }

    private func replay(_ diff: ConfigurationDiff, on old: [Rule]) -> [Rule] {
        var byRef = Dictionary(uniqueKeysWithValues: old.map { ($0.ref, $0) })
        var placed: [(Int, Rule)] = []
        var gone: Set<String> = []
        for change in diff.phases.flatMap(\.changes) {
            switch change {
            case .added(let rule, let at): placed.append((at, rule))
            case .removed(let rule, _): gone.insert(rule.ref)
            case .moved(let ref, _, let to):
                gone.insert(ref)
                if let rule = byRef[ref] { placed.append((to, rule)) }
            case .modified(let ref, let fields, let moved):
                for field in fields where field.field == "description" { byRef[ref]?.description = field.new }
                if let moved, let rule = byRef[ref] {
                    gone.insert(ref)
                    placed.append((moved.to, rule))
                }
            }
        }
        var result = old.filter { !gone.contains($0.ref) }.compactMap { byRef[$0.ref] }
        for (position, rule) in placed.sorted(by: { $0.0 < $1.0 }) {
            result.insert(rule, at: min(position - 1, result.count))
        }
        return result
    }
}
