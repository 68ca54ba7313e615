/// A theme as text that people compare: what every role becomes on every kind of terminal.
extension Theme {
    package var gallery: String {
        let depths = ColorDepth.allCases.reversed().map { ($0, resolve($0)) }
        let head = "role".padded(18) + depths.map { $0.0.rawValue.padded(30) }.joined()
        let rows = Role.allCases.map { role in
            role.name.padded(18) + depths.map { $0.1[role].description.padded(30) }.joined()
        }
        return ([head] + rows).map { $0.trimmedEnd + "\n" }.joined()
    }
}

extension ResolvedTheme.Look {
    /// `#57c785 on 16 bold covers`; `-` for what is not said.
    package var description: String {
        var words = [foreground?.description ?? "-"]
        if let background { words.append("on " + background.description) }
        words += Emphasis.named.filter { emphasis.contains($0.value) }.map(\.name)
        if covers { words.append("covers") }
        return words.joined(separator: " ")
    }
}

extension TerminalColor {
    package var description: String {
        switch self {
        case .standard: "default"
        case .indexed(let index): String(index)
        case .direct(let red, let green, let blue): RGB(red, green, blue).hex
        }
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }

    fileprivate var trimmedEnd: Substring {
        var rest = self[...]
        while rest.last == " " { rest = rest.dropLast() }
        return rest
    }
}
