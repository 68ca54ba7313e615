import FoundationEssentials
import Glibc

/// The Envoy that tests run against.
package enum EnvoyBinary {
    /// `SIGNALBOX_ENVOY`, else `.tools/envoy` of the checkout (`make tools` puts it there), else nil.
    package static func locate() -> String? {
        let given = ProcessInfo.processInfo.environment["SIGNALBOX_ENVOY"]
        let path = given ?? Checkout.root + "/.tools/envoy"
        return access(path, X_OK) == 0 ? path : nil
    }

    package static func require() throws -> String {
        guard let path = locate() else { throw Missing() }
        return path
    }

    package struct Missing: Error, CustomStringConvertible {
        package var description: String { "no Envoy: set SIGNALBOX_ENVOY to the program or run make tools" }
    }
}
