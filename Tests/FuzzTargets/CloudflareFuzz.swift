import CloudflareImport
import DocumentText
import EdgeModel

/// Answers of Cloudflare's API: whatever is in them, the import ends, its zone is read as it was written and compiles
/// without errors, and what cannot be expressed is told with words.
enum CloudflareFuzz {
    static func run(_ bytes: [UInt8]) {
        guard let value = try? DocumentText.read(bytes: bytes).value else { return }
        var export = CloudflareExport()
        export.add(value, from: "input")
        let result = CloudflareImport(export, zone: "shop.example")
        let zone = result.zone
        let written = ZoneDocument.write(name: zone.name, hosts: zone.hosts, configuration: zone.configuration)
        let (read, findings) = ZoneDocument.read(DocumentNode(written))
        let errors = findings.filter { $0.severity == .error }
        hold(errors.isEmpty, "an imported zone has no errors: \(errors)")
        hold(read?.configuration.digest == zone.configuration.digest, "an imported zone is read as it was written")
        ZoneFuzz.checkPlan(zone, true)
        for item in result.report.items where item.outcome == .notExpressible {
            hold(!item.words.isEmpty, "what is not expressible has words: \(item.name)")
        }
        _ = (result.report.text, result.report.document.json())
    }
}
