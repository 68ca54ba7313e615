/// The method of a request: a token, case-sensitive (RFC 9110 §9.1).
package struct WebMethod: Hashable, Sendable, CustomStringConvertible {
    package let name: String

    package static let get = WebMethod(unchecked: "GET")
    package static let head = WebMethod(unchecked: "HEAD")
    package static let options = WebMethod(unchecked: "OPTIONS")
    package static let post = WebMethod(unchecked: "POST")
    package static let put = WebMethod(unchecked: "PUT")
    package static let patch = WebMethod(unchecked: "PATCH")
    package static let delete = WebMethod(unchecked: "DELETE")

    /// Takes any token except `CONNECT` and `TRACE`, which a client of resources has no use for.
    /// Throws ``WebError/Code/invalidRequest``.
    package init(_ name: String) throws(WebError) {
        guard WebText.isToken(name), name.utf8.count <= 32 else {
            throw .invalid(
                name, "This is not an HTTP method.", remedy: "Write a method in capitals, such as GET or HEAD.")
        }
        guard name != "CONNECT", name != "TRACE" else {
            throw .invalid(name, "The method \(name) cannot be sent.", remedy: "Use GET, HEAD or another method.")
        }
        self.init(unchecked: name)
    }

    private init(unchecked name: String) { self.name = name }

    /// Whether it asks only to read, so that sending it twice or to a second address changes nothing (RFC 9110 §9.2.1).
    package var isSafe: Bool { self == .get || self == .head || self == .options }

    package var description: String { name }
}
