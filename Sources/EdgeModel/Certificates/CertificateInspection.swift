package import EdgePlan

/// What a certificate says of itself, as far as serving with it goes.
package struct CertificateFacts: Hashable, Sendable, Codable {
    /// DNS names it vouches for, lower case, `*.` allowed as first label.
    package var names: [String]
    package var notBefore: Timestamp
    package var notAfter: Timestamp

    package init(names: [String], notBefore: Timestamp, notAfter: Timestamp) {
        self.names = names
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// RFC 6125 §6.4.3: a wildcard stands for exactly one label. A wildcard host needs the same wildcard.
    package func covers(_ host: String) -> Bool {
        if names.contains(host) { return true }
        guard let dot = host.firstIndex(of: "."), !host.hasPrefix("*.") else { return false }
        return names.contains("*" + host[dot...])
    }
}

/// What was found when a certificate and its key were looked at on some machine.
package struct CertificateInspection: Hashable, Sendable, Codable {
    /// Why nobody can be served with the two files.
    package struct Problem: Hashable, Sendable, Codable {
        package enum Code: String, Hashable, Sendable, Codable {
            case missing
            case unreadable
            case notCertificate = "not-a-certificate"
            case notKey = "not-a-key"
            case mismatch
        }

        package var code: Code
        package var file: String
        /// Never holds anything of the file's content.
        package var message: String

        package init(_ code: Code, file: String, _ message: String) {
            self.code = code
            self.file = file
            self.message = message
        }
    }

    package var files: CertificateFiles
    /// nil when the certificate cannot be read.
    package var facts: CertificateFacts?
    /// nil: the files can be served with.
    package var problem: Problem?

    package init(files: CertificateFiles, facts: CertificateFacts?, problem: Problem?) {
        self.files = files
        self.facts = facts
        self.problem = problem
    }
}

/// Port: looks at PEM files on this machine, and at PEM text.
package protocol CertificateInspecting: Sendable {
    func inspect(_ files: CertificateFiles) -> CertificateInspection
    /// What is wrong with a text of trusted authorities; nil: nothing.
    func problem(withAuthorities text: String) -> String?
}
