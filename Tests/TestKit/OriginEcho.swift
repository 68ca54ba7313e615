import FoundationEssentials

/// What an `edgelab origin` answers: the request as it arrived there, byte for byte.
///
/// Text of the request is ``Latin1``: one code point a byte, so that a hostile byte is told from its repaired form.
package struct OriginEcho: Sendable, Equatable, Decodable {
    package let origin: String
    package let region: String
    /// The origin's address that took the request.
    package let listener: String
    package let method: String
    /// Path and query, undecoded.
    package let target: String
    package let version: String
    package let headers: [[String]]
    package let bodyLength: Int

    /// Reads the body of an answer.
    package init(_ body: [UInt8]) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(body))
    }

    /// All values of a header field, in order, whatever the name's case.
    package func all(_ name: String) -> [String] {
        headers.filter { $0.count == 2 && $0[0].lowercased() == name.lowercased() }.map { $0[1] }
    }

    package func first(_ name: String) -> String? { all(name).first }
}
