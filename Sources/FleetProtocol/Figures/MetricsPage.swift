/// Text in the Prometheus exposition format 0.0.4; label values of any text are escaped.
struct MetricsPage {
    enum Kind: String { case counter, gauge, histogram }

    private(set) var text = ""
    private var name = ""

    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ value: Int, _ labels: [(String, String)], suffix: String = "") {
        line(String(value), labels, suffix: suffix)
    }

    mutating func sample(milliseconds: Int64, _ labels: [(String, String)]) {
        line(Self.seconds(microseconds: Int(milliseconds) * 1000), labels)
    }

    mutating func line(_ value: String, _ labels: [(String, String)], suffix: String = "") {
        let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        text += "\(name)\(suffix){\(list)} \(value)\n"
    }

    /// `0.0005`, `2.5`, `10`
    static func seconds(microseconds: Int) -> String {
        let fraction = String(microseconds % 1_000_000)
        var padded = String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
        while padded.hasSuffix("0") { padded.removeLast() }
        return padded.isEmpty ? String(microseconds / 1_000_000) : "\(microseconds / 1_000_000).\(padded)"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
