package import EdgeModel
package import EdgePlan

/// Looks at every certificate that a plan names, as far as it lies on this machine, and at the authorities of origins.
package struct CertificateCheck: PlanCheck {
    package let name = "certificates"
    private let inspector: any CertificateInspecting
    private let now: Timestamp

    package init(_ inspector: any CertificateInspecting = CertificateInspector(), now: Timestamp) {
        self.inspector = inspector
        self.now = now
    }

    package func findings(for plan: EdgePlan) async -> [Finding] { look(at: plan) }

    package func look(at plan: EdgePlan) -> [Finding] {
        let own = plan.certificates.flatMap { entry in
            findings(zone: entry.zone, hosts: entry.hosts, entry.files)
        }
        let origins = plan.origins.compactMap { origin -> Finding? in
            let problem = origin.tls?.authorities.flatMap { inspector.problem(withAuthorities: $0) }
            return problem.map {
                Finding(
                    .error, "bad-certificate", at: "origin \(origin.name)", "its authorities cannot be used: \($0)",
                    remedy: "paste the file's content as a block text (authorities: |)")
            }
        }
        return own + origins
    }

    /// What this machine cannot see, nodes report: a file that is not here, or that only they may read, is no fault.
    package func findings(zone: String, hosts: [String], _ files: CertificateFiles) -> [Finding] {
        var inspection = inspector.inspect(files)
        var absent: [Finding] = []
        if let problem = inspection.problem, [.missing, .unreadable].contains(problem.code) {
            inspection.problem = nil
            absent = [
                Finding(
                    .info, "certificate-elsewhere", at: "zone \(zone)",
                    "\(problem.file) cannot be read on this machine: \(problem.message)",
                    remedy: "the nodes look at it themselves: signalbox node list")
            ]
        }
        return CertificateFindings.findings(zone: zone, hosts: hosts, inspection, place: "", at: now) + absent
    }
}
