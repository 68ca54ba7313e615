internal import EdgeModel
internal import RulesLanguage
internal import RulesReasoning

/// What can be proven of a condition; see `Prover`.
extension ExpressionLint {
    /// Parts of a wider combination are not tried one by one.
    private static let mostOperands = 12

    mutating func proofs() {
        let root = expression.root
        if case .constant = root.kind { return }
        if prover.isNever(expression) == .proven {
            report(.neverMatches, root, "no request can match", remedy: contradiction(root))
            return
        }
        if prover.isAlways(expression) == .proven {
            report(.alwaysMatches, root, "every request matches", remedy: "write true, or mend the condition")
            return
        }
        parts(root)
        times()
    }

    /// Where a conjunction contradicts itself: the first operands that do.
    private func contradiction(_ root: ExpressionNode) -> String? {
        guard case .combining(.and, let operands) = root.kind, operands.count <= Self.mostOperands else { return nil }
        for (index, one) in operands.enumerated() {
            for other in operands[(index + 1)...] where prover.refute([(one, true), (other, true)]) == .proven {
                return "'\(text(one))' and '\(text(other))' exclude each other"
            }
        }
        return nil
    }

    private mutating func parts(_ node: ExpressionNode) {
        switch node.kind {
        case .combining(let operation, let operands) where operation != .xor:
            let holds = operation == .and
            // One that is said by another needs no second finding for that other.
            var dropped: Set<Int> = []
            for (index, operand) in operands.enumerated() where operands.count <= Self.mostOperands {
                if !holds, prover.refute([(operand, true)]) == .proven {
                    // A finding about these very words tells why already.
                    if !isExplained(operand) {
                        report(.partNeverHolds, operand, "this part is never true", remedy: "remove or mend it")
                    }
                    dropped.insert(index)
                    continue
                }
                let others = operands.indices.filter { $0 != index && !dropped.contains($0) }
                // In `and`: whenever all others hold it holds. In `or`: it fails whenever all others fail.
                let parts = others.map { (node: operands[$0], holds: holds) } + [(node: operand, holds: !holds)]
                if !others.isEmpty, prover.refute(parts) == .proven {
                    report(
                        .redundantPart, operand,
                        holds ? "the other parts already imply this one" : "the other parts already cover this one",
                        remedy: "remove it")
                    dropped.insert(index)
                }
            }
            for operand in operands { parts(operand) }
        case .not(let inner): parts(inner)
        default: break
        }
    }

    private func isExplained(_ node: ExpressionNode) -> Bool {
        let excerpt = Excerpt.text(of: node.span, in: expression.text)
        return findings.contains { $0.excerpt == excerpt && $0.severity >= .warning }
    }

    /// Conditions on the time, when the time is known.
    private mutating func times() {
        guard let now else { return }
        let time = ExpressionNode(.field(.timestampSeconds), type: .int, span: ByteSpan(0, 0))
        guard expression.usedFields.contains(.timestampSeconds) else { return }
        func comparison(_ ordering: Comparison.Ordering) -> ExpressionNode {
            ExpressionNode(.test(time, .ordering(ordering, .int(now))), type: .bool, span: ByteSpan(0, 0))
        }
        if prover.refute([(expression.root, true), (comparison(.greaterOrEqual), true)]) == .proven {
            report(.expired, expression.root, "its time is over", remedy: "remove the rule")
        } else if prover.refute([(expression.root, true), (comparison(.lessOrEqual), true)]) == .proven {
            report(.notYet, expression.root, "its time has not come", remedy: nil)
        }
    }
}
