internal import EdgeModel

extension ControlPlane {
    /// Enters in the restored state's audit that it was restored, where from, and where the one before is kept.
    package func noteRestoration(from backup: String, keeping replaced: String?) throws {
        let kept = replaced.map { "; the state before is \($0)" } ?? ""
        try mutate { _ in ((), [AuditNote("state.restore", "state", "from \(backup)\(kept)")]) }
    }
}
