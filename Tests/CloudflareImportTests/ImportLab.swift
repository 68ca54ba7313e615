import CloudflareImport
import DocumentText
import EdgeModel
import EdgePlan
import TestKit
import Testing

/// Fixtures, and what every import must hold whatever it was given.
enum ImportLab {
    static let fixtures: [(name: String, zone: String)] = [
        ("acearchive", "acearchive.lgbt"), ("nothingradical", "nothingradical.blog"),
        ("cf-terraforming-v4", "example.com"), ("cf-terraforming-v5", "terraform.cfapi.net"),
        ("lingren", "lingren.org"), ("lsferreira", "lsferreira.net"), ("sefinek", "sefinek.net"),
        ("shapes", "shop.example"), ("vaccinespotter", "vaccinespotter.org"),
    ]

    static func documents(_ name: String) throws -> [(file: String, value: DocumentValue)] {
        let files = Golden.names(folder: "Fixtures/\(name)", suffix: ".json")
        try #require(!files.isEmpty, "no fixture \(name)")
        return try files.map {
            ($0, try DocumentText.read(try Golden.input($0, folder: "Fixtures/\(name)")).value)
        }
    }

    static func run(_ documents: [(file: String, value: DocumentValue)], zone: String) -> CloudflareImport {
        var export = CloudflareExport()
        for document in documents { export.add(document.value, from: document.file) }
        return CloudflareImport(export, zone: zone)
    }

    static func run(_ json: String, zone: String = "shop.example") throws -> CloudflareImport {
        run([("input", try DocumentText.read(json).value)], zone: zone)
    }

    static func document(_ zone: ZoneDocument) -> DocumentValue {
        ZoneDocument.write(name: zone.name, hosts: zone.hosts, configuration: zone.configuration)
    }

    /// What is wrong with the zone as a zone file and at the compiler; empty when it can be served.
    static func errors(in zone: ZoneDocument) -> [Finding] {
        let (read, findings) = ZoneDocument.read(DocumentNode(document(zone)))
        var errors = findings.filter { $0.severity == .error }
        if read?.configuration.digest != zone.configuration.digest {
            errors.append(Finding(.error, "round-trip", at: zone.name, "it is not read as it was written"))
        }
        var compiler = ConfigurationCompiler(
            EdgeSnapshot.Content(
                id: ConfigurationID(rawValue: 1), digest: zone.configuration.digest, application: nil, version: nil,
                configuration: zone.configuration))
        _ = compiler.compile()
        return errors + compiler.findings.filter { $0.severity == .error }
    }

    /// Things in a set of answers, counted by their looks alone.
    static func count(_ documents: [DocumentValue]) -> Int {
        var rules: [String: Int] = [:]
        var seen: Set<String> = []
        var total = 0
        var unnamed = 0
        func look(_ value: DocumentValue) {
            switch value {
            case .null: break
            case .array(let items): for item in items { look(item) }
            case .object(let members):
                if let result = value["result"], value["success"] != nil { return look(result) }
                unnamed += 1
                let id = value["id"]?.leafText ?? "unnamed \(unnamed)"
                if value["phase"] != nil, value["kind"] != nil {
                    let isZone = value["kind"] == .string("zone")
                    let id = id + (value["phase"]?.leafText ?? "")
                    if case .array(let list)? = value["rules"] {
                        rules[id] = list.count
                    } else if rules[id] == nil {
                        rules[id] = isZone ? -1 : 0
                    }
                } else if value["name_servers"] != nil {
                    return
                } else if value["id"] != nil || value["type"] != nil {
                    // Zones have settings and records of one name; settings have no name.
                    let kind = value["targets"] != nil ? "page" : value["type"] != nil ? "record" : "other"
                    guard value["id"] == nil || seen.insert("\(kind) \(id) \(value["name"]?.leafText ?? "")").inserted
                    else { return }
                    total += 1
                    if value["targets"] != nil, case .array(let actions)? = value["actions"] { total += actions.count }
                } else {
                    for member in members { look(member.value) }
                }
            default: total += 1
            }
        }
        for document in documents { look(document) }
        return total + rules.values.reduce(0) { $0 + abs($1) }
    }
}
