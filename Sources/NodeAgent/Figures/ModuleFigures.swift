internal import EdgeModel
internal import FoundationEssentials

/// What the edge module counted: one JSON object a line, `ConfigurationFigures` with the zone they were counted for or,
/// with a `ref`, `RuleFigures`. Here they are added up by configuration, by rule and by zone.
///
/// Rules that never matched are left out, and zones that nobody asked for: most of them on a large edge, and a report is
/// to stay small.
struct ModuleFigures: Hashable, Sendable {
    /// Without clusters, which are Envoy's own.
    private(set) var figures: NodeFigures

    /// A line that cannot be read is left out: a module of another version must not stop the rest.
    init(_ text: String) {
        struct Probe: Decodable {
            var ref: String?
            var zone: String?
        }
        let decoder = JSONDecoder()
        var lines = NodeFigures()
        var zones: [ZoneFigures] = []
        for line in text.split(separator: "\n") {
            let data = Data(line.utf8)
            guard let probe = try? decoder.decode(Probe.self, from: data) else { continue }
            if probe.ref != nil {
                if let rule = try? decoder.decode(RuleFigures.self, from: data), rule.hits > 0 {
                    lines.rules.append(rule)
                }
            } else if let configuration = try? decoder.decode(ConfigurationFigures.self, from: data) {
                lines.configurations.append(configuration)
                guard let zone = probe.zone, configuration.requests > 0 else { continue }
                zones.append(
                    ZoneFigures(
                        zone: zone, requests: configuration.requests, statusClasses: configuration.statusClasses,
                        latency: configuration.latency))
            }
        }
        lines.zones = zones
        figures = lines.adding(NodeFigures())
    }
}
