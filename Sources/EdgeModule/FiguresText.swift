internal import EdgeEngine
internal import EdgePlan

/// Everything that was counted, as JSON, one object a line: first the module, then configurations and rules in the form
/// of the fleet's `ConfigurationFigures` and `RuleFigures`. A configuration has a line for each zone that it serves.
enum FiguresText {
    static func write() -> String {
        var lines = [#"{"module":"\#(ModuleVersion.text)","planFormat":\#(PlanFormat.number)}"#]
        var seen: Set<PlanTable.CountersKey> = []
        let resting = PlanTable.shared.visit { plan in
            let view = plan.accepted.view
            for index in 0..<view.configurationCount {
                let key = PlanTable.CountersKey(view, view.configuration(index).id)
                if seen.insert(key).inserted { lines += self.lines(view, index, plan.counters(index)) }
            }
        }
        lines += resting
        return lines.joined(separator: "\n") + "\n"
    }

    /// One configuration, then its rules.
    static func lines(
        _ view: ZonePlanView, _ index: Int, _ counters: UnsafeMutablePointer<ConfigurationCounters>
    ) -> [String] {
        let row = view.configuration(index)
        var line = #"{"configuration":\#(row.id)"#
        line += #","zone":\#(quoted(view.name))"#
        if let application = row.application { line += #","application":\#(quoted(application))"# }
        if let version = row.version { line += #","version":\#(version)"# }
        line += #","requests":\#(counters.pointee.requests),"statusClasses":\#(list(counters.pointee.statusClasses))"#
        line += #","latency":{"bounds":\#(list(ConfigurationCounters.bounds))"#
        line += #","counts":\#(list(counters.pointee.latencies)),"total":\#(counters.pointee.totalLatency)}}"#
        var lines = [line]
        let rules = LoadedPlan.rules(view, index)
        for rule in 0..<min(rules.count, counters.pointee.ruleCount) {
            let ref = quoted(view.rule(rules.lowerBound + rule).ref)
            lines.append(#"{"configuration":\#(row.id),"ref":\#(ref),"hits":\#(counters.pointee.hits(rule: rule))}"#)
        }
        return lines
    }

    private static func list(_ numbers: [UInt64]) -> String {
        "[" + numbers.map { "\($0)" }.joined(separator: ",") + "]"
    }

    /// RFC 8259 §7.
    private static func quoted(_ bytes: UnsafeRawBufferPointer) -> String {
        var text = "\""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}

/// The module's own version: nodes tell it, and the answer with figures does.
enum ModuleVersion {
    static let text = "0.1.0"
}
