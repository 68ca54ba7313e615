package import EdgeModel

/// The versions of one application in one environment as a stack: what rollback goes down.
package struct DeploymentHistory: Hashable, Sendable {
    /// Oldest first; the last is current. nil stands for the zone's own configuration.
    package private(set) var stack: [Int?] = [nil]

    /// - Parameter entries: the environment's journal, ascending.
    package init(of application: ResourceName, in entries: [Deployment]) {
        for entry in entries {
            guard case .assignment(application, _, _, let to) = entry.change else { continue }
            switch entry.kind {
            case .rollback, .undo:
                // Going back forgets what was left behind, so that a second rollback goes further back, not forth.
                if let index = stack.lastIndex(of: to) {
                    stack.removeSubrange((index + 1)...)
                } else {
                    stack.append(to)
                }
            default:
                if stack.last != .some(to) { stack.append(to) }
            }
        }
    }

    package var current: Int? { stack.last ?? nil }
    package var canGoBack: Bool { stack.count > 1 }
    /// Where a rollback without a chosen version leads; nil: the zone's own configuration.
    package var previous: Int? { stack.count > 1 ? stack[stack.count - 2] : nil }
}
