package import TerminalUI

/// What the terminal's own description says its keys send. Only what begins with ESC: the rest says itself.
package struct KeySequences: Sendable {
    private var keys: [[UInt8]: KeyPress] = [:]
    private var beginnings: Set<[UInt8]> = []

    /// terminfo's names. Shifted keys are left out: the decoder reads their modifiers from the sequence.
    package static let capabilities: [(name: String, key: Key)] =
        [
            ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("khome", .home), ("kend", .end),
            ("kpp", .pageUp), ("knp", .pageDown), ("kich1", .insert), ("kdch1", .delete), ("kbs", .backspace),
            ("kent", .enter),
        ] + (1...12).map { ("kf\($0)", .function($0)) }

    /// - Parameter text: the text of a capability; nil when the terminal has no such thing.
    package init(text: (String) -> [UInt8]?) {
        for (name, key) in Self.capabilities {
            if let bytes = text(name) { add(bytes, KeyPress(key)) }
        }
        if let bytes = text("kcbt") { add(bytes, KeyPress(.tab, .shift)) }
    }

    private mutating func add(_ bytes: [UInt8], _ key: KeyPress) {
        guard bytes.first == 0x1B, bytes.count > 1 else { return }
        keys[bytes] = key
        for length in 1..<bytes.count { beginnings.insert(Array(bytes[..<length])) }
    }

    package enum Match: Sendable, Equatable {
        case key(KeyPress, length: Int)
        /// More bytes could make it a key.
        case beginning
        case none
    }

    /// The longest key that these bytes begin with.
    package func match(_ bytes: ArraySlice<UInt8>) -> Match {
        var best: Match = .none
        for length in 2...max(2, min(bytes.count, 12)) where length <= bytes.count {
            let part = Array(bytes.prefix(length))
            if let key = keys[part] { best = .key(key, length: length) }
            if length == bytes.count, beginnings.contains(part), best == .none { return .beginning }
            if !beginnings.contains(part) { break }
        }
        return best
    }
}
