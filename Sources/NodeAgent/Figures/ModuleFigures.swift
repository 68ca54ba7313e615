internal import EdgeModel
internal import FoundationEssentials

/// What the edge module counted: one JSON object a line, `ConfigurationFigures` of one zone or, with a `ref`,
/// `RuleFigures` of the configuration in the line before.
///
/// Rules that never matched are left out: most rules of a large plan, and a report is to stay small.
struct ModuleFigures: Hashable, Sendable {
    /// Without clusters, which are Envoy's own.
    private(set) var figures = NodeFigures()

    /// A line that cannot be read is left out: a module of another version must not stop the rest.
    init(_ text: String) {
        struct Probe: Decodable { var ref: String? }
        let decoder = JSONDecoder()
        for line in text.split(separator: "\n") {
            let data = Data(line.utf8)
            guard let probe = try? decoder.decode(Probe.self, from: data) else { continue }
            if probe.ref != nil {
                guard var rule = try? decoder.decode(RuleFigures.self, from: data), rule.hits > 0 else { continue }
                rule.zone = figures.configurations.last?.zone
                figures.rules.append(rule)
            } else if let configuration = try? decoder.decode(ConfigurationFigures.self, from: data) {
                figures.configurations.append(configuration)
            }
        }
    }
}
