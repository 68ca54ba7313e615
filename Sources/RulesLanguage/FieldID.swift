/// The number of a field: what programs carry instead of its name.
///
/// Numbers are part of the plan format: they are never reused and never change. Fields below `slotCount` have a slot in
/// a `FieldTable`; the others are known to the language but no edge of ours fills them, so they are always missing.
@usableFromInline
package struct FieldID: RawRepresentable, Hashable, Sendable, Comparable {
    @usableFromInline package let rawValue: UInt16

    @inlinable
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    @inlinable
    package static func < (left: FieldID, right: FieldID) -> Bool { left.rawValue < right.rawValue }

    /// Slots of a `FieldTable`.
    package static var slotCount: Int { 128 }
}

/// Names for the fields that the edge knows how to fill.
extension FieldID {
    /// `http.host`
    @inlinable package static var httpHost: FieldID { FieldID(rawValue: 0) }
    /// `http.request.method`
    @inlinable package static var method: FieldID { FieldID(rawValue: 1) }
    /// `http.request.uri`
    @inlinable package static var uri: FieldID { FieldID(rawValue: 2) }
    /// `http.request.uri.path`
    @inlinable package static var path: FieldID { FieldID(rawValue: 3) }
    /// `http.request.uri.path.extension`
    @inlinable package static var pathExtension: FieldID { FieldID(rawValue: 4) }
    /// `http.request.uri.query`
    @inlinable package static var query: FieldID { FieldID(rawValue: 5) }
    /// `http.request.uri.args`
    @inlinable package static var args: FieldID { FieldID(rawValue: 6) }
    /// `http.request.uri.args.names`
    @inlinable package static var argsNames: FieldID { FieldID(rawValue: 7) }
    /// `http.request.uri.args.values`
    @inlinable package static var argsValues: FieldID { FieldID(rawValue: 8) }
    /// `http.request.full_uri`
    @inlinable package static var fullURI: FieldID { FieldID(rawValue: 9) }
    /// `raw.http.request.full_uri`
    @inlinable package static var rawFullURI: FieldID { FieldID(rawValue: 10) }
    /// `raw.http.request.uri`
    @inlinable package static var rawURI: FieldID { FieldID(rawValue: 11) }
    /// `raw.http.request.uri.path`
    @inlinable package static var rawPath: FieldID { FieldID(rawValue: 12) }
    /// `raw.http.request.uri.path.extension`
    @inlinable package static var rawPathExtension: FieldID { FieldID(rawValue: 13) }
    /// `raw.http.request.uri.query`
    @inlinable package static var rawQuery: FieldID { FieldID(rawValue: 14) }
    /// `raw.http.request.uri.args`
    @inlinable package static var rawArgs: FieldID { FieldID(rawValue: 15) }
    /// `raw.http.request.uri.args.names`
    @inlinable package static var rawArgsNames: FieldID { FieldID(rawValue: 16) }
    /// `raw.http.request.uri.args.values`
    @inlinable package static var rawArgsValues: FieldID { FieldID(rawValue: 17) }
    /// `http.request.version`
    @inlinable package static var httpVersion: FieldID { FieldID(rawValue: 18) }
    /// `http.request.headers`
    @inlinable package static var headers: FieldID { FieldID(rawValue: 19) }
    /// `http.request.headers.names`
    @inlinable package static var headersNames: FieldID { FieldID(rawValue: 20) }
    /// `http.request.headers.values`
    @inlinable package static var headersValues: FieldID { FieldID(rawValue: 21) }
    /// `http.request.headers.truncated`
    @inlinable package static var headersTruncated: FieldID { FieldID(rawValue: 22) }
    /// `http.request.cookies`
    @inlinable package static var cookies: FieldID { FieldID(rawValue: 23) }
    /// `http.cookie`
    @inlinable package static var cookie: FieldID { FieldID(rawValue: 24) }
    /// `http.referer`
    @inlinable package static var referer: FieldID { FieldID(rawValue: 25) }
    /// `http.user_agent`
    @inlinable package static var userAgent: FieldID { FieldID(rawValue: 26) }
    /// `http.x_forwarded_for`
    @inlinable package static var xForwardedFor: FieldID { FieldID(rawValue: 27) }
    /// `http.request.accepted_languages`
    @inlinable package static var acceptedLanguages: FieldID { FieldID(rawValue: 28) }
    /// `http.request.timestamp.sec`
    @inlinable package static var timestampSeconds: FieldID { FieldID(rawValue: 29) }
    /// `http.request.timestamp.msec`
    @inlinable package static var timestampMilliseconds: FieldID { FieldID(rawValue: 30) }
    /// `ip.src`
    @inlinable package static var sourceIP: FieldID { FieldID(rawValue: 31) }
    /// `ip.src.country`
    @inlinable package static var sourceCountry: FieldID { FieldID(rawValue: 32) }
    /// `ssl`
    @inlinable package static var ssl: FieldID { FieldID(rawValue: 33) }
    /// `cf.edge.server_ip`
    @inlinable package static var edgeServerIP: FieldID { FieldID(rawValue: 34) }
    /// `cf.edge.server_port`
    @inlinable package static var edgeServerPort: FieldID { FieldID(rawValue: 35) }
    /// `cf.zone.name`
    @inlinable package static var zoneName: FieldID { FieldID(rawValue: 36) }
    /// `cf.ray_id`
    @inlinable package static var rayID: FieldID { FieldID(rawValue: 37) }
    /// `cf.random_seed`
    @inlinable package static var randomSeed: FieldID { FieldID(rawValue: 38) }
    /// `cf.tls_version`
    @inlinable package static var tlsVersion: FieldID { FieldID(rawValue: 39) }
    /// `cf.tls_cipher`
    @inlinable package static var tlsCipher: FieldID { FieldID(rawValue: 40) }
    /// `cf.tls_client_auth.cert_presented`
    @inlinable package static var tlsClientCertPresented: FieldID { FieldID(rawValue: 41) }
    /// `cf.tls_client_auth.cert_verified`
    @inlinable package static var tlsClientCertVerified: FieldID { FieldID(rawValue: 42) }
    /// `cf.edge.client_tcp`
    @inlinable package static var edgeClientTCP: FieldID { FieldID(rawValue: 43) }
    /// `ip.src.is_in_european_union`
    @inlinable package static var sourceInEuropeanUnion: FieldID { FieldID(rawValue: 44) }
    /// `ip.src.continent`
    @inlinable package static var sourceContinent: FieldID { FieldID(rawValue: 45) }
    /// `http.response.code`
    @inlinable package static var responseCode: FieldID { FieldID(rawValue: 46) }
    /// `http.response.headers`
    @inlinable package static var responseHeaders: FieldID { FieldID(rawValue: 47) }
    /// `http.response.headers.names`
    @inlinable package static var responseHeadersNames: FieldID { FieldID(rawValue: 48) }
    /// `http.response.headers.values`
    @inlinable package static var responseHeadersValues: FieldID { FieldID(rawValue: 49) }
    /// `http.response.content_type.media_type`
    @inlinable package static var responseMediaType: FieldID { FieldID(rawValue: 50) }
    /// `http.response.headers.truncated`
    @inlinable package static var responseHeadersTruncated: FieldID { FieldID(rawValue: 51) }
}
