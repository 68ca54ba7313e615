/// Ranked place for versions. Production has the highest rank, is the catch-all and cannot be deleted.
package struct Environment: Hashable, Sendable, Codable {
    package var name: ResourceName
    /// 0 is the lowest; a version is promoted from one rank to the next.
    package var rank: Int
    /// Further condition on requests, in the rules language; nil: none. Always nil for production.
    package var filter: String?
    /// IP addresses reserved for testing: only requests sent to them are served by this environment. Empty with a
    /// filter: the filter alone chooses, on production addresses.
    package var stagingAddresses: [String]
    /// Deploying a draft here locks it for good.
    package var lockOnDeploy: Bool

    package init(
        name: ResourceName, rank: Int, filter: String?, stagingAddresses: [String], lockOnDeploy: Bool
    ) {
        self.name = name
        self.rank = rank
        self.filter = filter
        self.stagingAddresses = stagingAddresses
        self.lockOnDeploy = lockOnDeploy
    }

    package var isProduction: Bool { name.rawValue == "production" }
}

/// Which version of an application an environment serves. Changes only by assign, promote, roll back.
package struct Assignment: Hashable, Sendable, Codable {
    package var application: ResourceName
    package var environment: ResourceName
    package var version: Int

    package init(application: ResourceName, environment: ResourceName, version: Int) {
        self.application = application
        self.environment = environment
        self.version = version
    }
}
