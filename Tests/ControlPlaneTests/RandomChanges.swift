import ControlPlane
import EdgeModel
import EdgePlan
import TestKit

/// Changes of every kind, drawn one after another: most of them are applied, some are refused.
struct RandomChanges {
    let account: Account
    var random: SeededGenerator

    private static let zones = (0..<8).map { "z\($0).example" }
    private static let applications = ["red", "blue"]
    private static let conditions = [
        "cf.zone.name eq \"z0.example\"", "cf.zone.name in {\"z1.example\" \"z2.example\"}",
        "cf.zone.name eq \"z3.example\" and starts_with(http.request.uri.path, \"/pay\")",
        "not (cf.zone.name ne \"z4.example\")", "cf.zone.name ne \"z5.example\" and http.host eq \"z6.example\"",
        "starts_with(http.request.uri.path, \"/all\")", "cf.zone.name contains \"z7\"", "true",
        "cf.zone.name eq \"z1.example\" and ip.src in $office",
    ]

    init(_ account: Account, _ random: SeededGenerator) {
        self.account = account
        self.random = random
    }

    private mutating func pick<T>(_ all: [T]) -> T { all[Int.random(in: 0..<all.count, using: &random)] }

    private mutating func document(hosts zone: String? = nil) -> DocumentValue {
        var redirects = (0..<Int.random(in: 0...3, using: &random)).map { redirect("old-\($0)", path: "/old/\($0)") }
        if Int.random(in: 0..<4, using: &random) == 0 { redirects.append(redirect("x", path: "/\(pick(["a", "b"]))")) }
        let hosts = zone.map { pick([[$0], [$0, "www." + $0]]) }
        guard
            case .object(var members) = zone.map({ zoneDocument($0, rules: redirects, hosts: hosts) })
                ?? configuration(redirects)
        else { return .null }
        // Gives a warning, which a plan tells of what it brings and of nothing else.
        if Int.random(in: 0..<3, using: &random) == 0 {
            members.append(DocumentMember("settings", .object([DocumentMember("made_up", .int(1))])))
        }
        return .object(members)
    }

    /// What is done besides planning; nil: a change to be planned was drawn.
    mutating func next() throws -> ChangeRequest? {
        let plane = account.plane()
        let (application, zone) = (try name(pick(Self.applications)), pick(Self.zones))
        let versions = (try? plane.versions(of: application).map(\.version.number)) ?? []
        let environment = try name(pick(["staging", "production"]))
        let ruleName = try name(pick(["one", "two", "three"]))
        switch Int.random(in: 0..<22, using: &random) {
        case 0...3: return .zone(try ControlPlane.zoneEdit(from: DocumentNode(document(hosts: zone))))
        case 4: return .zone(.remove(zone))
        case 5:
            _ = try plane.createApplication(application, from: zone, purpose: "")
            return nil
        case 6, 7:
            let document = document()
            let latest = VersionReference(application: application, selector: .latest)
            _ = try plane.applyVersion(latest, document: DocumentNode(document), copyIfLocked: true)
            return nil
        case 8, 9:
            guard !versions.isEmpty else { return nil }
            return .assign(application: application, version: pick(versions), environment: try name("staging"))
        case 10, 11: return .promote(application: application, to: try name("production"))
        case 12: return .rollback(application: application, environment: environment, to: nil)
        case 13, 14:
            return .routing(
                .add(try rule("\(ruleName)", pick(Self.conditions), "\(application)"), pick([.first, .last])))
        case 15: return .routing(pick([.remove(ruleName), .move(ruleName, .first), .move(ruleName, .last)]))
        case 16: return .routing(.setEnabled(ruleName, pick([true, false])))
        case 17:
            guard !versions.isEmpty else { return nil }
            return .routing(.pin(ruleName, version: pick(versions + [versions[0]])))
        case 18:
            let filter = pick(["http.host eq \"z1.example\"", "cf.zone.name eq \"z2.example\""])
            let preview = Environment(
                name: try name("preview"), rank: 0, filter: filter, stagingAddresses: [], lockOnDeploy: false)
            return .environment(pick([.create(preview), .replace(preview), .remove(preview.name)]))
        case 19: return .settings(EdgeSettings(countryHeader: pick(["x-country", nil])))
        case 20:
            guard let list = ListName(rawValue: "office") else { return nil }
            let items = [ListItem("192.0.2.\(Int.random(in: 1...9, using: &random))")]
            return .list(
                pick([.create(list, .ip, description: "", items: items), .add(list, items), .delete(list)]))
        default: return .undo(nil)
        }
    }
}
