import TerminalUI

/// What stands behind `ESC [`: parameters and a final byte.
struct ControlSequence {
    enum Meaning {
        case key(KeyPress)
        case focus(Bool)
        case mouse(MouseEvent)
        case pasteBegins
        case nothing
    }

    let parameters: [Int]
    /// `<` before the parameters: a mouse event in SGR form.
    let isPrivate: Bool
    let final: UInt8
    /// Bytes behind `ESC [`.
    let length: Int

    /// Nil for a sequence that is not complete or none.
    init?(_ bytes: ArraySlice<UInt8>) {
        // The Linux console's F1 to F5 (`ESC [ [ A`) and old mouse reports (`ESC [ M` and three bytes) have their own form.
        if let first = bytes.first, first == 0x5B || first == 0x4D {
            let needed = first == 0x5B ? 2 : 4
            guard bytes.count >= needed else { return nil }
            parameters = [Int(bytes[bytes.startIndex + 1])]
            isPrivate = false
            final = first
            length = needed
            return
        }
        guard let end = bytes.firstIndex(where: { !(0x20...0x3F).contains($0) }), (0x40...0x7E).contains(bytes[end])
        else { return nil }
        let text = bytes[..<end]
        isPrivate = text.first == 0x3C
        parameters = text.drop { (0x3C...0x3F).contains($0) }.split(separator: 0x3B, omittingEmptySubsequences: false)
            .map { part in
                // A sub-parameter behind a colon is not needed; a number that is too long is none.
                Int(String(decoding: part.prefix { $0 != 0x3A }, as: UTF8.self)) ?? 0
            }
        final = bytes[end]
        length = end - bytes.startIndex + 1
    }

    var meaning: Meaning {
        switch final {
        case UInt8(ascii: "I"): return .focus(true)
        case UInt8(ascii: "O"): return .focus(false)
        case UInt8(ascii: "Z"): return .key(KeyPress(.tab, .shift))
        case UInt8(ascii: "M") where isPrivate, UInt8(ascii: "m") where isPrivate: return mouse
        // The keypad's Enter only behind `ESC O`; here it is a mouse report of the old form.
        case UInt8(ascii: "M"): return .nothing
        case UInt8(ascii: "["):
            let number = parameter(0) - Int(UInt8(ascii: "A")) + 1
            return (1...5).contains(number) ? .key(KeyPress(.function(number))) : .nothing
        case UInt8(ascii: "~"): return tilde
        case UInt8(ascii: "u"):
            guard let scalar = Unicode.Scalar(UInt32(clamping: parameter(0))), scalar.value > 0 else { return .nothing }
            return .key(KeyPress(Self.key(scalar), modifiers))
        default:
            return Self.letter(final).map { .key(KeyPress($0, modifiers)) } ?? .nothing
        }
    }

    private func parameter(_ index: Int) -> Int { index < parameters.count ? parameters[index] : 0 }

    /// The second parameter is 1 more than a sum: shift 1, alt 2, control 4.
    private var modifiers: KeyModifiers {
        let bits = max(0, parameter(1) - 1)
        var result: KeyModifiers = []
        if bits & 1 != 0 { result.insert(.shift) }
        if bits & 2 != 0 { result.insert(.alt) }
        if bits & 4 != 0 { result.insert(.control) }
        return result
    }

    private var tilde: Meaning {
        let key: Key
        switch parameter(0) {
        case 1, 7: key = .home
        case 2: key = .insert
        case 3: key = .delete
        case 4, 8: key = .end
        case 5: key = .pageUp
        case 6: key = .pageDown
        case 11...15: key = .function(parameter(0) - 10)
        case 17...21: key = .function(parameter(0) - 11)
        case 23...26: key = .function(parameter(0) - 12)
        case 28, 29: key = .function(parameter(0) - 13)
        case 31...34: key = .function(parameter(0) - 14)
        case 200: return .pasteBegins
        default: return .nothing
        }
        return .key(KeyPress(key, modifiers))
    }

    /// Keys whose sequence ends in a letter of their own, behind `ESC [` and `ESC O` alike.
    static func letter(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "P"): .function(1)
        case UInt8(ascii: "Q"): .function(2)
        case UInt8(ascii: "R"): .function(3)
        case UInt8(ascii: "S"): .function(4)
        // The keypad's Enter.
        case UInt8(ascii: "M"): .enter
        default: nil
        }
    }

    private static func key(_ scalar: Unicode.Scalar) -> Key {
        switch scalar.value {
        case 9: .tab
        case 13: .enter
        case 27: .escape
        case 8, 127: .backspace
        default: .character(scalar)
        }
    }

    /// `< button ; column ; row M`, released with `m`; places count from 1.
    private var mouse: Meaning {
        let code = parameter(0)
        let point = Point(max(0, parameter(1) - 1), max(0, parameter(2) - 1))
        var modifiers: KeyModifiers = []
        if code & 4 != 0 { modifiers.insert(.shift) }
        if code & 8 != 0 { modifiers.insert(.alt) }
        if code & 16 != 0 { modifiers.insert(.control) }
        // Bit 5 is a movement, which is not asked for.
        if code & 32 != 0 { return .nothing }
        if code & 64 != 0 {
            switch code & 3 {
            case 0: return .mouse(MouseEvent(.wheelUp, at: point, button: .none, modifiers: modifiers))
            case 1: return .mouse(MouseEvent(.wheelDown, at: point, button: .none, modifiers: modifiers))
            default: return .nothing
            }
        }
        let buttons: [MouseEvent.Button] = [.left, .middle, .right]
        guard code & 3 < 3, code < 64 else { return .nothing }
        let action: MouseEvent.Action = final == UInt8(ascii: "m") ? .release : .press
        return .mouse(MouseEvent(action, at: point, button: buttons[code & 3], modifiers: modifiers))
    }
}
