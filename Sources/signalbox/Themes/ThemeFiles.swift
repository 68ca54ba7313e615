internal import Glibc
internal import InterfaceText
internal import TerminalUI

/// The theme files that this process can read.
struct ThemeFiles: Sendable {
    /// The first one wins.
    let folders: [String]

    init(_ environment: ProcessEnvironment) {
        let names = ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_DATA_DIRS"]
        let variables = names.reduce(into: [:]) { $0[$1] = environment[$1] }
        folders = ThemeChoice.folders(environment: variables, executable: Self.program)
    }

    var library: ThemeLibrary {
        ThemeLibrary { [folders] name in
            // A name, never a path: a theme must not lead out of its folder.
            guard !name.contains("/"), !name.hasPrefix(".") else { return nil }
            return folders.lazy.compactMap { Self.text("\($0)/\(name).toml") }.first
        }
    }

    struct Entry: Sendable {
        var name: String
        /// Nil: compiled in.
        var path: String?
    }

    /// Every theme once, by name; the built-in base comes first.
    func all() -> [Entry] {
        var found: [String: String] = [:]
        for folder in folders.reversed() {
            for file in Self.files(in: folder) where file.hasSuffix(".toml") && !file.hasPrefix(".") {
                found[String(file.dropLast(5))] = folder + "/" + file
            }
        }
        found[Theme.base.name] = nil
        return [Entry(name: Theme.base.name)] + found.keys.sorted().map { Entry(name: $0, path: found[$0]) }
    }

    /// A theme by its name or by the path of its file. Throws when there is no such file.
    func theme(_ word: String) throws -> (theme: Theme, troubles: [ThemeLibrary.Trouble]) {
        guard word.contains("/") || word.hasSuffix(".toml") else { return library.theme(word) }
        let text = String(decoding: try TextFile.read(word), as: UTF8.self)
        let name = word.split(separator: "/").last.map { $0.hasSuffix(".toml") ? String($0.dropLast(5)) : String($0) }
        // Parents lie beside the file before they lie anywhere else.
        let beside = TextFile.parent(of: word)
        let library = ThemeLibrary { [library = self.library] parent in
            let isName = !parent.contains("/") && !parent.hasPrefix(".")
            return (isName ? Self.text("\(beside)/\(parent).toml") : nil) ?? library.text(parent)
        }
        return library.theme(text: text, name: name ?? word)
    }

    private static func text(_ path: String) -> String? {
        (try? TextFile.readIfPresent(path)).flatMap { $0 }.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func files(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }

    private static var program: String? {
        guard let path = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }
}
