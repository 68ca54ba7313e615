package import TerminalUI

/// Reads a person's own keys.
///
/// ```toml
/// [keys]
/// rollback = "b"              # wherever the action has keys
/// help = ["?", "F1"]          # several
/// quit = []                   # none
/// [keys.versions]
/// diff = "g d"                # only there
/// ```
package enum KeymapText {
    /// What could be read, and everything that is wrong with the text.
    package static func read(_ text: String) -> (overrides: [KeyOverride], faults: [TextFault]) {
        let document: TOMLText
        do { document = try TOMLText(text) } catch { return ([], [error]) }
        var faults: [TextFault] = []
        var overrides: [KeyOverride] = []
        for key in document.root.keys where key != "keys" {
            faults.append(document.fault([key], "unknown key \"\(key)\"; keys stand in [keys]"))
        }
        guard let keys = document.root["keys"] else { return ([], faults) }
        guard let table = keys.table else { return ([], faults + [document.fault(["keys"], "a table: [keys]")]) }
        for name in table.keys {
            if let inner = table[name]?.table {
                for action in inner.keys {
                    read(
                        inner, action, KeyContext(rawValue: name), ["keys", name, action], document, &overrides, &faults
                    )
                }
            } else {
                read(table, name, nil, ["keys", name], document, &overrides, &faults)
            }
        }
        return (overrides, faults)
    }

    private static func read(
        _ table: TOMLTable, _ action: String, _ context: KeyContext?, _ path: [String], _ document: TOMLText,
        _ overrides: inout [KeyOverride], _ faults: inout [TextFault]
    ) {
        let one = table[action]?.string.map { [$0] }
        guard let words = one ?? table[action]?.array.map({ $0.map { $0.string ?? "" } }) else {
            faults.append(document.fault(path, "a key such as \"g a\", or a list of keys"))
            return
        }
        var sequences: [KeySequence] = []
        for word in words {
            if let sequence = KeySequence(word) {
                sequences.append(sequence)
            } else {
                faults.append(
                    document.fault(path, "\"\(word)\" is no key: \"x\", \"Ctrl-P\", \"Shift-Tab\", \"F5\", \"g a\""))
            }
        }
        if sequences.count == words.count { overrides.append(KeyOverride(action, in: context, sequences)) }
    }
}
