import RulesLanguage

/// `EXPRESSION` zero `FIELD` zero `FIELD` …
enum ExpressionFuzz {
    static func run(_ bytes: [UInt8]) {
        let input = FuzzInput(bytes)
        for mode in [Expression.Mode.filter, .value] { check(input.text(0), mode, input) }
    }

    private static func check(_ text: String, _ mode: Expression.Mode, _ input: FuzzInput) {
        do throws(ExpressionErrors) {
            let expression = try Expression(text, mode: mode)
            let canonical = expression.canonical
            // The printer's escapes may be longer than what the author wrote.
            if canonical.unicodeScalars.count <= Semantics.maximumLength {
                checkPrinting(expression, canonical, input)
            }
            if mode == .filter { checkMeaning(expression, input) }
            _ = (expression.usedFields, expression.usedFunctions, expression.usedOperators, expression.usedLists)
        } catch {
            check(error, text)
        }
    }

    /// Errors point into the text, and what is shown of it is safe on a terminal.
    private static func check(_ errors: ExpressionErrors, _ text: String) {
        hold((1...20).contains(errors.errors.count), "1 to 20 errors, there are \(errors.errors.count)")
        // Only the start of a text that is too long has places.
        let length = text.utf8.count
        for error in errors.errors {
            hold(error.span.start <= error.span.end, "the span \(error.span) goes forward")
            hold(Int(error.span.end) <= max(length, 1), "the span \(error.span) is in the text of \(length) bytes")
            let shown = error.rendered(in: text)
            let isSafe = shown.unicodeScalars.allSatisfy { scalar in
                scalar == "\n" || scalar.value >= 0x20 && !(0x7f..<0xa0).contains(scalar.value)
            }
            hold(isSafe, "an error is shown without control characters: \(shown.debugDescription)")
        }
    }

    /// Printing and parsing again is the identity, and the printed text means the same.
    private static func checkPrinting(_ expression: Expression, _ canonical: String, _ input: FuzzInput) {
        guard let again = try? Expression(canonical, mode: expression.mode) else {
            return hold(false, "canonical text can be read: \(canonical)")
        }
        hold(again == expression, "canonical text reads as the same tree: \(canonical)")
        hold(again.canonical == canonical, "canonical text is printed as it is: \(canonical) | \(again.canonical)")
        hold(again.canonicalized.root.span == again.root.span, "places in canonical text are right: \(canonical)")
        hold(ExpressionChange.between(expression, again).isEmpty, "canonical text is no change: \(canonical)")
        let compiler = ProgramCompiler(lists: FuzzInput.lists)
        guard let program = try? compiler.compile(expression) else {
            hold((try? compiler.compile(again)) == nil, "canonical text is refused too: \(canonical)")
            return
        }
        guard let printed = try? compiler.compile(again) else {
            return hold(false, "canonical text compiles too: \(canonical)")
        }
        guard let runner = try? ProgramRunner(program), let other = try? ProgramRunner(printed) else {
            return hold(false, "what was compiled is a program: \(canonical)")
        }
        let request = input.request(from: 1)
        switch expression.mode {
        case .filter: hold(runner.matches(request) == other.matches(request), "canonical means the same: \(canonical)")
        case .value: hold(runner.bytes(request) == other.bytes(request), "canonical yields the same: \(canonical)")
        }
    }

    /// Explanation, gates and partial evaluation agree with plain evaluation.
    private static func checkMeaning(_ expression: Expression, _ input: FuzzInput) {
        let compiler = ProgramCompiler(lists: FuzzInput.lists)
        guard let program = try? compiler.compile(expression), let runner = try? ProgramRunner(program) else { return }
        let request = input.request(from: 1)
        let holds = runner.matches(request)
        let (explained, parts) = runner.explained(request)
        hold(explained == holds, "explaining changes nothing")
        for part in parts { hold(part.start <= part.end, "parts have places") }
        let store = FieldStore(request)
        let isShut = program.bytes.withUnsafeBytes { bytes in
            [1, GateTable.directoryMinimum].map { GateTable([bytes], directoryFrom: $0).next(0, 1, store.table) == 1 }
        }
        hold(!(holds && isShut.contains(true)), "a gate is never shut for what holds: \(isShut)")
        var known: [FieldID: Literal] = [:]
        for (id, value) in request where id.rawValue % 2 == 0 {
            switch value {
            case .bool(let value): known[id] = .bool(value)
            case .int(let value): known[id] = .int(value)
            case .ip(let value): known[id] = .ip(value)
            case .bytes(let value): known[id] = .bytes(value)
            case .list, .map: break
            }
        }
        switch expression.partiallyEvaluated(known: known) {
        case .always(let value): hold(value == holds, "what is always \(value) is so")
        case .simplified(let rest):
            guard let result = try? rest.evaluate(request, lists: FuzzInput.lists) else {
                return hold(false, "what is left of an expression compiles: \(rest.text)")
            }
            hold(result == holds, "what is left of an expression means the same: \(rest.text)")
        }
    }
}
