internal import EdgePlan
internal import RulesLanguage

/// What of a request a plan wants to know, found out once: asking Envoy for the rest would be for nothing.
package struct RequestNeeds: BitwiseCopyable, Sendable {
    /// The client's address.
    package let client: Bool
    /// Address and port that the client connected to.
    package let destination: Bool
    /// Whether the connection is encrypted.
    package let security: Bool
    /// The version of HTTP.
    package let version: Bool
    /// When the request came.
    package let time: Bool
    /// The request's number.
    package let number: Bool
    /// The request's headers once more when its response comes.
    package let headersAtResponse: Bool
    /// The host once more when the response comes.
    let hostAtResponse: Bool

    /// Somebody who counts.
    package let limits: Bool

    init(_ view: ZonePlanView, _ requestFields: WantedFields, _ responseFields: WantedFields) {
        let limits = LimitNeeds(view)
        self.limits = limits.isAny
        func reads(_ fields: FieldID...) -> Bool {
            fields.contains { requestFields.contains($0) || responseFields.contains($0) }
        }
        client = reads(.sourceIP) || view.countryHeader != nil || limits.client
        destination = reads(.edgeServerIP, .edgeServerPort)
        security = reads(.ssl, .fullURI, .rawFullURI)
        version = reads(.httpVersion)
        time = reads(.timestampSeconds, .timestampMilliseconds) || limits.isAny
        number = reads(.rayID)
        hostAtResponse =
            responseFields.contains(.httpHost) || responseFields.contains(.fullURI)
            || responseFields.contains(.rawFullURI) || limits.isAny
        headersAtResponse = responseFields.hasHeaders || responseFields.contains(.rayID) || limits.headersAtResponse
    }
}
