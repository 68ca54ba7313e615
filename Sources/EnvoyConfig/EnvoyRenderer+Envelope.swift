package import EdgePlan

extension EnvoyRenderer {
    /// A zone's plan as the bytes that travel to the module: its encoding in an envelope with its SHA-256.
    package static func envelope(_ zone: ZonePlan) -> [UInt8] {
        let payload = ZonePlanEncoder.encode(zone)
        return PlanEnvelope.wrap(payload, digest: Digest(bytes: CanonicalJSON.hash(payload)))
    }
}
