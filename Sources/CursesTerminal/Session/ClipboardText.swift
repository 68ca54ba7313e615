/// Text for the clipboard of the terminal, wherever it runs (OSC 52), and whether a multiplexer lets it through.
package enum ClipboardText {
    /// What a terminal takes at most in one sequence: 100,000 bytes in xterm, of which base64 leaves three quarters.
    package static let limit = 74_994

    /// What of tmux stands in the way, as its `show-options` prints it; nil where it could not be asked.
    package struct Tmux: Sendable, Hashable {
        package var setClipboard: String?
        package var allowPassthrough: String?

        package init(setClipboard: String? = nil, allowPassthrough: String? = nil) {
            self.setClipboard = setClipboard
            self.allowPassthrough = allowPassthrough
        }
    }

    package enum Route: Sendable, Hashable {
        case direct
        /// tmux hands over what is wrapped for it.
        case tmuxPassthrough
        /// GNU screen hands over short pieces.
        case screen
        /// The option that is off, and what to do.
        case blocked
    }

    /// - Parameter tmux: nil outside of tmux.
    package static func route(tmux: Tmux?, isScreen: Bool) -> Route {
        guard let tmux else { return isScreen ? .screen : .direct }
        // `external`, tmux's default, lets tmux itself set the clipboard and drops what programs send.
        if tmux.setClipboard == "on" { return .direct }
        if let passthrough = tmux.allowPassthrough, passthrough == "on" || passthrough == "all" {
            return .tmuxPassthrough
        }
        // A tmux that cannot be asked may still take it.
        return tmux.setClipboard == nil ? .direct : .blocked
    }

    /// Nil when the route is blocked.
    package static func sequence(_ text: String, _ route: Route) -> [UInt8]? {
        let plain = Array("\u{1B}]52;c;".utf8) + base64(Array(text.utf8)) + [0x07]
        switch route {
        case .direct: return plain
        case .blocked: return nil
        case .tmuxPassthrough:
            return Array("\u{1B}Ptmux;".utf8) + plain.flatMap { $0 == 0x1B ? [0x1B, 0x1B] : [$0] }
                + Array("\u{1B}\\".utf8)
        case .screen:
            // screen's strings end at 768 bytes; it puts pieces together.
            var result: [UInt8] = []
            for start in stride(from: 0, to: plain.count, by: 512) {
                result += Array("\u{1B}P".utf8) + plain[start..<min(start + 512, plain.count)] + Array("\u{1B}\\".utf8)
            }
            return result
        }
    }

    static func base64(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let word = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
            for place in 0..<4 {
                result.append(place <= part.count ? alphabet[word >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return result
    }
}
