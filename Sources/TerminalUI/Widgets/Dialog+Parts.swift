/// What a dialog is made of beside its text.
extension Dialog {
    package struct Button: Sendable, Hashable {
        package var id: String
        package var label: TerminalText
        /// Presses it from anywhere in the dialog, except while text is typed.
        package var key: KeyPress?
        /// Why it cannot be pressed; nil: it can.
        package var disabled: TerminalText?

        package init(_ id: String, _ label: TerminalText, key: KeyPress? = nil, disabled: TerminalText? = nil) {
            self.id = id
            self.label = label
            self.key = key
            self.disabled = disabled
        }

        package static let cancel = Button("cancel", "Cancel", key: .character("n"))
    }

    package struct Field: Sendable, Hashable {
        package var id: String
        package var label: TerminalText
        package var field: TextField
        /// What must be typed before any button but Cancel can be pressed: the name of what will be gone.
        package var required: String?
        /// Brings the cursor into it.
        package var key: KeyPress?
        /// What belongs there, while it is empty.
        package var placeholder: TerminalText

        package init(
            _ id: String, _ label: TerminalText, text: String = "", required: String? = nil, key: KeyPress? = nil,
            placeholder: TerminalText = .empty
        ) {
            self.id = id
            self.label = label
            self.required = required
            self.key = key
            self.placeholder = placeholder
            field = TextField(text)
        }
    }

    /// Something that stands against it, and that a person may take on: a box to tick.
    package struct Switch: Sendable, Hashable {
        package var id: String
        package var label: TerminalText
        package var key: KeyPress
        package var isOn: Bool

        package init(_ id: String, _ label: TerminalText, key: KeyPress, isOn: Bool = false) {
            self.id = id
            self.label = label
            self.key = key
            self.isOn = isOn
        }
    }
}
