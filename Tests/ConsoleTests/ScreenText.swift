import TerminalUI

/// A frame as a golden file holds it: the text; below it the same block again with a letter for every style; below that
/// what each letter means, and how it looks with 256 colours and without any.
enum ScreenText {
    private static let colour = Theme.base.resolve(.indexed256)
    private static let mono = Theme.base.resolve(.mono)
    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

    static func of(_ frame: Frame) -> String {
        var known: [CellStyle: Character] = [:]
        var order: [CellStyle] = []
        let rows = (0..<frame.surface.size.rows).map { row in
            let line = frame.surface.row(row).map { cell -> Character in
                if cell.style == .plain { return "." }
                if let letter = known[cell.style] { return letter }
                let letter = order.count < letters.count ? letters[order.count] : "?"
                known[cell.style] = letter
                order.append(cell.style)
                return letter
            }
            return String(String(line.reversed().drop { $0 == "." }.reversed()))
        }
        let legend = order.map { style in
            "\(known[style] ?? "?") \(style.description): \(look(colour.style(style))) | \(look(mono.style(style)))"
        }
        let cursor = frame.cursor.map { "cursor: column \($0.column), row \($0.row)" } ?? "cursor: hidden"
        return frame.surface.text + "---- styles\n" + rows.joined(separator: "\n")
            + "\n---- meaning: 256 colours | mono\n"
            + (legend + [cursor]).joined(separator: "\n") + "\n"
    }

    private static func look(_ style: ResolvedStyle) -> String {
        let words = Emphasis.named.filter { style.emphasis.contains($0.value) }.map(\.name)
        let colours = [
            name(style.foreground), style.background == .standard ? nil : "on " + (name(style.background) ?? "-"),
        ]
        let all = colours.compactMap(\.self) + words
        return all.isEmpty ? "plain" : all.joined(separator: " ")
    }

    private static func name(_ color: TerminalColor) -> String? {
        switch color {
        case .standard: nil
        case .indexed(let index): "\(index)"
        case .direct(let red, let green, let blue): "\(red)/\(green)/\(blue)"
        }
    }
}
