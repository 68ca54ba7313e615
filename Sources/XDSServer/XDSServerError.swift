/// Why the server does not run, as data: where, what, and what to do.
package struct XDSServerError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable {
        case addressInUse
        case addressNotHere
        case notPermitted
        case clearTextBeyondLoopback
        case certificate
        case io
    }

    package var code: Code
    /// Address, socket or file.
    package var place: String
    package var message: String
    package var remedy: String

    package var description: String { "\(place): \(message); \(remedy)" }
}
