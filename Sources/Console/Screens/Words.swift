internal import EdgeModel
internal import EdgePlan
internal import TerminalUI

/// How values are written on a screen; the same value is written alike everywhere.
enum Words {
    /// `now`, `42s`, `7m`, `3h`, `12d`: how long ago, rounded down.
    static func age(_ moment: Timestamp, at now: Timestamp) -> TerminalText {
        duration(max(0, now.milliseconds - moment.milliseconds), zero: "now")
    }

    /// What one may type, each with what comes of it.
    static func ways(_ ways: [(command: TerminalText, what: TerminalText)]) -> [StyledLine] {
        ways.map { StyledLine("  " + $0.command.fitted(to: 30), .textKey) + StyledLine($0.what, .text) }
    }

    /// Where the state that was opened has nothing to show.
    static let otherStates = ways([
        ("signalbox state restore FILE", "a backup, when this is left"),
        ("signalbox --state FILE", "another state"),
    ])

    /// `42s ago`, and `now` as it is.
    static func ago(_ moment: Timestamp, at now: Timestamp) -> TerminalText {
        now.milliseconds - moment.milliseconds < 1_000 ? "now" : age(moment, at: now) + " ago"
    }

    /// - Parameter milliseconds: not negative.
    static func duration(_ milliseconds: Int64, zero: TerminalText = "0s") -> TerminalText {
        let seconds = milliseconds / 1_000
        switch seconds {
        case ..<1: return zero
        case ..<60: return "\(seconds)s"
        case ..<3_600: return "\(seconds / 60)m"
        case ..<86_400: return "\(seconds / 3_600)h"
        default: return "\(seconds / 86_400)d"
        }
    }

    /// `21:04:30`: local time, given the minutes that it is ahead of UTC.
    static func clock(_ moment: Timestamp, offset: Int) -> TerminalText {
        let seconds = moment.milliseconds / 1_000 + Int64(offset) * 60
        func two(_ number: Int64) -> TerminalText { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(seconds / 3_600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// `4:52`
    static func clock(left milliseconds: Int64) -> TerminalText {
        let seconds = max(0, milliseconds) / 1_000
        return "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
    }

    /// `1.2k`, `104`, `3.4`, `0`: requests a second.
    static func rate(_ value: Double) -> TerminalText {
        switch value {
        case ..<0.05: "0"
        case ..<10: TerminalText(value, decimals: 1)
        case ..<1_000: TerminalText(value, decimals: 0)
        case ..<10_000: "\(TerminalText(value / 1_000, decimals: 1))k"
        default: "\(TerminalText(value / 1_000, decimals: 0))k"
        }
    }

    /// `0.3 %`, `12 %`; a share that is not nothing is never written as nothing.
    static func share(_ part: Int, of whole: Int) -> TerminalText {
        guard whole > 0, part > 0 else { return "0 %" }
        let percent = Double(part) * 100 / Double(whole)
        if percent < 0.1 { return "<0.1 %" }
        return "\(TerminalText(percent, decimals: percent < 10 ? 1 : 0)) %"
    }

    /// Upper bound of a latency: `≤5ms`, `≤1s`.
    static func latency(_ microseconds: Int?) -> TerminalText {
        guard let microseconds else { return "-" }
        switch microseconds {
        case ..<1_000: return "\(microseconds)µs"
        case ..<1_000_000:
            return "\(TerminalText(Double(microseconds) / 1_000, decimals: microseconds % 1_000 == 0 ? 0 : 1))ms"
        default: return "\(TerminalText(Double(microseconds) / 1_000_000, decimals: 0))s"
        }
    }

    static func count(_ number: Int, _ one: StaticString, _ many: StaticString) -> TerminalText {
        number == 1 ? "1 \(TerminalText(one))" : "\(number) \(TerminalText(many))"
    }

    static func name(_ name: ResourceName) -> TerminalText { TerminalText(untrusted: name.rawValue) }
    static func text(_ text: some StringProtocol) -> TerminalText { TerminalText(untrusted: text) }

    /// First line only: notes and reasons are for one row.
    static func line(_ text: String) -> TerminalText {
        TerminalText(untrusted: text.split(whereSeparator: \.isNewline).first ?? "")
    }

    static func version(_ application: ResourceName, _ number: Int?) -> TerminalText {
        number.map { "\(name(application))@\($0)" } ?? "zone's own"
    }

    static func versionOnly(_ number: Int?) -> TerminalText { number.map { "@\($0)" } ?? "-" }
}

extension Role {
    /// The colour by which an environment is known everywhere.
    static func environment(_ environment: Environment) -> Role {
        environment.isProduction ? .envProd : environment.rank == 0 ? .envDev : .envStaging
    }

    static func severity(_ severity: Finding.Severity) -> Role {
        switch severity {
        case .error: .statusBad
        case .warning: .statusWarn
        case .info: .statusUnknown
        }
    }
}
