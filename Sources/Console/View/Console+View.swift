package import TerminalUI

/// The picture of a model.
extension Console {
    package static func view(_ model: ConsoleModel, at now: Instant) -> Frame {
        var surface = Surface(model.size)
        guard !TooSmall.isTooSmall(model.size) else { return TooSmall.frame(model.size) }
        let layout = ScreenLayout(model)
        let draw = DrawContext(glyphs: model.theme.glyphs, now: now, isFocused: model.overlay == nil)
        HeaderView.draw(model, into: &surface, in: layout.header, at: now)
        var (cursor, access) = MainView.draw(model, into: &surface, in: layout.main, draw)
        if !layout.panes.isEmpty { PanesView.draw(model, into: &surface, in: layout.panes, draw) }
        let said = MessageView.toasts(model, at: now)
        // What is said takes one line of its own; what needs more of them lies over the foot of the list.
        let lines = model.prompt == nil ? min(max(1, said.height(at: now)), 3) : 1
        let (messages, above) = Rect(model.size).bottom(lines)
        HintsView.draw(model, into: &surface, in: above.bottom(1).foot, at: now)
        HintsView.popUp(model, into: &surface, above: above.bottom(1).rest, draw)
        if let prompt = model.prompt {
            // What it could go on as stands above it, over the list.
            cursor = prompt.draw(into: &surface, in: Rect(model.size), draw)
            access.append(prompt.access())
        } else {
            surface.fill(messages)
            said.draw(into: &surface, in: messages, draw)
            access += said.access(at: now)
        }
        if let overlay = model.overlay {
            let over = OverlayView.draw(overlay, model, into: &surface, draw)
            cursor = over.cursor
            access.append(over.access)
        }
        access.insert(HeaderView.access(model, at: now), at: 0)
        let title: TerminalText = "signalbox \(Words.text(model.setup.context)): \(Words.text(model.screen.place.path))"
        return Frame(
            surface, cursor: cursor, modes: TerminalModes(mouse: model.hasMouse, title: title),
            access: AccessTree(access))
    }
}
