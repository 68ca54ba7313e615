/// The rows of a table, asked for one by one: a table of 100,000 rows formats only those that are seen.
package protocol TableSource<ID>: Sendable {
    /// What stays the same while a row changes and moves.
    associatedtype ID: Hashable & Sendable

    var count: Int { get }

    func id(at index: Int) -> ID

    /// One line for every column, in the order of the table's columns.
    func cells(at index: Int) -> [StyledLine]

    /// What a column is sorted and compared by.
    func sortKey(at index: Int, column: Int) -> SortKey

    /// The text of the row's fields that a filter looks through, in the order of the columns.
    func write(_ index: Int, into writer: inout TableText)

    /// A number that is another one when the row shows something else; rows that changed flash. 0: not told.
    func version(at index: Int) -> Int

    /// How the row is set off as a whole.
    func look(at index: Int) -> RowLook
}

/// How a row is set off as a whole.
package struct RowLook: Sendable, Hashable {
    package var isDimmed: Bool
    package var ground: Role?

    package init(isDimmed: Bool = false, ground: Role? = nil) {
        self.isDimmed = isDimmed
        self.ground = ground
    }

    package static let plain = RowLook()
}

extension TableSource {
    package func write(_ index: Int, into writer: inout TableText) {
        for cell in cells(at: index) { writer.field(cell.text.string) }
    }

    package func version(at index: Int) -> Int { 0 }
    package func look(at index: Int) -> RowLook { .plain }

    package func sortKey(at index: Int, column: Int) -> SortKey {
        let cells = cells(at: index)
        return cells.indices.contains(column) ? .text(cells[column].text.string) : .missing
    }
}

/// What a column is sorted by. Numbers come before text, what is missing comes last.
package enum SortKey: Sendable, Hashable {
    case number(Double)
    case text(String)
    case missing

    package static func number(_ value: some BinaryInteger) -> SortKey { .number(Double(value)) }
}

/// A table of a few rows that are at hand.
package struct TableRows<ID: Hashable & Sendable>: TableSource {
    package var rows: [TableRow<ID>]

    package init(_ rows: [TableRow<ID>] = []) { self.rows = rows }

    package var count: Int { rows.count }
    package func id(at index: Int) -> ID { rows[index].id }
    package func cells(at index: Int) -> [StyledLine] { rows[index].cells }
    package func look(at index: Int) -> RowLook { rows[index].look }

    package func version(at index: Int) -> Int { rows[index].version ?? rows[index].cells.hashValue | 1 }

    package func sortKey(at index: Int, column: Int) -> SortKey {
        let row = rows[index]
        if let key = row.sortKeys[column] { return key }
        return row.cells.indices.contains(column) ? .text(row.cells[column].text.string) : .missing
    }
}

/// One row at hand.
package struct TableRow<ID: Hashable & Sendable>: Sendable {
    package var id: ID
    package var cells: [StyledLine]
    /// By column, where the text of the cell does not sort right.
    package var sortKeys: [Int: SortKey]
    package var look: RowLook
    /// As in ``TableSource/version(at:)``; nil: what the cells show.
    package var version: Int?

    package init(
        _ id: ID, _ cells: [StyledLine], sortKeys: [Int: SortKey] = [:], look: RowLook = .plain, version: Int? = nil
    ) {
        self.id = id
        self.cells = cells
        self.sortKeys = sortKeys
        self.look = look
        self.version = version
    }
}
