internal import ImageSourcing
internal import TerminalUI

/// How amounts and states of migrations are written.
extension Words {
    /// `812 B`, `2.3 MB`: decimal, as `images report` has them.
    static func bytes(_ count: Int64) -> TerminalText {
        let units: [TerminalText] = ["B", "kB", "MB", "GB", "TB", "PB"]
        var (value, unit) = (Double(count), 0)
        while value >= 1_000, unit < units.count - 1 {
            value /= 1_000
            unit += 1
        }
        return "\(TerminalText(value, decimals: unit == 0 ? 0 : 1)) \(units[unit])"
    }

    static func bytes(perSecond: Double) -> TerminalText {
        "\(bytes(Int64(perSecond.isFinite ? min(max(0, perSecond), 1e15) : 0)))/s"
    }
}

extension ImagesContent.Run {
    var ink: Role {
        switch state {
        case "failed": .statusBad
        case "interrupted": .statusWarn
        case "paused": .statusPaused
        case "completed": .statusOk
        case "aborted": .textMuted
        default: .statusProgress
        }
    }

    /// What it does now: `812/s`, what limits it, how long it will take.
    var pace: TerminalText? {
        guard facts.isRunning, let progress = facts.progress else { return nil }
        var words: TerminalText =
            "\(Words.rate(progress.objectsPerSecond))/s  \(Words.bytes(perSecond: progress.bytesPerSecond))  limited by \(Words.text(progress.limiter))"
        if let left { words += "  \(left) left" }
        return words
    }

    var left: TerminalText? {
        guard facts.isRunning, let seconds = facts.progress?.secondsLeft, seconds.isFinite, (0..<1e7).contains(seconds)
        else { return nil }
        return Words.duration(Int64(seconds * 1_000))
    }
}

extension ImageStore {
    var kind: TerminalText {
        switch place {
        case .folder: "directory"
        case .s3: "s3"
        case .cloudflare: "cloudflare"
        }
    }

    /// Of a command only that it is one: it may hold what nobody should read.
    var shownCredentials: TerminalText {
        credentials.map { $0.hasPrefix("command:") ? "command:…" : Words.text($0) } ?? .empty
    }
}
