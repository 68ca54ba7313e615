internal import RulesLanguage

/// The fields that a plan reads. The same as a `FieldSet`, in a form that is asked without a call: the engine asks some
/// fifty times for a request.
struct WantedFields: BitwiseCopyable {
    private let low: UInt64
    private let high: UInt64
    /// Whether any of them is made of a request's headers.
    let hasHeaders: Bool
    /// Whether any of them is what the request line said, whatever rules did to it since.
    let hasRawURI: Bool
    /// Whether any of them is one of the connection or the moment, which few rules ask for.
    let hasCircumstances: Bool

    init(_ set: FieldSet) {
        (low, high) = set.bits
        func hasAny(_ fields: FieldID...) -> Bool { fields.contains { set.contains($0) } }
        hasHeaders = hasAny(
            .headers, .cookie, .cookies, .userAgent, .referer, .xForwardedFor, .acceptedLanguages, .sourceCountry)
        hasRawURI = hasAny(.rawURI, .rawPath, .rawQuery, .rawPathExtension, .rawFullURI, .rawArgs)
        hasCircumstances = hasAny(
            .httpVersion, .timestampSeconds, .timestampMilliseconds, .ssl, .edgeServerIP, .edgeServerPort, .zoneName,
            .rayID)
    }

    @inline(__always)
    func contains(_ id: FieldID) -> Bool {
        (id.rawValue < 64 ? low : high) &>> UInt64(id.rawValue & 63) & 1 == 1
    }
}
