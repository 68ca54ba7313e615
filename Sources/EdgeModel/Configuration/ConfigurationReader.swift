internal import EdgePlan
internal import RulesLanguage

/// Document → configuration, all findings at once. Pure.
package enum ConfigurationReader {
    package static let topLevelKeys = ["origins", "settings", "rules"]

    /// - Returns: the configuration as far as it could be read, and every problem; usable only without error findings.
    package static func read(_ node: DocumentNode, at path: String = "") -> (Configuration, [Finding]) {
        var reader = DocumentReader(node, at: path)
        let configuration = read(from: &reader)
        reader.finish(known: topLevelKeys)
        return (configuration, reader.findings)
    }

    /// Reads the keys of a configuration from a document that has others beside them.
    package static func read(from reader: inout DocumentReader) -> Configuration {
        var configuration = Configuration()
        for member in reader.members("origins") ?? [] {
            let place = reader.place("origins") + "." + member.key
            if let problem = ResourceName.problem(with: member.key) {
                reader.adopt([Finding(.error, "bad-name", at: place, line: member.line, problem)])
            }
            let (origin, findings) = OriginReader.read(member.value, name: member.key, at: place)
            reader.adopt(findings)
            configuration.origins.append(origin)
        }
        configuration.origins.sort { $0.name < $1.name }
        if let members = reader.members("settings") {
            configuration.settings = members.map { DocumentMember($0.key, $0.value.value.sorted) }.sorted {
                $0.key < $1.key
            }
            for known in KnownSetting.allCases {
                guard let value = configuration.settings.first(where: { $0.key == known.rawValue })?.value else {
                    continue
                }
                if case .string = value { continue }
                reader.adopt([
                    Finding(.error, "wrong-type", at: reader.place("settings.\(known.rawValue)"), "expected a text")
                ])
            }
            var seen: Set<String> = []
            for member in members where !seen.insert(member.key).inserted {
                reader.adopt([
                    Finding(
                        .error, "duplicate-key", at: reader.place("settings.\(member.key)"), line: member.line,
                        "'\(member.key)' is given twice", remedy: "keep one of them")
                ])
            }
        }
        readRules(from: &reader, into: &configuration)
        return configuration
    }

    private static func readRules(from reader: inout DocumentReader, into configuration: inout Configuration) {
        var refs: [String: String] = [:]
        for member in reader.members("rules") ?? [] {
            let place = reader.place("rules.\(member.key)")
            guard let phase = Phase(rawValue: member.key) else {
                reader.adopt([
                    Finding(
                        .error, "unknown-phase", at: place, line: member.line, "unknown phase '\(member.key)'",
                        remedy: "phases are: " + Phase.allCases.map(\.rawValue).joined(separator: ", "))
                ])
                continue
            }
            guard case .array(let items) = member.value.content else {
                reader.adopt([
                    Finding(
                        .error, "wrong-type", at: place, line: member.line,
                        "expected a list, found \(member.value.kind)")
                ])
                continue
            }
            if configuration.rules[phase] != nil {
                reader.adopt([
                    Finding(
                        .error, "duplicate-key", at: place, line: member.line, "'\(member.key)' is given twice",
                        remedy: "put all rules of the phase in one list")
                ])
            }
            var rules: [Rule] = []
            for (index, item) in items.enumerated() {
                guard reader.findings.count < DocumentReader.mostFindings else {
                    reader.adopt([
                        .tooMany(DocumentReader.mostFindings, at: "\(place)[\(index)]", line: item.line)
                    ])
                    return
                }
                let (rule, findings) = readRule(item, at: "\(place)[\(index)]")
                reader.adopt(findings)
                guard let rule else { continue }
                if let other = refs.updateValue("\(place)[\(index)]", forKey: rule.ref) {
                    reader.adopt([
                        Finding(
                            .error, "duplicate-ref", at: "\(place)[\(index)].ref", line: item.line,
                            "ref '\(rule.ref)' is already used at \(other)", remedy: "give every rule its own ref")
                    ])
                }
                rules.append(rule)
            }
            if !rules.isEmpty { configuration.rules[phase] = rules }
        }
    }

    static func readRule(_ node: DocumentNode, at path: String) -> (Rule?, [Finding]) {
        var reader = DocumentReader(node, at: path)
        let ref = reader.string("ref")
        let expression = reader.string("expression")
        let action = reader.string("action")
        let parameters = reader.node("action_parameters")
        let rateLimit = reader.node("ratelimit")
        let description = reader.string("description")
        let enabled = reader.bool("enabled") ?? true
        for (key, value) in [("ref", ref), ("expression", expression), ("action", action)]
        where value == nil && !reader.findings.contains(where: { $0.place == reader.place(key) }) {
            reader.report("missing-key", key, "a rule needs '\(key)'", remedy: "add a line '\(key): ...'")
        }
        if let ref,
            ref.isEmpty || ref.utf8.count > 128 || !ref.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2C })
        {
            reader.report(
                "bad-ref", "ref", "a ref has 1 to 128 printable ASCII characters without spaces or commas")
        }
        for (key, node) in [("action_parameters", parameters), ("ratelimit", rateLimit)] {
            guard let node else { continue }
            if case .object = node.content { continue }
            reader.report("wrong-type", key, "expected a map, found \(node.kind)")
        }
        if let expression {
            let place = reader.place("expression")
            let line = reader.line(of: "expression")
            reader.adopt(ExpressionCheck.syntaxFindings(expression, at: place, line: line))
        }
        reader.finish(
            known: ["ref", "expression", "action", "action_parameters", "ratelimit", "description", "enabled"])
        guard let ref, let expression, let action else { return (nil, reader.findings) }
        let rule = Rule(
            ref: ref, expression: expression, action: action, parameters: parameters?.value.sorted,
            description: description,
            enabled: enabled, rateLimit: rateLimit?.value.sorted)
        return (rule, reader.findings)
    }
}
