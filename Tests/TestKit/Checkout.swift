import FoundationEssentials
import Glibc

/// Where the tests find what was built or installed for them.
package enum Checkout {
    /// The root of the working copy, from where this file lies in it, links resolved.
    package static let root: String = {
        let parts = resolved(#filePath).split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    /// A program of the package beside the test binary, or in the folder `SIGNALBOX_BIN`. Throws ``NotBuilt``.
    package static func program(_ name: String) throws -> String {
        let own = resolved("/proc/self/exe")
        let folders = [
            ProcessInfo.processInfo.environment["SIGNALBOX_BIN"], own.lastIndex(of: "/").map { String(own[..<$0]) },
        ]
        for folder in folders.compactMap({ $0 }) where access("\(folder)/\(name)", X_OK) == 0 {
            return "\(folder)/\(name)"
        }
        throw NotBuilt(name: name, folders: folders.compactMap { $0 })
    }

    /// The installed edge module, `SIGNALBOX_EDGE_MODULE` or `.tools/lib/libsignalbox_edge.so`; nil when there is none.
    package static func edgeModule() -> String? {
        let given = ProcessInfo.processInfo.environment["SIGNALBOX_EDGE_MODULE"]
        let path = given ?? root + "/.tools/lib/libsignalbox_edge.so"
        return access(path, R_OK) == 0 ? path : nil
    }

    package struct NotBuilt: Error, CustomStringConvertible {
        package let name: String
        package let folders: [String]
        package var description: String {
            "\(name) is not in \(folders.joined(separator: " nor ")); build it with: swift build --product \(name)"
        }
    }

    private static func resolved(_ path: String) -> String {
        guard let pointer = realpath(path, nil) else { return path }
        defer { free(pointer) }
        return String(cString: pointer)
    }
}
