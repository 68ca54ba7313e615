import RulesLanguage

/// `PATTERN` zero `TEXT`: patterns of Rust's syntax, run by RE2.
enum RegexFuzz {
    static func run(_ bytes: [UInt8]) {
        let input = FuzzInput(bytes)
        let pattern = input.text(0)
        let text = input.parts.count > 1 ? input.parts[1] : []
        let request: [FieldID: FieldValue] = [.httpHost: .bytes(text)]
        guard let runner = runner(pattern) else { return }
        let holds = runner.matches(request)
        // Neither a group nor the same alternative again changes what matches; flags set in a pattern end with its group.
        for other in ["(?:\(pattern))", "(?:\(pattern))|(?:\(pattern))"] {
            guard let same = self.runner(other) else { continue }
            hold(same.matches(request) == holds, "\(pattern.debugDescription) matches as \(other.debugDescription)")
        }
        let store = FieldStore(request)
        let isShut = runner.program.bytes.withUnsafeBytes { GateTable([$0]).next(0, 1, store.table) == 1 }
        hold(!(holds && isShut), "a gate is never shut for a text that \(pattern.debugDescription) matches")
        replace(pattern, "<${0}$1>", request, text, holds)
    }

    private static func raw(_ pattern: String) -> String {
        var signs = ""
        while pattern.contains("\"" + signs) { signs += "#" }
        return "r\(signs)\"\(pattern)\"\(signs)"
    }

    private static func runner(_ pattern: String) -> ProgramRunner? {
        guard let expression = try? Expression("http.host matches " + raw(pattern)) else { return nil }
        guard let program = try? ProgramCompiler().compile(expression), let runner = try? ProgramRunner(program) else {
            hold(false, "an accepted pattern compiles: \(pattern.debugDescription)")
            return nil
        }
        return runner
    }

    /// What does not match is not replaced; what matches is, once.
    private static func replace(
        _ pattern: String, _ replacement: String, _ request: [FieldID: FieldValue], _ text: [UInt8], _ holds: Bool
    ) {
        let call = "regex_replace(http.host, \(raw(pattern)), \"\(replacement)\")"
        guard let expression = try? Expression(call, mode: .value) else { return }
        let result = try? expression.evaluateValue(request)
        if !holds { hold(result == text, "\(pattern.debugDescription) replaces nothing where it does not match") }
    }
}
