internal import EdgeModel
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
    init(_ numbered: [(number: Int, condition: Expression)], lists: KnownLists) {
        let compiler = ProgramCompiler(lists: lists.contents)
        var conditions: [Condition] = []
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for (number, expression) in numbered {
            guard let program = try? compiler.compile(expression), let runner = try? ProgramRunner(program)
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

    /// Most attempts to prove something about one condition. Rule sets in which so many others hold for all examples of
    /// a condition and still do not cover it are made up; without a limit each pair of their rules would be looked at.
    static let mostProofs = 250

    /// The first condition within `numbers` that is proven to hold whenever the one holds that `witness` is an example
    /// of; nil: none, or none was found.
    ///
    /// - Parameters:
    ///   - isAsked: whether a condition with this number is of interest; cheap.
    ///   - proof: whether it holds whenever the other does.
    ///
    /// A refuted claim gives another example, for which the remaining ones must hold too before they are looked at.
    func cover(
        of witness: Witness, in numbers: Range<Int>, among isAsked: (Int) -> Bool = { _ in true },
        proof: (Int) -> Prover.Verdict
    ) -> Int? {
        let store = FieldStore(witness.values)
        var examples: [FieldStoreBox] = []
        var scratch = Scratch()
        var proofs = 0
        var next = place(of: numbers.lowerBound)
        let end = place(of: numbers.upperBound)
        while next < end, proofs < Self.mostProofs {
            next = gates.next(next, end, store.table)
            guard next < end else { break }
            let condition = conditions[next]
            next += 1
            guard condition.holds(store.table, &scratch), isAsked(condition.number),
                examples.allSatisfy({ condition.holds($0.store.table, &scratch) })
            else { continue }
            proofs += 1
            switch proof(condition.number) {
            case .proven: return condition.number
            case .refuted(let example): examples.append(FieldStoreBox(example))
            case .open: break
            }
        }
        return nil
    }

    /// Arrays hold no values that cannot be copied.
    private final class FieldStoreBox {
        let store: FieldStore
        init(_ witness: Witness) { store = FieldStore(witness.values) }
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
