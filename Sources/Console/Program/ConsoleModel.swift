internal import ControlPlane
package import EdgeModel
package import TerminalUI

/// Everything the console knows and remembers: what `update` changes and `view` shows.
package struct ConsoleModel: Sendable {
    /// What it was started with.
    package struct Setup: Sendable {
        /// File of the state, as it is shown.
        package var state: String
        /// `--context`, or this machine.
        package var context: String
        package var isReadOnly: Bool
        package var theme: ResolvedTheme
        /// Themes to choose among, by name.
        package var themes: [String]
        /// Wall clock at the start of the console's own time.
        package var startedAt: Timestamp
        /// Minutes that the operator's time is ahead of UTC at a moment: it changes with the seasons.
        package var zoneOffset: @Sendable (Timestamp) -> Int
        /// Where to begin.
        package var path: String?
        /// Who the journal says it is.
        package var actor: String
        /// Options that make a command mean this state: `--state FILE`.
        package var commandOptions: [String]
        /// Whether clicks and the wheel are for the console; `:mouse on` says it later.
        package var hasMouse = false
        /// Columns that are not shown, by the kind of place.
        package var hidden: [String: Set<String>] = [:]
        /// Verbs of the command line, as its parser has them.
        package var commands = CommandVerb("signalbox")
        /// The key map, with the person's own keys.
        package internal(set) var keys = Keys.map

        package init(
            state: String, context: String, isReadOnly: Bool, theme: ResolvedTheme, themes: [String] = [],
            startedAt: Timestamp,
            zoneOffset: @escaping @Sendable (Timestamp) -> Int = { _ in 0 }, path: String? = nil, actor: String = "",
            commandOptions: [String] = []
        ) {
            self.state = state
            self.context = context
            self.isReadOnly = isReadOnly
            self.theme = theme
            self.themes = themes
            self.startedAt = startedAt
            self.zoneOffset = zoneOffset
            self.path = path
            self.actor = actor
            self.commandOptions = commandOptions
        }

        /// Takes a person's own keys, and tells which of them cannot be.
        package mutating func take(_ overrides: [KeyOverride]) -> [String] {
            let (keys, problems) = Keys.map.overridden(by: overrides)
            self.keys = keys
            return problems
        }
    }

    /// A deployment on its way to the nodes.
    struct Following: Sendable {
        var token: ChangeDialog.Token
        var deployment: Deployment
        var title: String
        var acknowledged: Acknowledged
        var endedAt: Instant?

        /// It is told for a while after it has come to an end; undone it can be for longer.
        func isShown(at now: Instant) -> Bool { endedAt.map { now.since($0) <= 8_000 } ?? true }
    }

    enum Performing: Hashable, Sendable {
        case nothing, writing
        /// It is written; what it made of the place is being read.
        case reading(Place)
    }

    /// What lies over the screen and takes the keys.
    enum Overlay: Sendable {
        case change(ChangeDialog)
        /// Something that cannot be taken back, and the question that its name has to be typed for; or one to be read
        /// before something is done.
        case typed(Operation, Dialog)
        case text(TextPage)
        case help(HelpView)
        case environments(Menu<ResourceName>)
        /// With the theme to go back to.
        case themes(Menu<String>, before: ResolvedTheme)
        case columns(Menu<String>)
        /// A command that asked for a yes, and what it printed of its plan.
        case command([String], printed: String, Dialog)
        case form(EntryForm)
        /// Text without frames, for the mouse.
        case plain(String)
    }

    package let setup: Setup
    var theme: ResolvedTheme
    var size = TerminalSize(columns: 80, rows: 24)
    var picture: Picture?
    var pictureAt: Instant?
    var pictureProblem: Problem?
    /// There was none at the start.
    var missedState = false
    /// Whether a picture is being read, and whether the state changed meanwhile.
    var isReading = false
    var isOutdated = false
    var live: LivePicture?
    /// When a server last told what is live, or stopped to.
    var liveAt: Instant?
    /// A server tells of every change: what is known is of now.
    var isServed = false
    /// Whether the feed tells of every write, as screens need it that show nodes.
    var hearsEveryWrite = false
    /// When something on the screen will look different because time passes; nil: at no time that matters.
    var due: Instant?
    /// Milliseconds by which the wall clock was set since the start.
    var clockShift: Int64 = 0
    /// The last hour, in pieces of ten seconds.
    var history: TrafficHistory?
    var historyAt: Instant?
    /// How many pieces back the traffic is looked at; 0: now.
    var scrub = 0
    /// From the outermost to the one that is shown; never empty.
    var screens: [ScreenState] = [ScreenState(.applications)]
    var visited = Trail()
    /// What promotions and rollbacks mean: the highest environment unless another was chosen.
    var environment: ResourceName?
    var overlay: Overlay?
    /// What is shown when the overlay before it is closed.
    var waiting: [Overlay] = []
    var prompt: Prompt?
    var promptHistory: [String] = []
    /// What a command can name beside what the picture has.
    var names: [CommandArgument.Subject: [String]] = [:]
    var toasts = Toasts()
    var following: [Following] = []
    var log: [OperationRecord] = []
    /// Keys of a sequence that is not complete.
    var pressed = KeyState()
    var isPaused = false
    var showsPanes = true
    var tokens = 0
    /// A change that was asked for before the first picture was there, and waits for it.
    var pressedEarly: Action?
    /// How far the change is that is made at once, without a question.
    var performing = Performing.nothing
    /// Keys that wait for it: each is meant for what the one before it leaves.
    var pressedMeanwhile: [Action] = []
    /// Commands that run, by the work that runs them.
    var running: [EffectID] = []
    /// The form whose command was begun last, and the command.
    var entered: (form: EntryForm, words: [String])?
    var interruptedAt: Instant?
    /// What was pressed last: it never answers a question that it opened.
    var lastKey: KeyPress?
    /// Changes that are made without a question, while they are planned and applied.
    var quiet: [ChangeDialog] = []
    /// What is asked about after the present question, of several rows that were marked.
    var queue: [Operation] = []
    /// How many there were of them at first.
    var queued = 0
    /// What was done at once and can be taken back, and how long that is offered.
    var inverse: (operation: Operation, until: Instant)?
    /// Columns that a person does not want to see, by the kind of place.
    var hidden: [String: Set<String>]
    /// Those that the next console knows of.
    var keptHidden: [String: Set<String>]
    var hasMouse: Bool
    /// What was copied last: shown as plain text when it is copied again.
    var copied: String?
    /// Text of an edit that could not be saved, offered again.
    var keptText: [Place.VersionLabel: KeptText] = [:]

    package init(_ setup: Setup) {
        self.setup = setup
        theme = setup.theme
        hasMouse = setup.hasMouse
        (hidden, keptHidden) = (setup.hidden, setup.hidden)
    }

    var screen: ScreenState {
        get { screens[screens.count - 1] }
        set { screens[screens.count - 1] = newValue }
    }

    /// Wall clock.
    func time(at now: Instant) -> Timestamp {
        setup.startedAt.advanced(byMilliseconds: now.milliseconds + clockShift)
    }

    /// When nodes are looked at: while a server tells of every change they are as they were when they were read.
    func nodesTime(at now: Instant) -> Timestamp {
        guard isServed, let picture else { return time(at: now) }
        return min(picture.status.at, time(at: now))
    }

    /// Follows a wall clock that somebody sets: ages are counted by it.
    mutating func follow(clock time: Timestamp, at now: Instant) {
        let shift = time.milliseconds - setup.startedAt.milliseconds - now.milliseconds
        // Less is the time that the reading took.
        if abs(shift - clockShift) > 2_000 { clockShift = shift }
    }

    /// What screens are made of; nil before the first picture.
    func context(at now: Instant) -> ScreenContext? {
        guard let picture, let environment = environment ?? picture.highest else { return nil }
        return ScreenContext(
            place: screen.place, picture: picture, live: scrubbed ?? live, history: history, content: screen.content,
            log: log,
            environment: environment, now: time(at: now), nodesAt: nodesTime(at: now),
            isStale: isStale && scrubbed == nil, actor: setup.actor, marks: screen.table.marks, keys: setup.keys,
            isASCII: theme.glyphs.isASCII)
    }

    /// Whether what is told of traffic is how it was, not how it is.
    var isStale: Bool { !isServed }

    /// How the traffic was at the moment that is looked at; nil: it is looked at as it is now.
    var scrubbed: LivePicture? {
        guard scrub > 0, let history, !history.buckets.isEmpty else { return nil }
        return history.picture(at: history.buckets.count - 1 - min(scrub, history.buckets.count - 1))
    }

    /// Whether everything is read that a place shows.
    func isKnown(_ place: Place) -> Bool { picture.map { place.parts.isSubset(of: $0.parts) } ?? false }

    /// Shows it, or lets it wait: nothing takes the place of a question that is open.
    mutating func present(_ next: Overlay) {
        if overlay == nil { overlay = next } else { waiting.append(next) }
    }

    mutating func present(_ page: TextPage) {
        var page = page
        page.resize(ScreenLayout(self))
        present(.text(page))
    }

    mutating func closeOverlay() { overlay = waiting.isEmpty ? nil : waiting.removeFirst() }

    /// The command for words of the command line, on this state.
    func command(_ words: [String]) -> String {
        (["signalbox"] + words + setup.commandOptions).map(ShellWord.quoted).joined(separator: " ")
    }
}

