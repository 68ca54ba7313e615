import Console
import ControlPlane
import DocumentText
import EdgePlan
import ImageSourcing
import StoreContract
import Synchronization
import TerminalUI
import Testing

@testable import EdgeModel

/// A console on an account in memory: a zone, applications, versions; traffic as a test tells it; nothing of it real but
/// the library.
final class NightShift: Sendable {
    let store = MemoryStore()
    /// Milliseconds; moved by tests.
    private let clock = Mutex<Int64>(1_800_000_000_000)
    let traffic = Mutex<[LiveFigures]?>([])
    let failures = Mutex<[FailingRequest]>([])
    let edits = Mutex<[@Sendable (String) -> String]>([])
    let commands = Mutex<[[String]]>([])
    /// Sources are not taken.
    let refusesSources = Mutex(false)
    let kept = Mutex<[Choice]>([])
    /// What ledgers of migrations say, by run.
    let ledgers = Mutex<[Int: ImageRunFacts]>([:])
    let ledgerReads = Mutex(0)

    init() throws { try plane().initialize(stagingAddresses: ["127.0.0.21", "127.0.0.22"]) }

    func plane(as name: String = "ada") -> ControlPlane {
        ControlPlane(
            store: store, actor: Actor(name: name, uid: 1000),
            now: { self.clock.withLock { Timestamp(milliseconds: $0) } },
            random: { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 13) } })
    }

    var now: Timestamp { clock.withLock { Timestamp(milliseconds: $0) } }

    func advance(seconds: Int64) { clock.withLock { $0 += seconds * 1000 } }

    // MARK: the account

    /// Zone example.com, application shop of it with versions 1 to 3, of which production went from 1 to 2 and staging
    /// has 3.
    static func withShop() throws -> NightShift {
        let shift = try NightShift()
        try shift.application("shop", zone: "example.com")
        for (number, note) in [(2, "new checkout"), (3, "banner for the sale")] {
            try shift.draft("shop", note: note, path: "/campaign/\(number)")
            shift.advance(seconds: 600)
            try shift.apply(.assign(application: name("shop"), version: number, environment: name("staging")))
            if number == 2 { try shift.apply(.promote(application: name("shop"), to: name("production"))) }
        }
        shift.advance(seconds: 3_600)
        return shift
    }

    /// An application of a zone of its own, with version 1 in both environments.
    func application(_ label: String, zone: String) throws {
        let edit = try ControlPlane.zoneEdit(from: DocumentNode(Self.zone(zone)))
        try apply(.zone(edit))
        _ = try plane().createApplication(name(label), from: zone, purpose: "test")
        let rule = RoutingRule(
            name: try name(label), expression: "cf.zone.name eq \"\(zone)\"", application: try name(label), pinned: nil,
            description: "all of \(zone)")
        try apply(.routing(.add(rule, .last)))
        try apply(.assign(application: name(label), version: 1, environment: name("staging")))
        try apply(.promote(application: name(label), to: name("production")))
    }

    /// A draft with one more redirect.
    @discardableResult
    func draft(_ label: String, note: String, path: String) throws -> Version {
        let version = try plane().createVersion(of: name(label), note: note)
        var configuration = try plane().configuration(of: version)
        configuration.rules[.dynamicRedirect, default: []].append(
            Self.redirect("to\(path.replacing("/", with: "-"))", path))
        return try plane().applyVersion(
            VersionReference(application: name(label), selector: .number(version.number)),
            document: DocumentNode(configuration.document)
        ).0
    }

    @discardableResult
    func apply(_ request: ChangeRequest) throws -> Deployment {
        var options = ApplyOptions()
        options.acceptWarnings = true
        return try plane().apply(try plane().plan(request), options)
    }

    func served(_ application: String, in environment: String = "production") throws -> Int? {
        try store.read { tx in
            try tx.assignments().first {
                $0.application.rawValue == application && $0.environment.rawValue == environment
            }?.version
        }
    }

    static func redirect(_ ref: String, _ path: String) -> Rule {
        Rule(
            ref: ref, expression: "http.request.uri.path eq \"\(path)\"", action: "redirect",
            parameters: .object([
                "from_value": .object(["target_url": .object(["value": .string("/new")]), "status_code": .int(301)])
            ]), description: "sends \(path) on")
    }

    private static func zone(_ name: String) -> DocumentValue {
        let configuration = Configuration(rules: [
            .dynamicRedirect: [redirect("old", "/old"), redirect("older", "/older")]
        ])
        guard case .object(let members) = configuration.document else { return .null }
        let origins: DocumentValue = .object([
            "web": .object(["endpoints": .array([.object(["address": .string("127.0.0.41"), "port": .int(9001)])])])
        ])
        return .object(
            [
                DocumentMember("zone", .string(name)),
                DocumentMember("hosts", .array([.string(name), .string("www.\(name)")])),
                DocumentMember("origins", origins),
            ] + members.filter { $0.key != "origins" })
    }

    // MARK: the console

    func services() -> ConsoleHandler.Services {
        ConsoleHandler.Services(
            plane: { _ in self.plane() }, feed: { _ in AsyncStream { $0.finish() } }, tellPublished: { true },
            check: { _ in ([], ["envoy": "passed"]) },
            text: { DocumentText.yaml($0) }, document: { try DocumentText.read($0) },
            editor: { _, text, _ in self.edits.withLock { $0.isEmpty ? { $0 } : $0.removeFirst() }(text) },
            run: { words in
                self.commands.withLock { $0.append(words) }
                if words.starts(with: ["rule", "pin"]), !words.contains("--yes") {
                    return CommandAnswer(
                        status: 77, output: "", errors: "pin…\nerror: it needs a yes",
                        asked:
                            "pin shop to shop@1\n- use shop\n+ use shop@1\nplan \(String(repeating: "ab", count: 32))\n"
                    )
                }
                if words.starts(with: ["email", "block"]), !words.contains("--yes") {
                    return CommandAnswer(
                        status: 77, output: "", errors: "block…\nerror: it needs a yes",
                        asked: """
                            promote example.com@3 (now example.com@2)
                              + from-eve-bad-example  (at 1)
                            plan \(String(repeating: "ab", count: 32))

                            """)
                }
                if words.starts(with: ["zone", "import"]) {
                    return CommandAnswer(
                        status: 66, output: "",
                        errors: """
                            error: \(words[2]): there is no such file
                              next: signalbox zone example NAME > zone.yaml

                            """
                    )
                }
                if words.starts(with: ["images", "source", "add"]), self.refusesSources.withLock(\.self) {
                    return CommandAnswer(
                        status: 69, output: "", errors: "error: there is no bucket wrie\n  next: mend its name\n")
                }
                if words.starts(with: ["images", "pause"]) {
                    return CommandAnswer(status: 0, output: "run \(words[2]) will pause\n", errors: "")
                }
                return CommandAnswer(
                    status: 0, output: "said by \(words.joined(separator: " "))\nand more\n", errors: "")
            },
            imageRun: { run, _ in
                self.ledgerReads.withLock { $0 += 1 }
                return self.ledgers.withLock { $0[run.id] } ?? ImageRunFacts()
            },
            describe: { Problem($0) },
            theme: { name in
                guard name != "none" else { throw Problem(at: "theme none", "there is no such theme") }
                return (ResolvedTheme(name: name, depth: .mono, looks: [:]), name == "broken" ? ["line 3"] : [])
            },
            keep: { choice in
                self.kept.withLock { $0.append(choice) }
                return "~/.config/signalbox/console.toml"
            },
            now: { self.clock.withLock { Timestamp(milliseconds: $0) } }, sleep: { _ in })
    }

    var live: LivePicture? {
        guard var live = traffic.withLock(\.self).map(picture) else { return nil }
        live.failing = failures.withLock(\.self)
        return live
    }

    /// Who fills in the form of a new source as far as the question for its credentials.
    func operatorAddingASource(_ name: String, at location: String) async throws -> Operator {
        var console = try await operatorAt("sources")
        try await console.press("+")
        await console.type(name)
        try await console.press("Tab")
        await console.type(location)
        try await console.press("Tab Tab Tab Tab")
        return console
    }

    func operatorAt(
        _ path: String? = nil, size: TerminalSize = TerminalSize(columns: 100, rows: 30), readOnly: Bool = false
    ) async throws -> Operator {
        var setup = ConsoleModel.Setup(
            state: "/var/lib/signalbox/state.db", context: "edge1", isReadOnly: readOnly, theme: .plain(.indexed256),
            themes: ["plain", "edge-dark", "broken"],
            startedAt: clock.withLock { Timestamp(milliseconds: $0) }, path: path, actor: "ada")
        setup.commands = CommandVerb.some
        var simulator = Simulator<Console>(ConsoleModel(setup), size: size)
        simulator.send(.started)
        let handler = ConsoleHandler(services())
        await simulator.settle(handler)
        simulator.send(.outcome(.live(live)))
        await simulator.settle(handler)
        return Operator(simulator: simulator, handler: handler)
    }
}

func name(_ text: String) throws -> ResourceName { try #require(ResourceName(rawValue: text)) }

/// Lately so many requests a second, so many of them failed.
func figures(_ application: String, _ version: Int, perSecond: Double = 20, failing: Int = 0) -> LiveFigures {
    let all = Int(perSecond * 10)
    var latency = LatencyFigures()
    latency.counts[1] = all - all / 10
    latency.counts[3] = all / 10
    return LiveFigures(
        TrafficSubject(.version, "\(application)@\(version)"),
        counts: TrafficCounts(requests: all, statusClasses: [0, all - failing, 0, 0, failing], latency: latency),
        perSecond: perSecond, age: 500)
}

/// What is live, when only these figures are known.
func picture(_ figures: [LiveFigures]) -> LivePicture {
    LivePicture(at: Timestamp(milliseconds: 1_800_000_000_000), figures: figures, nodes: [], failing: [])
}
