import FoundationEssentials

/// Text that people or engines read, kept in files beside the test that produces it.
///
/// A file that differs or is missing fails the test and shows the text. `SIGNALBOX_UPDATE_GOLDENS=1` (`make goldens`)
/// rewrites the files instead; the review of that change is the check.
package enum Golden {
    /// Compares `actual` with `<folder of the test file>/Goldens/NAME`. Throws ``Mismatch``.
    package static func check(
        _ actual: String, _ name: String, folder: String = "Goldens", file: String = #filePath
    ) throws {
        try check(actual, path: path(name, folder: folder, file: file), update: isUpdating)
    }

    /// The files below the folder, as names with `/` between parts, sorted: a new case is a new file.
    package static func names(folder: String = "Goldens", suffix: String = "", file: String = #filePath) -> [String] {
        let root = path("", folder: folder, file: file)
        let found = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
        return found.filter { name in
            var isFolder = false
            _ = FileManager.default.fileExists(atPath: root + name, isDirectory: &isFolder)
            return !isFolder && name.hasSuffix(suffix)
        }.sorted()
    }

    /// Files of the folder which no test of `known` names reads: a test should hold this empty.
    package static func orphans(
        known: some Sequence<String>, folder: String = "Goldens", suffix: String = "", file: String = #filePath
    ) -> [String] {
        let known = Set(known)
        return names(folder: folder, suffix: suffix, file: file).filter { !known.contains($0) }
    }

    /// The text of an input file that lies beside the test.
    package static func input(_ name: String, folder: String = "Goldens", file: String = #filePath) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path(name, folder: folder, file: file))), as: UTF8.self)
    }

    /// The path of an input file that is no text.
    package static func inputPath(_ name: String, folder: String = "Goldens", file: String = #filePath) -> String {
        path(name, folder: folder, file: file)
    }

    static var isUpdating: Bool { ProcessInfo.processInfo.environment["SIGNALBOX_UPDATE_GOLDENS"] == "1" }

    static func path(_ name: String, folder: String, file: String) -> String {
        file[..<(file.lastIndex(of: "/") ?? file.startIndex)] + "/" + folder + "/" + name
    }

    package static func check(_ actual: String, path: String, update: Bool) throws {
        let kept = try? String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        if kept == actual { return }
        guard update else { throw Mismatch(path: path, kept: kept, actual: actual) }
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(actual.utf8).write(to: URL(filePath: path), options: .atomic)
        print("golden written: \(path)")
    }

    package struct Mismatch: Error, CustomStringConvertible {
        package let path: String
        /// What the file holds; nil when there is none.
        package let kept: String?
        package let actual: String

        package var description: String {
            let advice = "If the new text is right: make goldens, then read the change."
            guard let kept else { return "no golden file \(path). \(advice) The text is:\n\(actual)" }
            return "\(path) differs (- kept, + now). \(advice)\n" + Self.changes(from: kept, to: actual)
        }

        private static func changes(from kept: String, to actual: String) -> String {
            let old = kept.split(separator: "\n", omittingEmptySubsequences: false)
            let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
            let changes = new.difference(from: old).map { change -> (Int, String) in
                switch change {
                case .remove(let offset, let line, _): (offset, "-\(offset + 1): \(line)")
                case .insert(let offset, let line, _): (offset, "+\(offset + 1): \(line)")
                }
            }
            let shown = changes.sorted { $0.0 < $1.0 }.map(\.1)
            let rest = shown.count > 80 ? "\n… and \(shown.count - 80) lines more" : ""
            return shown.prefix(80).joined(separator: "\n") + rest
        }
    }
}
