/// A certificate that vouches for itself, made anew for a test by `openssl`.
package struct TestCertificate: Sendable {
    /// PEM files in the folder that was given.
    package let certificate: String
    package let key: String
    /// The certificate's PEM text: also the authority to trust.
    package let authority: String

    /// - Parameter names: DNS names and IP addresses, as `DNS:origin.test` or `IP:127.0.0.1`; the first one names the
    ///   files.
    package static func make(_ names: String..., in folder: TemporaryDirectory) async throws -> TestCertificate {
        let stem = (names.first ?? "certificate").map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
        let (certificate, key) = (folder.path(stem + ".pem"), folder.path(stem + ".key"))
        let made = try await ChildProcess.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=test", "-addext", "subjectAltName=" + names.joined(separator: ","), "-keyout", key,
                "-out", certificate,
            ])
        guard made.exit.isSuccess else { throw NotMade(errors: made.errors) }
        return TestCertificate(certificate: certificate, key: key, authority: try folder.read(stem + ".pem"))
    }

    package struct NotMade: Error, CustomStringConvertible {
        package let errors: String
        package var description: String { "openssl made no certificate: \(errors)" }
    }
}
