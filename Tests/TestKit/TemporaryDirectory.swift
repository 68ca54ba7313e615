import FoundationEssentials
import Glibc

/// A folder of its own for one test, removed with everything in it when the value goes away.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// Makes the folder below the system's temporary folder, readable by nobody else. Throws ``Failure``.
    package init(_ purpose: String = "test") throws {
        let template = FileManager.default.temporaryDirectory.path + "/signalbox-\(purpose)-XXXXXX"
        var bytes = Array(template.utf8CString)
        guard mkdtemp(&bytes) != nil else { throw Failure(path: template, code: errno) }
        path = String(decoding: bytes.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file or folder inside; it need not exist.
    package func path(_ name: String) -> String { path + "/" + name }

    /// Writes a file, making the folders above it, and gives its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        let file = path(name)
        let folder = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
        try FileManager.default.createDirectory(atPath: String(folder), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file))
        return file
    }

    /// The text of a file inside.
    package func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path(name))), as: UTF8.self)
    }

    package struct Failure: Error, CustomStringConvertible {
        package let path: String
        package let code: Int32
        package var description: String { "cannot make the folder \(path): \(String(cString: strerror(code)))" }
    }
}
