package import EdgeModel
package import EdgePlan
internal import Foundation
internal import Glibc
internal import SwiftASN1
internal import X509

/// Reads certificates and keys with swift-certificates.
package struct CertificateInspector: CertificateInspecting {
    /// A chain is some kilobytes.
    private static let limit = 1 << 20

    package init() {}

    package func inspect(_ files: CertificateFiles) -> CertificateInspection {
        typealias Problem = CertificateInspection.Problem
        var facts: CertificateFacts?
        do throws(Problem) {
            let certificate = try Self.certificate(files.certificate)
            facts = Self.facts(certificate)
            let key = try Self.key(files.key)
            guard key.publicKey == certificate.publicKey else {
                throw Problem(.mismatch, file: files.key, "it is not the key of \(files.certificate)")
            }
            return CertificateInspection(files: files, facts: facts, problem: nil)
        } catch {
            return CertificateInspection(files: files, facts: facts, problem: error)
        }
    }

    package func problem(withAuthorities text: String) -> String? {
        guard let documents = try? PEMDocument.parseMultiple(pemString: text), !documents.isEmpty else {
            return "it is no PEM text"
        }
        for (index, document) in documents.enumerated() {
            guard (try? Certificate(pemDocument: document)) != nil else {
                return "certificate \(index + 1) cannot be read"
            }
        }
        return nil
    }

    private static func certificate(_ path: String) throws(CertificateInspection.Problem) -> Certificate {
        let text = try read(path)
        guard let documents = try? PEMDocument.parseMultiple(pemString: text),
            let first = documents.first(where: { $0.discriminator == Certificate.defaultPEMDiscriminator })
        else { throw .init(.notCertificate, file: path, "it holds no certificate as PEM text") }
        // Envoy reads the whole chain and refuses all of it for one that is damaged.
        for document in documents where document.discriminator == Certificate.defaultPEMDiscriminator {
            guard (try? Certificate(pemDocument: document)) != nil else {
                throw .init(.notCertificate, file: path, "a certificate in it is damaged")
            }
        }
        guard let certificate = try? Certificate(pemDocument: first) else {
            throw .init(.notCertificate, file: path, "a certificate in it is damaged")
        }
        return certificate
    }

    private static func key(_ path: String) throws(CertificateInspection.Problem) -> Certificate.PrivateKey {
        let text = try read(path)
        let documents = (try? PEMDocument.parseMultiple(pemString: text)) ?? []
        // `openssl ecparam -genkey` writes the curve before the key.
        let document = documents.first { $0.discriminator.hasSuffix("PRIVATE KEY") }
        guard let key = document.flatMap({ try? Certificate.PrivateKey(pemDocument: $0) }) else {
            throw .init(.notKey, file: path, "it holds no private key as PEM text, or one with a passphrase")
        }
        return key
    }

    /// A regular file's text; its content never enters an error.
    private static func read(_ path: String) throws(CertificateInspection.Problem) -> String {
        func failure() -> CertificateInspection.Problem {
            let code = errno
            return .init(
                code == ENOENT || code == ENOTDIR ? .missing : .unreadable, file: path, String(cString: strerror(code)))
        }
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw failure() }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure() }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
            throw .init(.unreadable, file: path, "it is no file of at most 1 MiB")
        }
        guard let data = try? handle.read(upToCount: limit) ?? Data() else { throw failure() }
        return String(decoding: data, as: UTF8.self)
    }

    private static func facts(_ certificate: Certificate) -> CertificateFacts {
        let alternatives = (try? certificate.extensions.subjectAlternativeNames) ?? SubjectAlternativeNames()
        let names = alternatives.compactMap { name -> String? in
            if case .dnsName(let text) = name { return text.lowercased() }
            return nil
        }
        func time(_ date: Date) -> Timestamp {
            Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
        }
        return CertificateFacts(
            names: names, notBefore: time(certificate.notValidBefore), notAfter: time(certificate.notValidAfter))
    }
}

extension CertificateInspection.Problem: Error {}
