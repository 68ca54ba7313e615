/// A column of a table.
package struct TableColumn: Sendable, Hashable {
    /// The word for it in filters (`state:bad`) and key maps.
    package var id: String
    package var title: TerminalText
    package var alignment: TextAlignment
    package var truncation: Truncation
    /// Never narrower: below that the least important column is left out. Nil: as wide as its content, at most 16;
    /// a flexible column may shrink to 6.
    package var minimum: Int?
    /// Never wider; nil: as wide as its content.
    package var maximum: Int?
    /// The first to give way when there is too little room.
    package var isFlexible: Bool
    /// The lowest is left out first when there is too little room; the highest always stays.
    package var priority: Int
    /// A person chose not to see it.
    package var isHidden: Bool
    /// Left out before a column that is not is cut.
    package var isOptional: Bool
    /// Drawn with characters that say nothing when they are read aloud.
    package var isDrawing: Bool

    package init(
        _ id: String, _ title: TerminalText, _ alignment: TextAlignment = .left, minimum: Int? = nil,
        maximum: Int? = nil, isFlexible: Bool = false, priority: Int = 1, truncation: Truncation = .end,
        isHidden: Bool = false, isOptional: Bool = false, isDrawing: Bool = false
    ) {
        self.id = id
        self.title = title
        self.alignment = alignment
        self.truncation = truncation
        self.minimum = minimum.map { max(1, $0) }
        self.maximum = maximum.map { max(1, $0) }
        self.isFlexible = isFlexible
        self.priority = priority
        self.isHidden = isHidden
        self.isOptional = isOptional
        self.isDrawing = isDrawing
    }
}

/// Which columns are drawn, where, and how wide. Pure, and never wider than the room.
///
/// No column is wider than its content: in a wide window figures stay beside the name that they are of, with somewhat
/// more air between the columns, and what is still left stays empty at the end.
package enum ColumnLayout {
    /// Blanks between columns, at least.
    static let gap = 2
    /// Blanks between columns where there is room.
    static let wideGap = 4
    /// Of a flexible column, before an optional one is kept beside it.
    static let enough = 28

    package struct Slot: Sendable, Hashable {
        /// Position among the table's columns.
        package var column: Int
        /// Cells from the first column's beginning.
        package var start = 0
        package var width: Int
    }

    /// - Parameter content: how wide each column's widest cell is, its title included.
    package static func slots(_ columns: [TableColumn], content: [Int], width: Int) -> [Slot] {
        var shown = columns.indices.filter { !columns[$0].isHidden }
        func wish(_ index: Int) -> Int {
            let wide = max(columns[index].minimum ?? 1, content.indices.contains(index) ? content[index] : 0)
            return columns[index].maximum.map { min($0, wide) } ?? wide
        }
        /// A cut title is worth less than no column.
        func least(_ index: Int) -> Int {
            let minimum = columns[index].minimum ?? (columns[index].isFlexible ? 6 : 16)
            return min(wish(index), max(minimum, columns[index].title.width))
        }
        /// What must be there before an optional column is: the more important ones whole, enough of a flexible one.
        func fair(_ index: Int) -> Int {
            if columns[index].isFlexible { return max(least(index), min(wish(index), enough)) }
            return columns[index].isOptional ? least(index) : wish(index)
        }
        func sum(_ length: (Int) -> Int) -> Int { shown.reduce(0) { $0 + length($1) } + gap * max(0, shown.count - 1) }
        while sum(fair) > width,
            let lowest = shown.filter({ columns[$0].isOptional }).map({ columns[$0].priority }).min(),
            let drop = shown.last(where: { columns[$0].isOptional && columns[$0].priority == lowest })
        {
            shown.removeAll { $0 == drop }
        }
        // What can give way gives way first: only then a column is left out, the least important one, from the right.
        while shown.count > 1, sum(least) > width {
            guard let lowest = shown.map({ columns[$0].priority }).min(),
                let drop = shown.last(where: { columns[$0].priority == lowest })
            else { break }
            shown.removeAll { $0 == drop }
        }
        var slots = shown.map { Slot(column: $0, width: wish($0)) }
        shrink(&slots, by: sum(wish) - width, columns, least)
        place(&slots, in: width)
        return slots
    }

    /// Takes cells from the widest column that can give, one by one: flexible columns, as far as enough of them is
    /// left, then optional ones, then the rest of the flexible, then all.
    private static func shrink(
        _ slots: inout [Slot], by excess: Int, _ columns: [TableColumn], _ least: @escaping (Int) -> Int
    ) {
        var excess = excess
        let flexible = { (index: Int) in columns[index].isFlexible }
        // Who gives, and down to what.
        let turns: [(gives: (Int) -> Bool, floor: (Int) -> Int)] = [
            (flexible, { max(least($0), enough) }), ({ !flexible($0) && columns[$0].isOptional }, least),
            (flexible, least), ({ !flexible($0) }, least),
        ]
        for turn in turns {
            while excess > 0 {
                let able = slots.indices.filter {
                    turn.gives(slots[$0].column) && slots[$0].width > turn.floor(slots[$0].column)
                }
                guard let widest = able.max(by: { slots[$0].width < slots[$1].width }) else { break }
                slots[widest].width -= 1
                excess -= 1
            }
        }
        // One column that is wider than the table is cut.
        if excess > 0, slots.count == 1 { slots[0].width = max(0, slots[0].width - excess) }
    }

    private static func place(_ slots: inout [Slot], in width: Int) {
        let spare = width - slots.reduce(0) { $0 + $1.width } - gap * max(0, slots.count - 1)
        let air = gap + min(wideGap - gap, max(0, spare) / max(1, slots.count - 1))
        var start = 0
        for index in slots.indices {
            slots[index].start = start
            start += slots[index].width + air
        }
    }
}
