/// Names and values under one another; what is empty is left out.
enum Facts {
    static func pieces(_ facts: [(name: SafeText, value: SafeText)]) -> [Output.Piece] {
        let shown = facts.filter { !$0.value.isEmpty }
        let width = shown.map(\.name.width).max() ?? 0
        return shown.map { Output.Piece("\($0.name.padded(to: width))  \($0.value)") }
    }
}
