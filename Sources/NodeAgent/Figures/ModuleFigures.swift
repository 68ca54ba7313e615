internal import EdgeModel
internal import FoundationEssentials

/// What the edge module counted: one JSON object a line, `ConfigurationFigures` or, with a `ref`, `RuleFigures`.
///
/// Rules that never matched are left out: most rules of a large plan, and a report is to stay small.
struct ModuleFigures: Hashable, Sendable {
    var configurations: [ConfigurationFigures] = []
    var rules: [RuleFigures] = []

    /// A line that cannot be read is left out: a module of another version must not stop the rest.
    init(_ text: String) {
        struct Probe: Decodable { var ref: String? }
        let decoder = JSONDecoder()
        for line in text.split(separator: "\n") {
            let data = Data(line.utf8)
            guard let probe = try? decoder.decode(Probe.self, from: data) else { continue }
            if probe.ref != nil {
                if let rule = try? decoder.decode(RuleFigures.self, from: data), rule.hits > 0 { rules.append(rule) }
            } else if let configuration = try? decoder.decode(ConfigurationFigures.self, from: data) {
                configurations.append(configuration)
            }
        }
    }
}