/// Places that were visited, for going back and forth.
struct Trail: Hashable, Sendable {
    private(set) var back: [Place] = []
    private(set) var forward: [Place] = []

    mutating func leave(_ place: Place) {
        back.append(place)
        if back.count > 100 { back.removeFirst() }
        forward = []
    }

    mutating func goBack(from place: Place) -> Place? {
        guard let target = back.popLast() else { return nil }
        forward.append(place)
        return target
    }

    mutating func goForward(from place: Place) -> Place? {
        guard let target = forward.popLast() else { return nil }
        back.append(place)
        return target
    }
}

/// Text over the whole screen: what a command printed, or a problem with all it says.
struct TextPage: Hashable, Sendable {
    var title: TerminalText
    var pager: TextPager
    /// Whether lines are broken; what a command laid out in columns is not.
    var isProse = false
    /// `e` opens this again.
    var edits: Place.VersionLabel?

    mutating func resize(_ layout: ScreenLayout) {
        pager.resize(rows: max(1, layout.main.height - 2), wrap: isProse ? layout.main.width - 3 : nil)
    }

    /// - Returns: whether it is to be closed.
    mutating func handle(_ key: KeyPress) -> Bool {
        let moves: [String: DiffMove] = [
            "Down": .down, "j": .down, "Up": .up, "k": .up, "PgDn": .pageDown, "Space": .pageDown, "PgUp": .pageUp,
            "g": .first, "Home": .first, "G": .last, "End": .last, "Left": .left, "Right": .right,
        ]
        if let move = moves[key.name] { pager.handle(move) }
        return ["Esc", "q", "Enter", "h"].contains(key.name)
    }
}
