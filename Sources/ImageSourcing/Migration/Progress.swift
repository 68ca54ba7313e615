/// How a run stands, for whoever watches.
package struct Progress: Hashable, Sendable, Codable {
    package var phase: MigrationMachine.Phase
    package var pass: Int
    package var transfers: Int
    package var underWay: Int
    /// Over the last seconds.
    package var objectsPerSecond: Double
    package var bytesPerSecond: Double
    package var limiter: String
    /// Milliseconds since 1970.
    package var at: Int64
    /// Seconds that what is known to wait will take; nil while names still come in, or nothing moves.
    package var secondsLeft: Double?
    /// Why it failed.
    package var cause: String?
    package var remedy: String?

    package init(
        phase: MigrationMachine.Phase, pass: Int, transfers: Int, underWay: Int, objectsPerSecond: Double = 0,
        bytesPerSecond: Double = 0, limiter: Limiter, at: Int64, secondsLeft: Double? = nil, cause: String? = nil,
        remedy: String? = nil
    ) {
        self.phase = phase
        self.pass = pass
        self.transfers = transfers
        self.underWay = underWay
        self.objectsPerSecond = objectsPerSecond
        self.bytesPerSecond = bytesPerSecond
        self.limiter = limiter.rawValue
        self.at = at
        self.secondsLeft = secondsLeft
        self.cause = cause
        self.remedy = remedy
    }
}
