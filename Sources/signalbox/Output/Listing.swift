internal import EdgeModel

/// Rows of a verb's answer, in every form they are asked for: as a table, as documents, as names.
struct Listing: Sendable {
    struct Column: Sendable {
        var title: SafeText
        /// Numbers stand right.
        var right = false
        /// May be cut to fit the terminal.
        var flexible = false
    }

    enum Cell: Sendable {
        case text(SafeText, Style)
        /// Told as people read it on a terminal, and in UTC elsewhere.
        case time(Timestamp?)

        static func text(_ text: SafeText) -> Cell { .text(text, .plain) }
        static func text(_ value: some CustomStringConvertible) -> Cell { .text(SafeText(value.description), .plain) }
        /// Nothing there.
        static var none: Cell { .text("-", .dim) }
    }

    struct Row: Sendable {
        /// What another command takes to mean this row.
        var name: String
        var document: DocumentValue
        var cells: [Cell]
    }

    var columns: [Column]
    var rows: [Row] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ name: String, _ document: DocumentValue, _ cells: Cell...) {
        rows.append(Row(name: name, document: document, cells: cells))
    }
}

extension Listing.Column: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self.init(title: SafeText(value)) }
    static func number(_ title: SafeText) -> Self { Self(title: title, right: true) }
    static func flexible(_ title: SafeText) -> Self { Self(title: title, flexible: true) }
}

/// Colours by meaning; never the only thing that says it.
enum Style: Sendable {
    case plain, dim, strong, good, warning, bad

    /// Select Graphic Rendition (ECMA-48 §8.3.117), from the terminal's own sixteen colours.
    var code: String? {
        switch self {
        case .plain: nil
        case .dim: "2"
        case .strong: "1"
        case .good: "32"
        case .warning: "33"
        case .bad: "31"
        }
    }
}
