import FoundationEssentials

/// One line of the table.
struct Row: Codable, Sendable {
    let what: String
    let measured: String
    /// What the project aims at; empty: a figure for comparison only.
    var aim = ""
    /// nil where there is no aim.
    var holds: Bool?
    /// The same of something else, e.g. nginx.
    var beside = ""
    /// Measured over beside; below 1 is better.
    var ratio: Double?
    /// Every figure with its unit in the name.
    var figures: [String: Double] = [:]
    /// How it was measured and what is to be known when reading it.
    var notes: [String] = []
}

/// A measurement of one row or several.
protocol Benchmark {
    /// For progress on standard error.
    static var title: String { get }
    func rows() async throws -> [Row]
}

extension Benchmark {
    func labelled() async throws -> [Row] {
        Progress.say("\(Self.title) …")
        return try await rows()
    }
}

struct Report: Encodable {
    let quick: Bool
    let machine: Machine
    /// As ``Machine/noise`` once more at the end.
    let noiseAfter: Machine.Noise
    let rows: [Row]

    /// What of a report goes into another.
    struct Rows: Decodable {
        let rows: [Row]

        init(json: [UInt8]) throws {
            let decoder = JSONDecoder()
            decoder.nonConformingFloatDecodingStrategy = .convertFromString(
                positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            self = try decoder.decode(Self.self, from: Data(json))
        }
    }

    /// All figures; one that could not be had, as there was nothing to measure, is `"nan"`.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    var text: String {
        let head = ["what", "measured", "aim", "", "beside", "ratio"]
        let body = rows.map { row in
            [
                row.what, row.measured, row.aim, row.holds.map { $0 ? "✓" : "✗" } ?? "", row.beside,
                row.ratio.map { "× \(Figure.short($0))" } ?? "",
            ]
        }
        let widths = head.indices.map { column in ([head] + body).map { $0[column].count }.max() ?? 0 }
        let lines = ([head] + body).map { cells in
            zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }
        var text = [lines[0], widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")]
        text += lines.dropFirst() + [""]
        if quick { text.append("a quick run: too few samples to rely on") }
        text.append("machine: \(machine.text); at the end: \(noiseAfter.text)")
        for row in rows where !row.notes.isEmpty {
            text.append("\n\(row.what)")
            text += row.notes.map { "  \($0)" }
        }
        return text.joined(separator: "\n")
    }
}

/// Numbers as people read them.
enum Figure {
    /// Three significant digits.
    static func short(_ value: Double) -> String {
        let magnitude = value.magnitude
        if magnitude > 0, magnitude < 0.001 { return "1/\(short(1 / value))" }
        if magnitude >= 100 || magnitude == 0 { return "\(Int(value.rounded()))" }
        let scale: Double = magnitude >= 10 ? 10 : magnitude >= 1 ? 100 : 1000
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
