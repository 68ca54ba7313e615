package import TerminalUI

/// Reads a theme file. Never traps: every fault is told with line and column, and what is right is kept.
package enum ThemeText {
    /// The version of the format that this reads.
    package static let format = 1

    /// The theme as far as it could be read, and everything that is wrong with the text. A text that is no TOML gives
    /// no theme.
    package static func read(_ text: String, fallbackName: String = "") -> (theme: Theme?, faults: [TextFault]) {
        do {
            var reader = try ThemeReader(text)
            return (reader.theme(fallbackName: fallbackName), reader.faults)
        } catch {
            return (nil, [error])
        }
    }
}

/// Walks a theme's document and gathers faults.
private struct ThemeReader {
    private let document: TOMLText
    private(set) var faults: [TextFault] = []

    init(_ text: String) throws(TextFault) { document = try TOMLText(text) }

    mutating func theme(fallbackName: String) -> Theme {
        let root = document.root
        expect(
            [], root,
            ["format", "name", "variant", "extends", "author", "license", "vision-safe", "palette", "roles", "glyphs"])
        if let format = root["format"], format.int != ThemeText.format {
            note(["format"], "this reads format \(ThemeText.format)")
        }
        var theme = Theme(name: string(["name"], root, "name") ?? fallbackName)
        if let variant = string(["variant"], root, "variant") {
            theme.variant = Theme.Variant(rawValue: variant) ?? .any
            if Theme.Variant(rawValue: variant) == nil { note(["variant"], "one of dark, light, any") }
        }
        theme.parent = string(["extends"], root, "extends") ?? "base"
        theme.author = string(["author"], root, "author") ?? ""
        theme.license = string(["license"], root, "license") ?? ""
        if let safe = root["vision-safe"] {
            theme.isVisionSafe = safe.bool ?? false
            if safe.bool == nil { note(["vision-safe"], "true or false") }
        }
        if let glyphs = table("glyphs", root) {
            expect(["glyphs"], glyphs, ["set"])
            switch string(["glyphs", "set"], glyphs, "set") {
            case nil, "unicode": break
            case "ascii": theme.isASCII = true
            default: note(["glyphs", "set"], "unicode or ascii")
            }
        }
        theme.palette = palette(root)
        theme.entries = roles(root)
        return theme
    }

    // MARK: Palette

    private mutating func palette(_ root: TOMLTable) -> [String: ThemeColor] {
        guard let table = table("palette", root) else { return [:] }
        var palette: [String: ThemeColor] = [:]
        for name in table.keys {
            let path = ["palette", name]
            if let word = table[name]?.string {
                palette[name] = color(word, path)
            } else if let index = table[name]?.int {
                palette[name] = color(String(index), path)
            } else if let parts = table[name]?.table {
                palette[name] = color(parts, path)
            } else {
                note(path, "a colour is \"#rrggbb\", 0 to 255, a name, \"default\", or { rgb, c256, c16 }")
            }
        }
        return palette
    }

    private mutating func color(_ word: String, _ path: [String]) -> ThemeColor? {
        if let color = ThemeColor(word: word) { return color }
        note(path, "\"\(word)\" is no colour: \"#rrggbb\", 0 to 255, \"bright-red\", \"default\"")
        return nil
    }

    private mutating func color(_ parts: TOMLTable, _ path: [String]) -> ThemeColor? {
        expect(path, parts, ["rgb", "c256", "c16"])
        let word = string(path + ["rgb"], parts, "rgb") ?? "default"
        guard var color = color(word, path + ["rgb"]) else { return nil }
        if let index = parts["c256"] {
            color.c256 = index.int.flatMap { UInt8(exactly: $0) }
            if color.c256 == nil { note(path + ["c256"], "a number from 0 to 255") }
        }
        if let name = parts["c16"] {
            let word = name.string ?? name.int.map { String($0) } ?? ""
            if case .index(let index) = ThemeColor(word: word)?.value, index < 16 {
                color.c16 = index
            } else {
                note(path + ["c16"], "a number from 0 to 15 or one of " + IndexedColors.names.joined(separator: ", "))
            }
        }
        return color
    }

    // MARK: Roles

    private mutating func roles(_ root: TOMLTable) -> [Role: Theme.Entry] {
        guard let table = table("roles", root) else { return [:] }
        var entries: [Role: Theme.Entry] = [:]
        for name in table.keys {
            let path = ["roles", name]
            guard let role = Role(name: name) else {
                note(path, "there is no role \"\(name)\"" + nearest(name))
                continue
            }
            guard let parts = table[name]?.table else {
                note(path, "a role is { fg, bg, attrs, mono, covers, glyph, ascii }")
                continue
            }
            entries[role] = entry(parts, path)
        }
        return entries
    }

    private mutating func entry(_ parts: TOMLTable, _ path: [String]) -> Theme.Entry {
        expect(path, parts, ["fg", "bg", "attrs", "mono", "covers", "glyph", "ascii"])
        var entry = Theme.Entry(string(path + ["fg"], parts, "fg"), on: string(path + ["bg"], parts, "bg"))
        entry.emphasis = attributes("attrs", parts, path)
        entry.mono = attributes("mono", parts, path)
        if let covers = parts["covers"] {
            entry.covers = covers.bool
            if covers.bool == nil { note(path + ["covers"], "true or false") }
        }
        entry.sign = string(path + ["glyph"], parts, "glyph").map { TerminalText(untrusted: $0) }
        entry.asciiSign = string(path + ["ascii"], parts, "ascii").map { TerminalText(untrusted: $0, ascii: true) }
        return entry
    }

    private mutating func attributes(_ key: String, _ parts: TOMLTable, _ path: [String]) -> Emphasis? {
        guard let value = parts[key] else { return nil }
        guard let words = value.array else {
            note(path + [key], "a list such as [\"bold\"]")
            return nil
        }
        var result: Emphasis = []
        for word in words {
            guard let found = Emphasis.named.first(where: { $0.name == word.string })?.value else {
                note(path + [key], "attributes are " + Emphasis.named.map(\.name).joined(separator: ", "))
                continue
            }
            result.insert(found)
        }
        return result
    }

    // MARK: Small steps

    private mutating func table(_ key: String, _ root: TOMLTable) -> TOMLTable? {
        guard let value = root[key] else { return nil }
        if value.table == nil { note([key], "a table: [\(key)]") }
        return value.table
    }

    private mutating func string(_ path: [String], _ table: TOMLTable, _ key: String) -> String? {
        guard let value = table[key] else { return nil }
        if value.string == nil { note(path, "text between quotes") }
        return value.string
    }

    private mutating func expect(_ path: [String], _ table: TOMLTable, _ keys: Set<String>) {
        for key in table.keys where !keys.contains(key) {
            note(path + [key], "unknown key \"\(key)\"; known are " + keys.sorted().joined(separator: ", "))
        }
    }

    private mutating func note(_ path: [String], _ message: String) { faults.append(document.fault(path, message)) }

    /// A hint when the name begins like others.
    private func nearest(_ name: String) -> String {
        let family = name.prefix { $0 != "." }
        let alike = Role.allCases.map(\.name).filter { $0.hasPrefix(family) }
        return alike.isEmpty ? "" : "; there are " + alike.joined(separator: ", ")
    }
}
