internal import EdgeModel
internal import TerminalUI

/// A list that stands for one kind of resource: its columns, its rows, where Enter leads, what can be done with a row.
///
/// Pure: everything comes from the ``ScreenContext``. A screen a file; ``Place/screen`` says which one a place shows.
protocol ListScreen: Sendable {
    static func columns(_ context: ScreenContext) -> [Column]
    static func rows(_ context: ScreenContext) -> [Row]
    /// nil: there is nothing inside.
    static func inner(_ id: String, _ context: ScreenContext) -> Place?
    /// The row inside that the cursor goes to; nil: the first.
    static func innerRow(_ id: String, _ context: ScreenContext) -> String?
    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer
    /// What a key does here, where the word that it has everywhere says something else; nil: it does not.
    static func label(_ action: Action) -> TerminalText?
    /// The command that is copied in place of the row's text; nil: none is.
    static func copied(_ id: String, _ context: ScreenContext) -> [String]?
    /// The column that alone is copied of a row; nil: all of them are.
    static var copiedColumn: String? { get }
    /// What is said when there is no row.
    static func emptiness(_ context: ScreenContext) -> [StyledLine]
    /// Changes that make sense for several rows, one after the other.
    static var bulk: Set<Action> { get }
    /// What a new one is made of; nil: none is made here.
    static func form(_ context: ScreenContext) -> EntryForm?
    /// In place of rows, for what lies inside of each other.
    static func tree(_ context: ScreenContext) -> [TreeState<String>.Node]
}

extension ListScreen {
    static func inner(_ id: String, _ context: ScreenContext) -> Place? { nil }
    static func innerRow(_ id: String, _ context: ScreenContext) -> String? { nil }
    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer { .none }
    static func label(_ action: Action) -> TerminalText? { nil }
    static func copied(_ id: String, _ context: ScreenContext) -> [String]? { nil }
    static var copiedColumn: String? { nil }
    static func emptiness(_ context: ScreenContext) -> [StyledLine] { [StyledLine("nothing here yet", .textMuted)] }
    static var bulk: Set<Action> { [] }
    static func form(_ context: ScreenContext) -> EntryForm? { nil }
    static func tree(_ context: ScreenContext) -> [TreeState<String>.Node] { [] }
}

/// What a screen answers to a command.
enum Offer: Hashable, Sendable {
    case operation(Operation)
    /// Of the command line; what it changes it tells of first, and that is asked about.
    case command([String])
    case go(Place)
    /// It exists here, but not now; why.
    case unavailable(TerminalText)
    /// The screen does not know it.
    case none
}

/// All that screens are made of.
struct ScreenContext: Sendable {
    var place: Place
    var picture: Picture
    var live: LivePicture?
    /// The last hour by version.
    var history: TrafficHistory?
    var content: Content?
    var log: [OperationRecord]
    /// What promotions and rollbacks mean when nothing else is selected.
    var environment: ResourceName
    var now: Timestamp
    /// When nodes were looked at: whether one is lost is not a question of the time since.
    var nodesAt: Timestamp
    /// What is told of traffic is how it was.
    var isStale: Bool
    /// Who the journal says this is.
    var actor: String
    /// Rows that are marked, by id.
    var marks: Set<String> = []
    var keys: Keymap<KeyCommand>
    /// Lines are drawn with characters that every terminal has.
    var isASCII: Bool
}

struct Column: Hashable, Sendable {
    enum Width: Hashable, Sendable {
        /// As wide as its content, between these.
        case content(Int, Int)
        /// What the others leave, as far as its content needs it; at least that wide.
        case rest(Int)
    }

    /// What `column:value` in a filter calls it.
    var id: String
    var title: TerminalText
    var width: Width
    var isRight = false
    /// Drawn, and not to be read aloud.
    var isDrawing = false
    /// Columns with the lowest are left out first where it is narrow; 9 never is.
    var priority = 5

    init(_ id: String, _ title: TerminalText, _ width: Width, right: Bool = false, priority: Int = 5) {
        self.id = id
        self.title = title
        self.width = width
        isRight = right
        self.priority = priority
    }

    var tableColumn: TableColumn {
        let alignment: TextAlignment = isRight ? .right : .left
        switch width {
        case .content(let least, let most):
            return TableColumn(
                id, title, alignment, minimum: least, maximum: most, priority: priority, isOptional: priority < 5,
                isDrawing: isDrawing)
        case .rest(let least):
            return TableColumn(id, title, alignment, minimum: least, isFlexible: true, priority: priority)
        }
    }
}

struct Row: Sendable {
    /// The same thing has the same id on every picture.
    var id: String
    /// One a column.
    var cells: [StyledLine]
    /// What each column is sorted by; nil: its text.
    var keys: [Double?]

    init(_ id: String, _ cells: [StyledLine], keys: [Double?] = []) {
        self.id = id
        self.cells = cells
        self.keys = keys
    }

    var tableRow: TableRow<String> {
        var sortKeys: [Int: SortKey] = [:]
        for (column, key) in keys.enumerated() { if let key { sortKeys[column] = .number(key) } }
        return TableRow(id, cells, sortKeys: sortKeys, version: version)
    }

    private static let moving: Set<Role> = [.textMuted, .textNumber, .graphLine, .stale]

    /// Ages and rates move all the time; only words that mean something make a row flash.
    private var version: Int {
        var hasher = Hasher()
        for cell in cells {
            for piece in cell.pieces where !Self.moving.contains(piece.style.ink) { hasher.combine(piece) }
        }
        return hasher.finalize() | 1
    }
}
