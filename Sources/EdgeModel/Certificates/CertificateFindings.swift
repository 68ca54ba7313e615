internal import EdgePlan

/// What is wrong with a zone's certificate, in words.
package enum CertificateFindings {
    /// Days before its end within which a certificate is a finding.
    package static let daysBeforeEnd: Int64 = 21
    private static let day: Int64 = 86_400_000
    /// The same in milliseconds.
    static let noticeBeforeEnd = daysBeforeEnd * day

    /// - Parameter place: where it was looked at, e.g. `node fra1`; empty: on this machine.
    package static func findings(
        zone: String, hosts: [String], _ inspection: CertificateInspection, place: String, at now: Timestamp
    ) -> [Finding] {
        let place = place.isEmpty ? "zone \(zone)" : "\(place), zone \(zone)"
        var findings: [Finding] = []
        if let problem = inspection.problem {
            findings.append(
                Finding(
                    .error, "certificate-\(problem.code.rawValue)", at: place, "\(problem.file): \(problem.message)",
                    remedy: remedy(for: problem)))
        }
        guard let facts = inspection.facts else { return findings }
        let file = inspection.files.certificate
        let left = facts.notAfter.milliseconds - now.milliseconds
        if left < 0 {
            findings.append(
                Finding(
                    .error, "certificate-expired", at: place, "\(file): it ended at \(facts.notAfter)",
                    remedy: "put a new certificate and its key in place; nodes take them up by themselves"))
        } else if left <= daysBeforeEnd * day {
            let days = left / day
            let time = days == 0 ? "within a day" : days == 1 ? "in 1 day" : "in \(days) days"
            findings.append(
                Finding(
                    .warning, "certificate-expiring", at: place, "\(file): it ends \(time), at \(facts.notAfter)",
                    remedy: "put a new certificate and its key in place; nodes take them up by themselves"))
        }
        if facts.notBefore > now {
            findings.append(
                Finding(
                    .error, "certificate-not-yet-valid", at: place, "\(file): it begins at \(facts.notBefore)",
                    remedy: "check the clocks, or wait with using it"))
        }
        let missing = hosts.filter { !facts.covers($0) }
        if !missing.isEmpty {
            findings.append(
                Finding(
                    .warning, "certificate-name-mismatch", at: place,
                    "\(file): it does not name \(missing.joined(separator: ", "))",
                    remedy: "have it issued for every host of the zone; it names \(list(facts.names))"))
        }
        return findings
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", ..." : "")
    }

    private static func remedy(for problem: CertificateInspection.Problem) -> String {
        switch problem.code {
        case .missing: "put the file there, or name another in the zone's 'tls'"
        case .unreadable: "let the user who runs the node read it"
        case .notCertificate: "put PEM text of the certificate and its chain there"
        case .notKey: "put the private key there as PEM text without a passphrase"
        case .mismatch: "put certificate and key of the same pair in place"
        }
    }
}

extension NodeStatus {
    /// What is wrong with the certificates that a node serves with, as far as it reports.
    package func certificateFindings(_ zones: [Zone], at now: Timestamp) -> [Finding] {
        let byFiles = Dictionary(
            (certificates ?? []).map { ($0.files, $0) }, uniquingKeysWith: { first, _ in first })
        return zones.flatMap { zone -> [Finding] in
            guard let inspection = zone.tls.flatMap({ byFiles[$0] }) else { return [] }
            return CertificateFindings.findings(
                zone: zone.name, hosts: zone.hosts, inspection, place: "node \(name)", at: now)
        }
    }
}

extension NodeStatus {
    /// When certificates that a node serves with ended, or came close to it: events that nobody has to tell.
    package func certificateEvents(_ zones: [Zone], at now: Timestamp) -> [ActivityEvent] {
        let used = Set(zones.compactMap(\.tls))
        return (certificates ?? []).filter { used.contains($0.files) }.flatMap { inspection -> [ActivityEvent] in
            guard let end = inspection.facts?.notAfter else { return [] }
            let file = inspection.files.certificate
            func event(_ at: Timestamp, _ text: String, _ severity: Finding.Severity) -> ActivityEvent? {
                guard at <= now else { return nil }
                return ActivityEvent(
                    at: at, kind: .certificate, subject: "node/\(name)", text, severity: severity, node: name)
            }
            return [
                event(
                    end.advanced(byMilliseconds: -CertificateFindings.noticeBeforeEnd),
                    "\(name) serves with \(file), which ends at \(end)", .warning),
                event(end, "\(name) serves with \(file), which has ended", .error),
            ].compactMap(\.self)
        }
    }
}
