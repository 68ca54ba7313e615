internal import RulesLanguage

/// What a request to a zone gets when no condition picks something else.
///
/// Envoy's routes are laid out for it, so that usual requests need neither a header nor a second look-up of the route;
/// the module and the renderer of the routes find it by this one rule.
package struct UsualChoice: Hashable, Sendable {
    /// Index of the configuration within the plan.
    package let configuration: Int
    /// The selector without a condition; nil: none did, and it is the zone's own configuration.
    package let selector: Int?

    /// Nothing can pick anything else.
    package var isOnly: Bool { (selector ?? selectorCount) == 0 }

    private let selectorCount: Int

    /// - Parameter isAlways: whether the selector of a number holds for every request.
    private init(selectorCount: Int, isAlways: (Int) -> Bool, configuration: (Int) -> Int) {
        self.selectorCount = selectorCount
        selector = (0..<selectorCount).first { isAlways($0) }
        self.configuration = selector.map { configuration($0) } ?? 0
    }

    package init(_ zone: ZonePlan) {
        self.init(selectorCount: zone.selectors.count) { index in
            zone.selectors[index].condition.withUnsafeBytes { Program.isAlways($0) }
        } configuration: {
            zone.selectors[$0].configuration
        }
    }

    package init(_ view: ZonePlanView) {
        self.init(selectorCount: view.selectorCount) {
            Program.isAlways(view.program(view.selector($0).program))
        } configuration: {
            view.selector($0).configuration
        }
    }
}

extension ZonePlan {
    /// The origin of usual requests, unless a rule names another.
    package var usualOrigin: String? {
        let index = UsualChoice(self).configuration
        return configurations.indices.contains(index) ? configurations[index].defaultOrigin : nil
    }
}

extension ConfigurationPlan {
    /// What people call it: `shop@2`, or account and id (`777:123`) for a zone's own.
    package func label(account: AccountID) -> String {
        application.map { "\($0)@\(version ?? 0)" } ?? "\(account):\(id)"
    }
}
