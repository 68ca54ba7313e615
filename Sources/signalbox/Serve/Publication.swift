internal import EdgeModel
internal import EdgePlan

/// What a server says that it publishes.
struct Publication: Codable, Hashable {
    /// nil: nothing yet.
    var production: Digest?
    var lower: Digest?

    /// Whether production is as one of these deployments left it. Drafts change the lower environments without one.
    func isOf(_ deployments: [Deployment]) -> Bool { deployments.contains { $0.production == production } }
}
