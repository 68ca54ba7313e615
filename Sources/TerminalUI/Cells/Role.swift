/// What a piece of the screen means. Closed: a theme gives every role a look, a view names no colour.
///
/// The names are meanings, not widgets, so a new widget needs no new key in forty theme files.
package enum Role: UInt8, Sendable, Hashable, CaseIterable {
    case text, textMuted, textStrong, textLink, textKey, textValue, textNumber, textDisabled, textUntrusted
    case surface, surfaceRaised, border, borderFocus, title, titleCount, crumb, crumbCurrent
    case hintKey, hintLabel, prompt, promptMatch, promptGhost
    case tableHeader, tableSort, tableCursor, tableCursorBlur, tableMark, tableStripe, match
    case statusOk, statusProgress, statusWarn, statusBad, statusUnknown, statusPaused, statusRetired, statusStale
    case changeNew, changeModified, changeRemoved, changeMoved
    case diffAdd, diffRemove, diffContext, diffHunk, diffWord
    case envDev, envStaging, envProd
    case toastInfo, toastOk, toastWarn, toastError
    case dialog, dialogDanger, button, buttonFocus
    case graphLine, graphFill, graphMarker, gaugeTrack
    case scrollbar, stale, selection

    /// The word for it in theme files, goldens and `:theme inspect`.
    package var name: String { Self.names[Int(rawValue)] }

    package init?(name: String) {
        guard let role = Self.byName[name] else { return nil }
        self = role
    }

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

    /// In the order of the cases.
    private static let names: [String] = [
        "text", "text.muted", "text.strong", "text.link", "text.key", "text.value", "text.number", "text.disabled",
        "text.untrusted", "surface", "surface.raised", "border", "border.focus", "title", "title.count", "crumb",
        "crumb.current", "hint.key", "hint.label", "prompt", "prompt.match", "prompt.ghost", "table.header",
        "table.sort", "table.cursor", "table.cursor.blur", "table.mark", "table.stripe", "match", "status.ok",
        "status.progress", "status.warn", "status.bad", "status.unknown", "status.paused", "status.retired",
        "status.stale", "change.new", "change.modified", "change.removed", "change.moved", "diff.add", "diff.remove",
        "diff.context", "diff.hunk", "diff.word", "env.dev", "env.staging", "env.prod", "toast.info", "toast.ok",
        "toast.warn", "toast.error", "dialog", "dialog.danger", "button", "button.focus", "graph.line", "graph.fill",
        "graph.marker", "gauge.track", "scrollbar", "stale", "selection",
    ]
}
