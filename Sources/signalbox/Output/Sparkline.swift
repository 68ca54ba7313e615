/// A row of blocks as tall as the numbers, for people at a terminal.
enum Sparkline {
    private static let blocks: [SafeText] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The largest number is the tallest block; what is not known is a dot, and nothing is the lowest block.
    static func text(_ values: [Double?]) -> SafeText {
        let most = values.compactMap(\.self).max() ?? 0
        return values.map { value in
            guard let value else { return "·" }
            guard most > 0, value > 0 else { return blocks[0] }
            return blocks[min(blocks.count - 1, 1 + Int(value / most * Double(blocks.count - 1)))]
        }.joined()
    }
}
