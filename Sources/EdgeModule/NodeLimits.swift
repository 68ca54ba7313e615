internal import EdgeEngine

/// The counts of all rate limits of this process. They belong to no plan, so that a new one goes on counting where the
/// one before it stopped; what is no longer asked for makes room by itself.
enum NodeLimits {
    /// Lives as long as the process.
    private static let table = LimitTable()
    private static let shared = table.port

    /// Memory is only taken once a plan has limits.
    static func port(_ needs: RequestNeeds) -> LimitPort { needs.limits ? shared : .none }
}
