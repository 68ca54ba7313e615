internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel

struct EventsVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "What was done and what happened, newest first: deployments, nodes, certificates.",
        discussion: Examples.text(
            "signalbox events --since 1h", "signalbox events --kind deployment --kind undo",
            "signalbox events --follow | jq -r .text",
            before: """
                Into a pipe it writes a line of JSON for each event. With --follow the newest come first in their order, \
                then each as it happens, until it is interrupted or nobody reads any more. 'serve' keeps what happens \
                at the nodes.
                """))

    @Option(help: ArgumentHelp("Nothing older, e.g. 1h.", valueName: "duration")) var since: String?
    @Option(help: ArgumentHelp("So many at most.", valueName: "number")) var last = 50
    @Option(help: "Only these: deployment, undo, acknowledgement, change, node or certificate; repeatable.")
    var kind: [ActivityEvent.Kind] = []
    @Flag(help: "Go on with what happens from now on.") var follow = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if let since, DurationText.milliseconds(since) == nil {
            throw ValidationError("--since takes a duration such as 1h.")
        }
        guard (1...10_000).contains(last) else { throw ValidationError("--last takes a number from 1 to 10000.") }
    }

    func run() async throws {
        let session = try Session(global)
        // Whoever did not ask for a form and reads with a program gets one that programs read.
        let isPlain = global.output == nil && session.client.output == nil && !session.output.isTerminal
        guard let plane = try session.planeIfAny() else {
            if !isPlain { session.output.list(EventText.listing([])) }
            return
        }
        let events = try plane.events(
            last: last, kinds: Set(kind),
            since: since.flatMap { DurationText.milliseconds($0) }.map {
                session.output.now.advanced(byMilliseconds: -Int64($0))
            })
        if events.isEmpty, !follow {
            let steps = try FirstSteps(
                plane, isServerRunning: ServerSocket.isAnswering(statePath: session.statePath))
            session.output.hint("Nothing happened. Next: \(session.onThisState(steps.command(for: .history)))")
        }
        var output = session.output
        if isPlain || (follow && output.format == .json) { output.format = .jsonl }
        guard follow else { return output.list(EventText.listing(events)) }
        try await go(on: plane, after: events, output)
    }

    /// How often to look, in milliseconds: nodes' events are written once a second.
    private static let pause = 500
    /// Milliseconds by which an event may become known after it happened.
    private static let slack: Int64 = 120_000

    private func go(on plane: ControlPlane, after events: [ActivityEvent], _ output: Output) async throws {
        FollowedOutput.begin()
        output.list(EventText.listing(events.reversed()))
        var told = Set(events)
        let start = output.now
        while FollowedOutput.isRead {
            try await Task.sleep(for: .milliseconds(Self.pause))
            let oldest = start.advanced(byMilliseconds: -Self.slack)
            let recent = try plane.events(last: 1000, kinds: Set(kind), since: oldest)
            let new = recent.filter { $0.at >= start && !told.contains($0) }
            if !new.isEmpty {
                var output = output
                output.now = TimeText.now()
                output.list(EventText.listing(new.reversed(), hasHeader: false))
            }
            told.formUnion(new)
        }
    }
}

extension ActivityEvent.Kind: ExpressibleByArgument {}

/// The answers of `events`.
enum EventText {
    static func listing(_ events: some Sequence<ActivityEvent>, hasHeader: Bool = true) -> Listing {
        var listing = Listing(
            hasHeader
                ? ["AT", "KIND", .flexible("WHAT"), .flexible("BY"), .flexible("REASON")]
                : ["", "", .flexible(""), .flexible(""), .flexible("")])
        for event in events {
            let style: Style =
                switch event.severity {
                case .info: .plain
                case .warning: .warning
                case .error: .bad
                }
            listing.add(
                event.subject, document(event), .time(event.at), .text(event.kind.rawValue),
                .text(SafeText(event.text), style), .text(event.actor ?? ""), .text(event.reason ?? ""))
        }
        return listing
    }

    private static func document(_ event: ActivityEvent) -> DocumentValue {
        .object([
            "at": .string(event.at.description), "kind": .string(event.kind.rawValue),
            "subject": .string(event.subject), "text": .string(event.text),
            "severity": .string(event.severity.rawValue), "actor": event.actor.map { .string($0) },
            "reason": event.reason.map { .string($0) }, "deployment": event.deployment.map { .int($0) },
            "node": event.node.map { .string($0.rawValue) },
        ])
    }
}
