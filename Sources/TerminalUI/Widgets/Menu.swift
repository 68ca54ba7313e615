/// What can be done, as a list to choose from. What cannot be done stays in its place and says why.
package struct Menu<Choice: Hashable & Sendable>: Sendable, Hashable {
    package struct Item: Sendable, Hashable {
        package var choice: Choice
        package var label: TerminalText
        package var key: KeyPress?
        /// Why it cannot be chosen; nil: it can.
        package var disabled: TerminalText?
        /// A box before it that is ticked or not; nil: it is chosen, not switched.
        package var isOn: Bool?
        /// What it means, as an environment has its colour.
        package var ink: Role?

        package init(
            _ choice: Choice, _ label: TerminalText, key: KeyPress? = nil, disabled: TerminalText? = nil,
            isOn: Bool? = nil, ink: Role? = nil
        ) {
            self.choice = choice
            self.label = label
            self.key = key
            self.disabled = disabled
            self.isOn = isOn
            self.ink = ink
        }

        /// With its box.
        fileprivate var text: TerminalText { isOn.map { $0 ? "[x] " + label : "[ ] " + label } ?? label }
    }

    package enum Outcome: Sendable, Hashable {
        case ignored, changed, cancelled
        case chosen(Choice)
    }

    package let title: TerminalText
    /// What its keys do, on the lower edge.
    package let foot: TerminalText
    package private(set) var items: [Item]
    package private(set) var index: Int

    /// - Parameter choice: what the cursor begins on; otherwise it is the first that can be chosen.
    package init(_ title: TerminalText, _ items: [Item], at choice: Choice? = nil, foot: TerminalText = .empty) {
        self.title = title
        self.foot = foot
        self.items = items
        index =
            items.firstIndex { choice != nil && $0.choice == choice }
            ?? items.firstIndex { $0.disabled == nil } ?? 0
    }

    /// Ticks or clears the box of an item.
    package mutating func set(_ choice: Choice, isOn: Bool) {
        guard let place = items.firstIndex(where: { $0.choice == choice }) else { return }
        items[place].isOn = isOn
    }

    package var selected: Item? { items.indices.contains(index) ? items[index] : nil }

    package mutating func handle(_ key: KeyPress) -> Outcome {
        if let item = items.first(where: { $0.key == key }) { return choose(item) }
        switch key.name {
        case "Esc", "q", "Ctrl-C": return .cancelled
        case "Enter": return selected.map { choose($0) } ?? .ignored
        case "Space" where selected?.isOn != nil: return selected.map { choose($0) } ?? .ignored
        case "Up", "k": return go(to: index - 1)
        case "Down", "j": return go(to: index + 1)
        case "Home", "g": return go(to: 0)
        case "End", "G": return go(to: items.count - 1)
        default: break
        }
        // Digits pick, as people without sight are used to.
        guard case .character(let scalar) = key.key, let number = Int(String(scalar)), number > 0, number <= items.count
        else { return .ignored }
        index = number - 1
        return choose(items[index])
    }

    @discardableResult
    package func draw(into surface: inout Surface, in rect: Rect, _ context: DrawContext) -> Point? {
        let keys = items.map { $0.key.map { TerminalText(untrusted: $0.name) } ?? .empty }
        let keyWidth = keys.map(\.width).max() ?? 0
        let why = items.map { $0.disabled?.width ?? 0 }.max() ?? 0
        let widest = (items.map(\.text.width).max() ?? 0) + keyWidth + 2 + (why > 0 ? why + 3 : 0)
        let box = rect.centered(width: max(widest, title.width + 2, foot.width + 2) + 4, height: items.count + 2)
        guard box.height > 2, box.width > 6 else { return nil }
        surface.fill(box, CellStyle(.dialog, on: .dialog))
        let style = CellStyle(.dialog, on: .dialog)
        let inner = surface.box(
            box, style, title: StyledLine(title, style.with(.bold)),
            foot: StyledLine(foot, CellStyle(.textMuted, on: .dialog)), glyphs: context.glyphs)
        let top = max(0, min(index - inner.height + 1, items.count - inner.height))
        for row in 0..<min(inner.height, items.count) {
            let item = items[top + row]
            let line = inner.line(row)
            let isSelected = top + row == index
            let ground: Role = isSelected ? .selection : .dialog
            let ink: Role = item.disabled != nil ? .textDisabled : isSelected ? .selection : item.ink ?? .dialog
            surface.fill(line, CellStyle(ink, on: ground))
            let place = Point(line.column + 1, line.row)
            surface.put(keys[top + row], at: place, style: CellStyle(.hintKey, on: ground), within: line)
            var column = surface.put(
                item.text, at: Point(place.column + keyWidth + (keyWidth > 0 ? 2 : 0), line.row),
                style: CellStyle(ink, on: ground), within: line)
            if let why = item.disabled {
                column += 2
                surface.put(why, at: Point(column, line.row), style: CellStyle(.textMuted, on: ground), within: line)
            }
        }
        return Point(inner.column, inner.row + index - top)
    }

    package func access() -> AccessNode {
        AccessNode(
            .menu, id: "menu", label: title, isFocused: true,
            children: items.enumerated().map { place, item in
                AccessNode(
                    .item, id: "menu.\(place)", label: item.label,
                    value: item.disabled ?? item.isOn.map { $0 ? "on" : "off" } ?? .empty,
                    isSelected: place == index, isFocused: place == index, isDisabled: item.disabled != nil,
                    position: AccessPosition(place + 1, of: items.count))
            })
    }

    private func choose(_ item: Item) -> Outcome { item.disabled == nil ? .chosen(item.choice) : .ignored }

    private mutating func go(to place: Int) -> Outcome {
        guard !items.isEmpty else { return .ignored }
        index = min(max(0, place), items.count - 1)
        return .changed
    }
}
