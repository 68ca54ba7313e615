/// The entries of a named list, which the compiler puts into programs in place of `$name`.
package enum ListContents: Hashable, Sendable {
    case bytes([[UInt8]])
    case ints([ClosedRange<Int64>])
    case ips([IPRange])
}

/// Turns a checked expression into a program.
package struct ProgramCompiler: Sendable {
    private let lists: [String: ListContents]

    /// - Parameter lists: what `$name` stands for, by name without the `$`.
    package init(lists: [String: ListContents] = [:]) {
        self.lists = lists
    }

    /// Throws for lists that are unknown or of another type, functions that the edge does not compute, and programs
    /// beyond the size limit.
    package func compile(_ expression: Expression) throws(ExpressionErrors) -> Program {
        var writer = ProgramWriter(schema: expression.schema, lists: lists)
        writer.write(expression.root)
        let program = writer.finished(expression.mode)
        if writer.errors.isEmpty, program.bytes.count > Semantics.maximumProgramSize {
            let message = "the compiled expression has \(program.bytes.count) bytes"
            writer.errors.append(
                ExpressionError(.tooLarge, expression.root.span, message, remedy: "use smaller lists"))
        }
        guard writer.errors.isEmpty else { throw ExpressionErrors(writer.errors, text: expression.text) }
        return program
    }
}
