/// Which nodes can use origins that were sent ahead of the change that needs them.
package struct OriginReadiness: Hashable, Sendable, Codable {
    package struct Refusal: Hashable, Sendable, Codable {
        package var node: ResourceName
        /// In the node's words; nil: not known yet.
        package var reason: String?

        package init(node: ResourceName, reason: String? = nil) {
            self.node = node
            self.reason = reason
        }
    }

    package var ready: [ResourceName] = []
    /// They have not taken them on yet, or wait for a name or a first health check.
    package var waiting: [ResourceName] = []
    /// They refused already what is published, and take nothing on before that is mended, which this may do.
    package var stuck: [ResourceName] = []
    package var refused: [Refusal] = []

    package init() {}

    /// Whether no node lives that could be asked.
    package var askedNobody: Bool { ready.isEmpty && waiting.isEmpty && stuck.isEmpty && refused.isEmpty }
}
