internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import TerminalUI

/// Domains, with the hosts and certificates by which they are served.
enum ZonesScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("zone", "ZONE", .content(8, 32), priority: 9),
            Column("id", "CONFIG", .content(6, 8), right: true, priority: 4),
            Column("hosts", "HOSTS", .rest(16), priority: 7),
            Column("tls", "TLS", .content(4, 40), priority: 5),
            Column("applications", "APPLICATIONS", .content(8, 24), priority: 6),
            Column("changed", "CHANGED", .content(4, 24), right: true, priority: 5),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        context.picture.zones.map { zone in
            let applications = context.picture.status.applications.map(\.application).filter { $0.zone == zone.name }
            return Row(
                zone.name,
                [
                    StyledLine(Words.text(zone.name), .textStrong), StyledLine(Words.text("\(zone.id)"), .textNumber),
                    StyledLine(Words.text(zone.hosts.joined(separator: " ")), .text),
                    zone.tls.map { StyledLine(Words.text($0.certificate), .text) } ?? StyledLine("none", .textMuted),
                    StyledLine(Words.text(applications.map(\.name.rawValue).joined(separator: " ")), .text),
                    StyledLine(Words.age(zone.updatedAt, at: context.now), .textMuted),
                ], keys: [nil, nil, nil, nil, nil, Double(zone.updatedAt.milliseconds)])
        }
    }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? { .zone(id) }
    static func form(_ context: ScreenContext) -> EntryForm? {
        EntryForm(
            "import a zone", ["zone", "import"],
            [EntryForm.Field(id: "file", label: "file", placeholder: "zone.yaml, as zone export writes it")])
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] { ApplicationsScreen.emptiness(context) }
}
