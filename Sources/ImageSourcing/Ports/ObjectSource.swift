/// A store that images come from: a bucket, a directory. Any number of calls may be under way at once.
///
/// Implementations keep secrets out of every error, and retry nothing by themselves but what the protocol underneath
/// calls safe and free (a connection that was closed while idle): when to try again is the engine's decision.
package protocol ObjectSource: Sendable {
    /// One page, ascending by the bytes of the keys.
    func list(_ request: ListingRequest) async throws(ObjectFailure) -> ListingPage

    /// Opens an object; its head is there when this returns, its bytes are pulled from the body.
    ///
    /// - Parameter range: bytes wanted, from 0; nil: all. A range that begins behind the end is `unsatisfiable`.
    /// - Parameter etag: the state that was listed; when the object has another one by now it is `changed`. nil: any.
    func open(_ key: ObjectKey, range: Range<Int64>?, expecting etag: EntityTag?) async throws(ObjectFailure)
        -> ObjectBody
}

extension ObjectSource {
    package func open(_ key: ObjectKey) async throws(ObjectFailure) -> ObjectBody {
        try await open(key, range: nil, expecting: nil)
    }
}
