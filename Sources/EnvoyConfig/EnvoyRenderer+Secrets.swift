package import EdgePlan

extension EnvoyRenderer {
    /// The name under which Envoy asks for a certificate: both paths, parted by the colon that none of them has.
    package static func secretName(_ files: CertificateFiles) -> String { "\(files.certificate):\(files.key)" }

    /// - Returns: nil for a name that `secretName` does not make.
    package static func files(ofSecret name: String) -> CertificateFiles? {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy(CertificateFiles.isPath) else { return nil }
        return CertificateFiles(certificate: parts[0], key: parts[1])
    }

    /// The answer to that question. It holds paths; Envoy reads the files itself.
    ///
    /// - Parameter loading: number of the load. Envoy reads files anew when the answer differs from the one before, so
    ///   every second one spells the same paths otherwise.
    package static func secret(_ files: CertificateFiles, loading: Int = 0) throws -> Resource {
        func path(_ text: String) -> String { loading % 2 == 0 ? text : "/." + text }
        let name = secretName(files)
        return try Resource(
            name: name,
            Secret(
                name: name,
                tlsCertificate: .init(
                    certificateChain: DataSource(filename: path(files.certificate)),
                    privateKey: DataSource(filename: path(files.key)))))
    }
}
