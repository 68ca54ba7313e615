package import TerminalUI

/// Bytes of a terminal to events. Pure: the driver reads, waits and passes the time-out in.
///
/// Sequences come from the terminal's description and from what xterm and its kin send whatever their description says:
/// arrows as `ESC [ A` and `ESC O A`, modifiers as `ESC [ 1 ; 5 A`, focus, paste, mouse (SGR). A sequence that means
/// nothing to us is dropped whole, never typed. (XTerm Control Sequences, invisible-island.net/xterm/ctlseqs)
package struct InputDecoder: Sendable {
    private let sequences: KeySequences
    private var pending: ArraySlice<UInt8> = []
    private var paste: [UInt8]?
    /// Pasted bytes that are kept; what is beyond is thrown away, so that no paste fills the memory.
    package static let pasteLimit = 1 << 20
    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    package init(_ sequences: KeySequences) { self.sequences = sequences }

    /// How long to wait for more before ``flush()``; nil when nothing is open. Escape itself is told from the beginning of
    /// a sequence by 10 ms of silence, as tmux does it since 3.5 (`escape-time`): a terminal sends a key's sequence in one
    /// piece. One that has begun may be cut by a slow link.
    package var patience: Duration? {
        if paste != nil { return .seconds(1) }
        if pending.isEmpty { return nil }
        switch pending.count {
        case 1: return .milliseconds(10)
        case 2: return .milliseconds(25)
        default: return .milliseconds(250)
        }
    }

    package mutating func feed(_ bytes: some Collection<UInt8>) -> [InputEvent] {
        pending += bytes
        return drain(isFinal: false)
    }

    /// Nothing came for as long as ``patience`` says: what is open is closed.
    package mutating func flush() -> [InputEvent] {
        var events = drain(isFinal: true)
        if let text = paste {
            // A terminal that never ends its paste must not swallow the keys for ever.
            paste = nil
            events.append(.paste(String(decoding: text + pending, as: UTF8.self)))
            pending = []
        }
        return events
    }

    private mutating func drain(isFinal: Bool) -> [InputEvent] {
        var events: [InputEvent] = []
        while !pending.isEmpty {
            if paste != nil {
                guard let text = takePaste() else { break }
                events.append(.paste(text))
                continue
            }
            switch read(isFinal: isFinal) {
            case .wait: return events
            case .event(let event, let length):
                events.append(event)
                pending = pending.dropFirst(length)
            case .skip(let length):
                pending = pending.dropFirst(length)
            case .pasteBegins(let length):
                pending = pending.dropFirst(length)
                paste = []
            }
        }
        if pending.isEmpty { pending = [] }
        return events
    }

    /// Moves bytes to the paste; its text when its end has come.
    private mutating func takePaste() -> String? {
        let end = Self.pasteEnd
        let bytes = Array(pending)
        let place = bytes.indices.first { index in bytes[index] == 0x1B && bytes[index...].starts(with: end) }
        // An end that has only begun stays.
        let tail = (1..<end.count).last { bytes.count >= $0 && bytes.suffix($0).elementsEqual(end.prefix($0)) } ?? 0
        let text = bytes[..<(place ?? bytes.count - tail)]
        let room = Self.pasteLimit - (paste?.count ?? 0)
        paste?.append(contentsOf: text.prefix(max(0, room)))
        pending = bytes[(place.map { $0 + end.count } ?? bytes.count - tail)...]
        guard place != nil else { return nil }
        defer { paste = nil }
        return String(decoding: paste ?? [], as: UTF8.self)
    }

    private enum Step {
        case event(InputEvent, Int)
        case skip(Int)
        case pasteBegins(Int)
        case wait
    }

    private func read(isFinal: Bool) -> Step {
        guard pending.first == 0x1B else { return plain(pending, isFinal: isFinal) }
        guard pending.count > 1 else { return isFinal ? .event(.key(KeyPress(.escape)), 1) : .wait }
        switch sequences.match(pending) {
        case .key(let key, let length): return .event(.key(key), length)
        case .beginning where !isFinal: return .wait
        case .beginning, .none: break
        }
        let rest = pending.dropFirst()
        switch rest.first {
        case 0x5B: return control(isFinal: isFinal)
        case 0x4F: return single(isFinal: isFinal)
        case 0x1B:
            // Alt with a key that is a sequence itself, or Escape twice.
            guard rest.count > 1 else { return isFinal ? .event(.key(KeyPress(.escape)), 1) : .wait }
            return .event(.key(KeyPress(.escape)), 1)
        default:
            switch plain(rest, isFinal: isFinal) {
            case .event(.key(var key), let length):
                key.modifiers.insert(.alt)
                return .event(.key(key), length + 1)
            case .wait: return .wait
            case .event, .skip, .pasteBegins: return .skip(1)
            }
        }
    }

    /// A character or a control byte.
    private func plain(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> Step {
        guard let first = bytes.first else { return .wait }
        if first < 0x20 || first == 0x7F { return .event(.key(Self.control(first)), 1) }
        var text = bytes.prefix(4).makeIterator()
        var codec = UTF8()
        switch codec.decode(&text) {
        case .scalarValue(let scalar):
            let length = UTF8.width(scalar)
            // C1 controls type nothing.
            return (0x80...0x9F).contains(scalar.value)
                ? .skip(length) : .event(.key(KeyPress(.character(scalar))), length)
        case .error, .emptyInput:
            let needed = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1
            let isOpen = bytes.count < needed && bytes.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 }
            return isOpen && !isFinal ? .wait : .skip(1)
        }
    }

    private static func control(_ byte: UInt8) -> KeyPress {
        switch byte {
        case 0x0D, 0x0A: return KeyPress(.enter)
        case 0x09: return KeyPress(.tab)
        case 0x7F, 0x08: return KeyPress(.backspace)
        case 0: return KeyPress(.character(" "), .control)
        // Ctrl-A to Ctrl-Z, then Ctrl-\ ] ^ _.
        default: return KeyPress(.character(Unicode.Scalar(byte < 27 ? byte + 0x60 : byte + 0x40)), .control)
        }
    }

    /// `ESC O x`.
    private func single(isFinal: Bool) -> Step {
        guard let byte = pending.dropFirst(2).first else {
            return isFinal ? .event(.key(KeyPress(.character("O"), .alt)), 2) : .wait
        }
        guard let key = ControlSequence.letter(byte) else { return .skip(3) }
        return .event(.key(KeyPress(key)), 3)
    }

    /// `ESC [ parameters final`.
    private func control(isFinal: Bool) -> Step {
        let body = pending.dropFirst(2)
        if body.isEmpty { return isFinal ? .event(.key(KeyPress(.character("["), .alt)), 2) : .wait }
        guard let sequence = ControlSequence(body) else {
            if let bad = body.firstIndex(where: { !(0x20...0x3F).contains($0) }) {
                // Not a sequence after all; what stands in its way is read by itself.
                return (0x40...0x7E).contains(body[bad]) && !isFinal ? .wait : .skip(max(2, bad - pending.startIndex))
            }
            return isFinal ? .skip(pending.count) : body.count > 64 ? .skip(2 + body.count) : .wait
        }
        let length = 2 + sequence.length
        switch sequence.meaning {
        case .key(let key): return .event(.key(key), length)
        case .focus(let has): return .event(.focus(has), length)
        case .mouse(let event): return .event(.mouse(event), length)
        case .pasteBegins: return .pasteBegins(length)
        case .nothing: return .skip(length)
        }
    }
}
