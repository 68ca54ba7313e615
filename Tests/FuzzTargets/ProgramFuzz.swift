import RulesLanguage

/// A compiled expression as it is; its own bytes are the request.
enum ProgramFuzz {
    static func run(_ bytes: [UInt8]) {
        guard let program = try? Program(verifying: bytes) else {
            // Most changes break the size in the header and would be refused for nothing else.
            guard bytes.count >= 16 else { return }
            var mended = bytes
            for index in 0..<4 { mended[4 + index] = UInt8(truncatingIfNeeded: bytes.count >> (8 * index)) }
            if let program = try? Program(verifying: mended) { run(program) }
            return
        }
        run(program)
    }

    private static func run(_ program: Program) {
        let tail = Array(program.bytes.suffix(200))
        let request = FuzzInput(tail).request(from: 0)
        // A verified program may hold patterns that do not compile: the plan is refused then.
        guard let runner = try? ProgramRunner(program) else { return }
        let holds = runner.matches(request)
        hold(runner.explained(request).result == holds, "explaining changes nothing")
        let store = FieldStore(request)
        let isShut = program.bytes.withUnsafeBytes { GateTable([$0]).next(0, 1, store.table) == 1 }
        if runner.summary.mode == .filter { hold(!(holds && isShut), "a gate is never shut for what holds") }
        // Every byte is touched, so that a wrong length would show.
        if runner.summary.mode == .value { _ = runner.bytes(request).map { $0.reduce(0) { $0 ^ $1 } } }
    }
}
