import FoundationEssentials
import Glibc

/// A certificate authority of a test, made with openssl, and certificates by it.
package struct TestAuthority: Sendable {
    package let folder: TemporaryDirectory
    private let name: String

    /// PEM file with the authority's own certificate.
    package var file: String { folder.path(name + ".crt") }

    package static func make(in folder: TemporaryDirectory, name: String = "authority") async throws -> TestAuthority {
        let authority = TestAuthority(folder: folder, name: name)
        try await authority.request(name, ["-days", "30", "-subj", "/CN=\(name)"])
        return authority
    }

    /// Issues a certificate for some hosts; its file and its key's, which is readable by its owner only.
    @discardableResult
    package func issue(
        _ name: String, hosts: [String], days: Int = 90
    ) async throws -> (certificate: String, key: String) {
        let names = hosts.map { "DNS:\($0)" }.joined(separator: ",")
        try await request(
            name,
            [
                "-days", String(days), "-subj", "/CN=\(name)", "-addext", "subjectAltName=\(names)", "-CA", file,
                "-CAkey",
                folder.path(self.name + ".key"),
            ])
        return (folder.path(name + ".crt"), folder.path(name + ".key"))
    }

    private func request(_ name: String, _ options: [String]) async throws {
        let key = folder.path(name + ".key")
        let arguments =
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
                "-out", folder.path(name + ".crt"),
            ] + options
        let finished = try await ChildProcess.run("openssl", arguments)
        guard finished.exit.isSuccess else { throw Failed(arguments: arguments, errors: finished.errors) }
        chmod(key, 0o600)
    }

    package struct Failed: Error, CustomStringConvertible {
        package let arguments: [String]
        package let errors: String
        package var description: String { "openssl \(arguments.joined(separator: " ")): \(errors.suffix(500))" }
    }
}
