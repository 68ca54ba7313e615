internal import RulesLanguage
internal import RulesReasoning

/// Finds, among many conditions, those that hold for given values, without asking each: what cannot hold is passed over
/// as at the edge.
struct CoverIndex: ~Copyable {
    private final class Condition {
        let number: Int
        private let runner: ProgramRunner

        init(_ number: Int, _ runner: consuming ProgramRunner) {
            self.number = number
            self.runner = runner
        }

        func holds(_ fields: borrowing FieldTable, _ scratch: inout Scratch) -> Bool {
            runner.matches(fields, scratch: &scratch)
        }
    }

    private let conditions: [Condition]
    private let gates: GateTable

    /// - Parameter numbered: conditions in ascending order of their numbers. Those that do not compile are left out.
    init(_ numbered: [(number: Int, condition: Expression)]) {
        var conditions: [Condition] = []
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for (number, expression) in numbered {
            guard let program = try? ProgramCompiler().compile(expression), let runner = try? ProgramRunner(program)
            else { continue }
            conditions.append(Condition(number, runner))
            bytes += program.bytes
            ends.append(bytes.count)
        }
        self.conditions = conditions
        // Read while the table is made, not after.
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        gates = GateTable(zip([0] + ends, ends).map { UnsafeRawBufferPointer(rebasing: copy[$0..<$1]) })
    }

    /// Numbers of the conditions within `numbers` that hold, ascending.
    func candidates(_ witness: Witness, in numbers: Range<Int>) -> [Int] {
        let store = FieldStore(witness.values)
        var scratch = Scratch()
        var found: [Int] = []
        var next = place(of: numbers.lowerBound)
        let end = place(of: numbers.upperBound)
        while next < end {
            next = gates.next(next, end, store.table)
            guard next < end else { break }
            if conditions[next].holds(store.table, &scratch) { found.append(conditions[next].number) }
            next += 1
        }
        return found
    }

    /// The first condition with this number or a higher one.
    private func place(of number: Int) -> Int {
        var (low, high) = (0, conditions.count)
        while low < high {
            let middle = (low + high) / 2
            if conditions[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
