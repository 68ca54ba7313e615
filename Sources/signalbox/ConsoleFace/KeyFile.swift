internal import InterfaceText
internal import TerminalUI

/// A person's own keys: `signalbox/keys.toml` below the XDG configuration directory.
enum KeyFile {
    /// What could be read; faults are told with line and column.
    static func read(_ session: Session) -> [KeyOverride] {
        let path = session.environment.directory("XDG_CONFIG_HOME", home: ".config") + "/signalbox/keys.toml"
        guard let bytes = (try? TextFile.readIfPresent(path)).flatMap(\.self) else { return [] }
        let (overrides, faults) = KeymapText.read(String(decoding: bytes, as: UTF8.self))
        for fault in faults { session.output.note("\(path): \(fault.description)", .warning) }
        return overrides
    }
}
