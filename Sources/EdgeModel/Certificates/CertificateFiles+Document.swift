package import EdgePlan

extension CertificateFiles {
    package var document: DocumentValue {
        .object(["certificate": .string(certificate), "key": .string(key)])
    }

    /// Reads `tls: {certificate: PATH, key: PATH}`; nil when either is missing or no path.
    static func read(_ node: DocumentNode, at path: String) -> (CertificateFiles?, [Finding]) {
        var reader = DocumentReader(node, at: path)
        var paths: [String: String] = [:]
        for key in ["certificate", "key"] {
            guard let text = reader.string(key) else {
                if !reader.findings.contains(where: { $0.place == reader.place(key) }) {
                    reader.report(
                        "missing-key", key, "TLS needs the file of the \(key)",
                        remedy: "name a PEM file on the nodes, e.g. /etc/signalbox/tls/example.com.\(key)")
                }
                continue
            }
            guard isPath(text) else {
                let isText = text.contains("-----BEGIN")
                reader.report(
                    "bad-path", key,
                    isText ? "the \(key) itself stands here" : "'\(text.prefix(80))' is no path of a file on the nodes",
                    remedy: "name a file by its whole path, without spaces, colons, '.' and '..'; it stays on the nodes"
                )
                continue
            }
            paths[key] = text
        }
        reader.finish(known: ["certificate", "key"])
        guard let certificate = paths["certificate"], let key = paths["key"] else { return (nil, reader.findings) }
        return (CertificateFiles(certificate: certificate, key: key), reader.findings)
    }
}
