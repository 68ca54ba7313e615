/// The one table of keys: it decides what a key does, and gives the hints, the help and the manual.
package struct Keymap<Action: KeyAction>: Sendable {
    package private(set) var bindings: [KeyBinding<Action>]

    package init(_ bindings: [KeyBinding<Action>]) { self.bindings = bindings }

    /// What keys led to.
    package enum Outcome: Sendable, Hashable {
        case action(Action)
        /// The beginning of a longer sequence; ``continuations(_:in:)`` tells what may follow.
        case pending
        /// The keys mean nothing here.
        case unbound([KeyPress])
    }

    /// Takes a key.
    ///
    /// - Parameter contexts: the innermost first; ``KeyContext/everywhere`` is always asked last.
    package func press(
        _ key: KeyPress, _ state: inout KeyState, in contexts: [KeyContext], at now: Instant
    ) -> Outcome {
        let presses = state.presses + [key]
        if state.presses.isEmpty { state.since = now }
        // Esc ends a sequence that was begun, and nothing else.
        if key.key == .escape, !state.presses.isEmpty {
            state = KeyState()
            return .unbound(presses)
        }
        for context in contexts + [.everywhere] {
            var isBegun = false
            for binding in bindings where binding.context == context {
                for sequence in binding.sequences where sequence.presses.starts(with: presses) {
                    if sequence.presses.count == presses.count {
                        state = KeyState()
                        return .action(binding.action)
                    }
                    isBegun = true
                }
            }
            if isBegun {
                state.presses = presses
                return .pending
            }
        }
        state = KeyState()
        return .unbound(presses)
    }

    /// What may follow the keys pressed so far: for a pop-up after ``KeyState/popUpTime``.
    package func continuations(
        _ state: KeyState, in contexts: [KeyContext]
    ) -> [(keys: TerminalText, title: TerminalText)] {
        active(contexts).flatMap { binding in
            binding.sequences.filter { $0.presses.starts(with: state.presses) && $0.presses != state.presses }.map {
                let rest = $0.presses.dropFirst(state.presses.count).map(\.name).joined(separator: " ")
                return (TerminalText(untrusted: rest), binding.title)
            }
        }
    }

    /// What means something in these contexts, the innermost first.
    package func active(_ contexts: [KeyContext]) -> [KeyBinding<Action>] {
        var seen: Set<Action> = []
        return (contexts + [.everywhere]).flatMap { context in
            let found = bindings.filter {
                $0.context == context && !$0.sequences.isEmpty && !seen.contains($0.action)
            }
            seen.formUnion(found.map(\.action))
            return found
        }
    }

    /// The first key of an action in these contexts, for texts such as "undo with u".
    package func key(for action: Action, in contexts: [KeyContext]) -> TerminalText? {
        active(contexts).first { $0.action == action }?.sequences.first.map { TerminalText(untrusted: $0.name) }
    }

    /// The table with a person's own keys. What cannot be done is told and left out.
    package func overridden(by changes: [KeyOverride]) -> (keymap: Keymap, problems: [String]) {
        var result = self
        var problems: [String] = []
        for change in changes {
            let found = bindings.indices.filter {
                bindings[$0].action.rawValue == change.action
                    && (change.context == nil || bindings[$0].context == change.context)
            }
            if found.isEmpty {
                let place = change.context.map { " in \($0.rawValue)" } ?? ""
                problems.append("there is no action \"\(change.action)\"\(place)")
            }
            var given: Set<KeyContext> = []
            for index in found {
                // An action may stand in two groups: its keys are then told once.
                let isFirst = given.insert(bindings[index].context).inserted
                result.bindings[index].sequences = isFirst ? change.sequences : []
                // What a person chose may take a key from everywhere.
                result.bindings[index].replaces = true
            }
        }
        let before = Set(self.problems)
        return (result, problems + result.problems.filter { !before.contains($0) })
    }
}

/// A person's own keys for an action.
package struct KeyOverride: Sendable, Hashable {
    package var action: String
    /// Nil: wherever the action has keys.
    package var context: KeyContext?
    /// In place of the action's own; empty: no key.
    package var sequences: [KeySequence]

    package init(_ action: String, in context: KeyContext? = nil, _ sequences: [KeySequence]) {
        self.action = action
        self.context = context
        self.sequences = sequences
    }
}

/// The keys of a sequence that is not complete.
package struct KeyState: Sendable, Hashable {
    /// Milliseconds after which what may follow is shown.
    package static let popUpTime: Int64 = 400

    package var presses: [KeyPress] = []
    /// When the first one was pressed.
    package var since = Instant.zero

    package init() {}

    package var isPending: Bool { !presses.isEmpty }

    /// When the pop-up is due; nil: nothing is pending.
    package var popUpAt: Instant? { isPending ? since.adding(Self.popUpTime) : nil }
}
