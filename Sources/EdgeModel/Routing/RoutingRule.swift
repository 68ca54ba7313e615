/// Ordered, account-wide: *if expression then application* (its version follows the environment) or
/// *then application@N* (pinned). Order is the position in the list.
package struct RoutingRule: Hashable, Sendable, Codable {
    package var name: ResourceName
    /// Text in the rules language, kept as the author wrote it.
    package var expression: String
    package var application: ResourceName
    /// Number of the version it is pinned to; nil: the environment's assignment decides.
    package var pinned: Int?
    package var enabled: Bool
    package var description: String

    package init(
        name: ResourceName, expression: String, application: ResourceName, pinned: Int?, enabled: Bool = true,
        description: String = ""
    ) {
        self.name = name
        self.expression = expression
        self.application = application
        self.pinned = pinned
        self.enabled = enabled
        self.description = description
    }
}
