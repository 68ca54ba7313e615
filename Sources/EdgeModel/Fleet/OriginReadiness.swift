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
    package var refused: [Refusal] = []

    package init() {}

    /// Nobody lives who could be asked.
    package var isEmpty: Bool { ready.isEmpty && waiting.isEmpty && refused.isEmpty }
}
