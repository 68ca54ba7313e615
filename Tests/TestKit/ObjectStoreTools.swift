import FoundationEssentials
import Glibc

/// The object stores that tests run against: SeaweedFS and moto in a private Python environment.
package enum ObjectStoreTools {
    /// `SIGNALBOX_OBJECTSTORE`, a folder of programs, else `.tools/objectstore/bin` of the checkout (`make tools`).
    private static var folder: String {
        ProcessInfo.processInfo.environment["SIGNALBOX_OBJECTSTORE"] ?? Checkout.root + "/.tools/objectstore/bin"
    }

    package static var isInstalled: Bool { (try? program("weed")) != nil && (try? program("python")) != nil }

    /// Throws ``Missing``.
    package static func program(_ name: String) throws -> String {
        let path = folder + "/" + name
        guard access(path, X_OK) == 0 else { throw Missing(name: name) }
        return path
    }

    package struct Missing: Error, CustomStringConvertible {
        package let name: String
        package var description: String { "no \(name): run make tools, or set SIGNALBOX_OBJECTSTORE to its folder" }
    }
}
