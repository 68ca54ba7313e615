/// Checks that a theme can be read: by contrast, without colour, with a deficient colour vision, without Unicode.
///
/// Colours that the person chose (0–15 and the terminal's own) have no contrast that we could know; they pass.
package enum ThemeLint {
    /// The least contrast of text and of lines (WCAG 2.1, 1.4.3 and 1.4.11).
    static let textContrast = 4.5
    static let lineContrast = 3.0
    /// The least distance in OKLab of two states that only colour tells apart.
    static let statusDistance = 0.08

    /// - Parameter theme: on top of all its parents.
    package static func check(_ theme: Theme) -> [ThemeFinding] {
        names(theme) + contrast(theme) + mono(theme) + signs(theme) + vision(theme)
    }

    private static func names(_ theme: Theme) -> [ThemeFinding] {
        Role.allCases.flatMap { role -> [ThemeFinding] in
            guard let entry = theme.entries[role] else { return [ThemeFinding(theme.name, role, "has no look")] }
            return [entry.foreground, entry.background].compactMap { $0 }.filter { theme.color($0) == nil }.map {
                ThemeFinding(theme.name, role, "\"\($0)\" is neither a name of the palette nor a colour")
            }
        }
    }

    /// On which grounds an ink is drawn, and how well it must be read there.
    private static func grounds(of role: Role) -> (grounds: [Role], least: Double)? {
        switch role {
        case .surface, .surfaceRaised, .tableStripe, .diffWord: nil
        case .textDisabled, .promptGhost, .border, .graphFill, .scrollbar, .statusRetired, .statusStale, .stale:
            ([.surface, .dialog], lineContrast)
        case .borderFocus, .graphLine, .graphMarker: ([.surface], lineContrast)
        // What is only the empty part of a bar may be faint.
        case .gaugeTrack: nil
        case .tableCursor, .tableCursorBlur, .buttonFocus, .selection: ([role], textContrast)
        case .toastInfo, .toastOk, .toastWarn, .toastError: ([role], textContrast)
        case .dialog, .dialogDanger, .button, .envDev, .envStaging, .envProd: ([.surface, .dialog], textContrast)
        case .diffAdd, .diffRemove: ([.surface, .dialog, .diffWord], textContrast)
        case .diffContext, .diffHunk: ([.surface, .dialog], textContrast)
        case .prompt, .promptMatch: ([.surface, .surfaceRaised], textContrast)
        default: ([.surface, .surfaceRaised, .dialog, .tableStripe, .tableCursor, .tableCursorBlur], textContrast)
        }
    }

    private static func contrast(_ theme: Theme) -> [ThemeFinding] {
        [ColorDepth.direct, .indexed256].flatMap { depth in
            Role.allCases.flatMap { role -> [ThemeFinding] in
                guard let (grounds, least) = grounds(of: role) else { return [] }
                return grounds.compactMap { ground in
                    // A ground that covers shows its own ink.
                    if ground != role, theme.entries[ground]?.covers == true { return nil }
                    return contrast(theme, role, on: ground, least, depth)
                }
            }
        }
    }

    private static func contrast(
        _ theme: Theme, _ role: Role, on ground: Role, _ least: Double, _ depth: ColorDepth
    ) -> ThemeFinding? {
        let ink = theme.entries[role]?.foreground ?? theme.entries[ground]?.foreground
        guard let ink = ink.flatMap(theme.color)?.shown(depth) else { return nil }
        let name = theme.entries[ground]?.background ?? theme.entries[.surface]?.background
        let backs = name.flatMap(theme.color)?.shown(depth).map { [$0] } ?? unknownGrounds(theme.variant)
        let worst = backs.map { ink.contrast(with: $0) }.min() ?? 21
        guard worst < least else { return nil }
        let shown = Double(Int(worst * 100)) / 100
        return ThemeFinding(
            theme.name, role, "contrast \(shown) on \(ground.name) (\(depth.rawValue)); at least \(least) is needed")
    }

    /// What the terminal's own background may be.
    private static func unknownGrounds(_ variant: Theme.Variant) -> [RGB] {
        switch variant {
        case .dark: [.black]
        case .light: [.white]
        case .any: [.black, .white]
        }
    }

    private static func mono(_ theme: Theme) -> [ThemeFinding] {
        let look = theme.resolve(.mono)
        let pairs: [(Role, Role)] = [
            (.tableCursor, .surface), (.tableCursorBlur, .surface), (.tableCursor, .tableCursorBlur),
            (.selection, .surface), (.buttonFocus, .button), (.match, .text), (.tableMark, .text), (.title, .text),
            (.statusBad, .statusOk), (.statusStale, .statusOk), (.diffWord, .surface), (.diffAdd, .diffRemove),
            (.envProd, .envStaging), (.envStaging, .envDev), (.dialogDanger, .dialog), (.changeNew, .text),
            (.changeModified, .text), (.changeRemoved, .text), (.textDisabled, .text),
        ]
        return pairs.filter { look[$0].emphasis == look[$1].emphasis }.map { role, other in
            ThemeFinding(theme.name, role, "looks like \(other.name) on a terminal without colour")
        }
    }

    private static let families: [[Role]] = [
        [
            .statusOk, .statusProgress, .statusWarn, .statusBad, .statusUnknown, .statusPaused, .statusRetired,
            .statusStale,
        ],
        [.changeNew, .changeModified, .changeRemoved, .changeMoved], [.diffAdd, .diffRemove, .diffContext],
        [.toastInfo, .toastOk, .toastWarn, .toastError],
    ]

    private static func signs(_ theme: Theme) -> [ThemeFinding] {
        [true, false].flatMap { isUnicode -> [ThemeFinding] in
            let glyphs = theme.resolve(.mono, isUnicode: isUnicode).glyphs
            let kind = isUnicode ? "sign" : "ASCII sign"
            return families.flatMap { family in
                family.enumerated().flatMap { place, role -> [ThemeFinding] in
                    let sign = glyphs.sign(role)
                    var found: [ThemeFinding] = []
                    if sign.width != 1 {
                        found.append(ThemeFinding(theme.name, role, "its \(kind) is not one column wide"))
                    }
                    if !isUnicode, sign.string.utf8.contains(where: { $0 > 0x7E }) {
                        found.append(ThemeFinding(theme.name, role, "its ASCII sign is not ASCII"))
                    }
                    for other in family[..<place] where glyphs.sign(other) == sign {
                        found.append(ThemeFinding(theme.name, role, "has the same \(kind) as \(other.name)"))
                    }
                    return found
                }
            }
        }
    }

    /// A theme that promises it tells the states apart by colour alone, whoever looks.
    private static func vision(_ theme: Theme) -> [ThemeFinding] {
        guard theme.isVisionSafe else { return [] }
        let roles: [Role] = [.statusOk, .statusWarn, .statusBad]
        let others: [(Role, Role)] = [(.diffAdd, .diffRemove), (.envStaging, .envProd)]
        let pairs = [(roles[0], roles[1]), (roles[0], roles[2]), (roles[1], roles[2])] + others
        return [ColorDepth.direct, .indexed256].flatMap { depth in
            ColorVision.allCases.flatMap { vision in
                pairs.compactMap { one, two -> ThemeFinding? in
                    guard let first = theme.entries[one]?.foreground.flatMap(theme.color)?.shown(depth),
                        let second = theme.entries[two]?.foreground.flatMap(theme.color)?.shown(depth)
                    else { return nil }
                    let distance = OKLab(vision.simulate(first)).distance(to: OKLab(vision.simulate(second)))
                    guard distance < statusDistance else { return nil }
                    return ThemeFinding(
                        theme.name, one,
                        "cannot be told from \(two.name) with \(vision.rawValue) vision (\(depth.rawValue))")
                }
            }
        }
    }
}
