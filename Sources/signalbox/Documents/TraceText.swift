internal import ControlPlane
internal import EdgeEngine
internal import EdgeModel

/// A decision path as people read it: which configuration answers and why, what every rule did, how it ends.
enum TraceText {
    static func document(_ answer: TraceAnswer, _ findings: [Finding] = []) throws -> DocumentValue {
        let explanation = try DocumentValue(encoding: answer.explanation)
        guard case .object(let members) = explanation else { return explanation }
        let path = answer.explanation.configurations.map { DocumentValue.string($0) }
        let selectors = zip(answer.explanation.selectors, answer.selectors).map(document)
        return .object(
            members.filter { !["configurations", "selectors"].contains($0.key) } + [
                DocumentMember("path_of_configurations", .array(path)), DocumentMember("selectors", .array(selectors)),
                DocumentMember("findings", .array(findings.map(\.document))),
            ])
    }

    private static func document(_ selector: Explanation.Selector, _ conditions: [TracedCondition]) -> DocumentValue {
        let conditions = conditions.map { condition in
            DocumentValue.object([
                "expression": .string(condition.expression), "holds": .bool(condition.holds),
                "parts": .array(
                    texts(condition.parts, of: condition.expression).map { text, truth in
                        .object(["expression": .string(text), "truth": .string(truth.rawValue)])
                    }),
            ])
        }
        return .object([
            "environment": .string(selector.environment), "routing_rule": .string(selector.routingRule),
            "configuration": .string(selector.configuration), "holds": selector.holds.map { .bool($0) },
            "conditions": .array(conditions),
        ])
    }

    static func pieces(_ answer: TraceAnswer, all: Bool) -> [Output.Piece] {
        let trace = answer.explanation
        let query = trace.request.query.isEmpty ? "" : "?\(trace.request.query)"
        var pieces = [
            Output.Piece("\(trace.request.method) \(trace.request.host)\(trace.request.path)\(query)", .strong),
            Output.Piece("zone \(answer.zone)"),
        ]
        if !trace.configurations.isEmpty {
            pieces.append(Output.Piece("\(trace.configurations.joined(separator: " → "))  \(trace.label)", .strong))
        }
        if !trace.selectors.isEmpty {
            pieces.append(Output.Piece("effective rules"))
            for (selector, conditions) in zip(trace.selectors, answer.selectors) {
                pieces.append(self.selector(selector))
                // Those that do not hold can be many; why not is told when asked for.
                guard all || selector.holds == true else { continue }
                pieces += conditions.flatMap { parts($0.parts, of: $0.expression) }
            }
        }
        for phase in trace.phases { pieces += self.phase(phase, answer, all: all) }
        pieces += edits("request headers", trace.requestEdits) + edits("response headers", trace.responseEdits)
        if !trace.settings.isEmpty {
            pieces.append(Output.Piece("settings"))
            pieces += trace.settings.map { setting in
                let before = setting.overridden.map { " (was \($0.value) by \($0.setBy))" }.joined()
                return Output.Piece("  \(setting.name): \(setting.value)  by \(setting.setBy)\(before)")
            }
        }
        if trace.refusedValues > 0 {
            pieces.append(Output.Piece("\(trace.refusedValues) computed values could not be used", .warning))
        }
        return pieces + outcome(trace.outcome)
    }

    private static func selector(_ selector: Explanation.Selector) -> Output.Piece {
        let state: SafeText = selector.holds.map { $0 ? "holds     " : "does not  " } ?? "not asked "
        return Output.Piece(
            "  \(state) \(selector.environment): \(selector.routingRule) → \(selector.configuration)",
            selector.holds == true ? .good : .dim)
    }

    private static func phase(
        _ step: Explanation.PhaseStep, _ answer: TraceAnswer, all: Bool
    ) -> [Output.Piece] {
        var pieces = [Output.Piece("\(step.phase)")]
        if let rule = step.skippedBy { pieces.append(Output.Piece("  skipped by \(rule)", .warning)) }
        for rule in step.rules where all || rule.state == .matched {
            let state: SafeText =
                switch rule.state {
                case .matched: "matched      "
                case .notMatched: "not matched  "
                case .notEvaluated: "not evaluated"
                }
            pieces.append(Output.Piece("  \(state) \(rule.ref)  \(rule.action)", rule.state == .matched ? .good : .dim))
            if rule.state == .notEvaluated { continue }
            pieces += parts(rule.parts, of: answer.expressions[step.phase]?[rule.ref])
            pieces += rule.effects.map { Output.Piece("      → \($0)", .strong) }
        }
        guard !all else { return pieces }
        let others: [(SafeText, Explanation.Rule.State)] = [
            ("not matched  ", .notMatched), ("not evaluated", .notEvaluated),
        ]
        for (word, state) in others {
            let refs = step.rules.filter { $0.state == state }.map(\.ref)
            if !refs.isEmpty { pieces.append(Output.Piece("  \(word) \(refs.joined(separator: ", "))", .dim)) }
        }
        return pieces
    }

    /// Truth of every part, under the text that it stands for.
    private static func parts(_ parts: [Explanation.Part], of expression: String?) -> [Output.Piece] {
        texts(parts, of: expression).map { text, truth in
            let word: SafeText =
                switch truth {
                case .yes: "yes    "
                case .no: "no     "
                case .missing: "missing"
                }
            return Output.Piece("      \(word) \(text)", .dim)
        }
    }

    private static func texts(
        _ parts: [Explanation.Part], of expression: String?
    ) -> [(text: String, truth: Explanation.Part.Truth)] {
        guard let bytes = expression.map({ Array($0.utf8) }) else { return [] }
        return parts.compactMap { part in
            guard part.start >= 0, part.start < part.end, part.end <= bytes.count else { return nil }
            return (String(decoding: bytes[part.start..<part.end], as: UTF8.self), part.truth)
        }
    }

    private static func edits(_ title: SafeText, _ edits: [Explanation.Edit]) -> [Output.Piece] {
        guard !edits.isEmpty else { return [] }
        return [Output.Piece(title)]
            + edits.map { edit in
                Output.Piece("  \(edit.operation) \(edit.name)\(edit.value.map { ": \($0)" } ?? "")  by \(edit.setBy)")
            }
    }

    private static func outcome(_ outcome: Explanation.Outcome) -> [Output.Piece] {
        let rule = outcome.rule.map { " by \($0)" } ?? ""
        let sentence: SafeText =
            switch outcome.kind {
            case .forward:
                "forwarded to origin \(outcome.origin ?? "?"), host \(outcome.hostHeader ?? "as sent"), path \(outcome.path ?? "as sent")"
            case .redirect: "redirected with \(outcome.status ?? 0) to \(outcome.location ?? "")\(rule)"
            case .block: "answered with \(outcome.status ?? 0) \(outcome.contentType ?? "")\(rule)"
            case .noOrigin: "no origin: the edge answers with 503"
            case .refused: "refused by Envoy before any rule: \(outcome.reason ?? "")"
            }
        return [
            Output.Piece(
                "outcome: \(sentence)", outcome.kind == .forward || outcome.kind == .redirect ? .good : .warning)
        ]
    }
}
