import ArgumentParser
import TestKit

/// `edgelab watch`: when did each node first answer with a new value?
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Poll targets back to back until a response header has a value.",
        discussion: """
            Prints one JSON object; times are nanoseconds of CLOCK_MONOTONIC. Exits 1 when a target did not get there.

              edgelab watch --target 127.0.0.10:8080 --host shop.example.com --header x-edge-version --until shop@2
            """)

    @Option(help: "Address to ask; repeat it for several, which are asked in parallel.")
    var target: [HostPort]
    @Option(help: "Value of the Host header.")
    var host: String
    @Option(help: "Path and query to ask for.")
    var path = "/"
    @Option(help: "Name of the response header.")
    var header: String
    @Option(help: "Value to wait for.")
    var until: String
    @Option(name: .customLong("request-header"), help: "A further request header as 'Name: value'; repeatable.")
    var requestHeader: [HeaderOption] = []
    @Option(help: "Longest time to wait, such as 10s or 500ms.")
    var timeout = DurationOption(.seconds(10))

    func run() async throws {
        let started = Monotonic.nanoseconds()
        let sightings = await HeaderWatch.sightings(
            HeaderWatch.Question(
                targets: target, host: host, path: path, headers: requestHeader.map { ($0.name, $0.value) },
                header: header, value: until, within: timeout.duration))
        let all = sightings.allSatisfy { $0.seenAt != nil }
        try Output.line(Report(header: header, value: until, startedAt: started, complete: all, targets: sightings))
        if !all { throw ExitCode.failure }
    }

    private struct Report: Encodable {
        let header: String
        let value: String
        let startedAt: UInt64
        let complete: Bool
        let targets: [HeaderWatch.Sighting]
    }
}

/// `Name: value`, free of line ends, so that it stays one header.
struct HeaderOption: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        guard let colon = argument.firstIndex(of: ":"), !argument.contains(where: \.isNewline) else { return nil }
        name = String(argument[..<colon])
        value = String(argument[argument.index(after: colon)...].drop { $0 == " " })
        if name.isEmpty { return nil }
    }
}

/// A duration such as `250ms`, `10s`, `5m`; a number alone is seconds.
struct DurationOption: ExpressibleByArgument {
    let duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        let digits = argument.prefix { $0.isNumber || $0 == "." }
        guard let amount = Double(digits), amount >= 0, amount < 1e6 else { return nil }
        switch argument.dropFirst(digits.count) {
        case "ms": duration = .seconds(amount / 1_000)
        case "", "s": duration = .seconds(amount)
        case "m": duration = .seconds(amount * 60)
        default: return nil
        }
    }

    var defaultValueDescription: String { "\(duration.components.seconds)s" }
}
