internal import EdgeEngine

/// The counts of all rate limits of this process. They belong to no plan, so that a new one goes on counting where the
/// one before it stopped; what is no longer asked for makes room by itself.
enum NodeLimits {
    /// Lives as long as the process.
    private static let table = LimitTable()
    static let port = table.port
}
