import ControlPlane
import DocumentText
import EdgeModel
import FoundationEssentials
import TestKit
import Testing

@testable import signalbox

/// Verbs that only read, run as the program: before there is a state, and on one that holds nothing yet.
@Suite struct ReadingVerbTests {
    /// What each verb does to the state, so that a new one must be put here.
    enum Access {
        /// Lists or looks at the whole: exits 0 without a state and names the next command.
        case whole([String] = [])
        /// Shows one thing that must be there, with arguments that name one.
        case one([String])
        /// Needs no state at all.
        case none([String] = [])
        case writes
    }

    static let verbs: [String: Access] = [
        "zone list": .whole(), "zone show": .one(["example.com"]), "zone example": .none(), "zone import": .writes,
        "zone export": .one(["example.com"]), "zone lint": .one(["example.com"]),
        "zone diff": .one(["example.com", "--cloudflare", "x"]), "zone remove": .writes,
        "app list": .whole(), "app show": .one(["shop"]), "app create": .writes, "app remove": .writes,
        "version list": .whole(), "version show": .one(["shop@1"]), "version diff": .one(["shop@1", "shop@2"]),
        "version create": .writes, "version apply": .writes, "version edit": .writes, "version lock": .writes,
        "version note": .writes, "version tag": .writes, "version untag": .writes, "version export": .one(["shop@1"]),
        "version check": .one(["shop@1"]), "version lint": .one(["shop@1"]),
        "rule list": .whole(), "rule show": .one(["shop"]), "rule add": .writes, "rule change": .writes,
        "rule move": .writes, "rule remove": .writes, "rule enable": .writes, "rule disable": .writes,
        "rule pin": .writes, "rule unpin": .writes, "rule effective": .whole(), "rule lint": .one([]),
        "list list": .whole(), "list show": .one(["office"]), "list create": .writes, "list add": .writes,
        "list remove": .writes, "list import": .writes, "list export": .one(["office"]), "list delete": .writes,
        "email domain list": .whole(), "email domain show": .one(["a.example"]), "email domain add": .writes,
        "email domain enable": .writes, "email domain disable": .writes, "email domain remove": .writes,
        "email destination list": .whole(), "email destination add": .writes, "email destination resend": .writes,
        "email destination verify": .writes, "email destination remove": .writes,
        "email rule list": .whole(), "email rule show": .one(["a.example", "info"]),
        "email rule add": .writes, "email rule change": .writes, "email rule remove": .writes,
        "email rule move": .writes, "email rule enable": .writes, "email rule disable": .writes,
        "email catch-all show": .one(["a.example"]), "email catch-all set": .writes, "email catch-all remove": .writes,
        "email ruleset list": .one(["a.example"]), "email ruleset show": .one(["a.example"]),
        "email ruleset diff": .one(["a.example@1", "a.example@2"]), "email ruleset check": .one(["a.example"]),
        "email ruleset set": .writes, "email ruleset apply": .writes, "email ruleset edit": .writes,
        "email plan": .one(["a.example"]), "email promote": .writes, "email rollback": .writes,
        "email undo": .writes, "email block": .writes,
        "email history": .whole(), "email activity": .whole(), "email stats": .whole(),
        "email worker list": .whole(), "email worker show": .one(["screen"]), "email worker new": .writes,
        "email worker edit": .writes, "email worker remove": .writes,
        "email worker test": .one(["screen", "message.eml", "--to", "info@a.example"]),
        // They look at a Postfix and not at the state.
        "email postfix setup": .writes, "email postfix check": .writes,
        "email dns check": .none(["a.example", "--server", "127.0.0.1:1"]),
        "email explain": .one(["info@a.example"]), "email replay": .one(["a.example"]),
        "rules check": .none(["ssl"]), "rules lint": .none(["ssl"]), "rules compare": .none(["ssl", "(ssl)"]),
        "rules fmt": .none(["(ssl)"]), "rules eval": .none(["ssl"]),
        "rules explain": .none(["ssl"]), "rules fields": .none(), "rules functions": .none(),
        "env list": .whole(), "env show": .one(["staging"]), "env create": .writes, "env change": .writes,
        "env remove": .writes, "env assign": .writes,
        "staging list": .whole(), "staging reserve": .writes, "staging release": .writes,
        "staging probe": .one(["http://example.com/"]),
        "staging curl": .one(["http://example.com/"]), "staging hosts-line": .one(["example.com"]),
        "trace": .one(["http://example.com/"]),
        "plan assign": .one(["staging", "shop@1"]), "plan promote": .one(["shop"]), "plan rollback": .one(["shop"]),
        "plan undo": .one([]), "plan import": .none([]),
        "promote": .writes, "rollback": .writes, "undo": .writes,
        "history list": .whole(), "history show": .one(["1"]), "audit list": .whole(), "audit verify": .one([]),
        "node list": .whole(), "node show": .one(["fra1"]), "node create": .writes, "node remove": .writes,
        "node token": .writes, "node accept-older": .writes,
        "node bootstrap": .writes, "node run": .writes, "serve": .writes,
        "status": .whole(), "doctor": .whole(), "console": .writes, "traffic": .whole(), "events": .whole(),
        "images source list": .whole(), "images source show": .one(["press"]), "images source add": .writes,
        "images source edit": .writes, "images source rotate": .writes, "images source remove": .writes,
        "images source check": .one(["press"]), "images target list": .whole(), "images target show": .one(["media"]),
        "images target add": .writes, "images target edit": .writes, "images target rotate": .writes,
        "images target remove": .writes, "images target check": .one(["media"]), "images survey": .one(["press"]),
        "images migrate": .writes, "images resume": .writes, "images status": .whole(), "images pause": .writes,
        "images abort": .writes, "images retry": .writes, "images tune": .writes, "images report": .one(["1"]),
        "init": .writes, "state path": .none(), "state backup": .one(["copy.db"]), "state check": .one([]),
        "state migrate": .writes, "state restore": .writes,
        "config show": .whole(), "config path": .none(), "config set": .writes, "config unset": .writes,
        "theme list": .none(), "theme preview": .none(["base"]), "theme lint": .none(["base"]),
        "completions bash": .none(), "completions zsh": .none(), "completions fish": .none(),
    ]

    private static func verbs(_ wanted: (Access) -> [String]?) -> [[String]] {
        verbs.keys.sorted().compactMap { words in
            verbs[words].flatMap(wanted).map { words.split(separator: " ").map(String.init) + $0 }
        }
    }

    @Test func everyVerbIsKnownToReadOrToWrite() {
        for verb in VerbTree.all() where verb.isLeaf {
            let words = verb.words.joined(separator: " ")
            #expect(Self.verbs[words] != nil, "does '\(words)' read or write?")
        }
    }

    private func run(_ words: [String], in folder: TemporaryDirectory) async throws -> CommandAnswer {
        let environment: [String: String?] = [
            "HOME": folder.path, "XDG_STATE_HOME": nil, "XDG_CONFIG_HOME": nil, "SIGNALBOX_STATE": nil, "NO_COLOR": "1",
            "SIGNALBOX_ENVOY": nil, "SIGNALBOX_MODULE": nil,
        ]
        return CommandAnswer(
            arguments: words,
            try await ChildProcess.run(
                Checkout.program("signalbox"), words, environment: environment, directory: folder.path))
    }

    @Test func withoutAStateEveryLookAtTheWholeIsEmptyAndNamesInit() async throws {
        let folder = try TemporaryDirectory("reading")
        for words in Self.verbs({ if case .whole(let more) = $0 { more } else { nil } }) {
            let people = try await run(words, in: folder)
            #expect(people.status == 0, "\(people)")
            #expect((people.errors + people.output).contains("signalbox init"), "\(people)")
            let program = try await run(words + ["--output", "json"], in: folder)
            #expect(program.status == 0, "\(program)")
            #expect(program.errors == "", "\(program)")
            #expect(program.json != .null, "\(program)")
            let isList = words.contains("list") || words.contains("effective")
            if isList { #expect(program.output == "[]\n", "\(program)") }
            if isList { #expect(try await run(words + ["--output", "name"], in: folder).output == "") }
        }
        #expect(TestFiles.names(in: folder.path) == [])
    }

    @Test func withoutAStateReadingOneThingMakesNone() async throws {
        let folder = try TemporaryDirectory("reading")
        for words in Self.verbs({ if case .one(let more) = $0 { more } else { nil } }) {
            let answer = try await run(words, in: folder)
            #expect(answer.status == 66, "\(answer)")
            #expect(answer.errors.contains("signalbox init"), "\(answer)")
        }
        for words in Self.verbs({ if case .none(let more) = $0 { more } else { nil } }) {
            _ = try await run(words, in: folder)
        }
        #expect(TestFiles.names(in: folder.path) == [])
    }

    /// Half an answer must not be taken for a whole one; a reader who has seen enough may go.
    @Test(arguments: [("/dev/full", 73), ("/dev/null", 0)])
    func anAnswerThatIsLostIsAnError(place: String, status: Int) async throws {
        let program = try Checkout.program("signalbox")
        for verb in ["rules fields -o json", "theme list", "zone example"] {
            let end = try await ChildProcess.run("/bin/sh", ["-c", "exec '\(program)' \(verb) > \(place)"])
            #expect(end.exit == .exited(Int32(status)), "\(verb): \(end)")
            #expect(end.errors.contains("standard output") == (status != 0), "\(end.errors)")
        }
        let early = try await ChildProcess.run("/bin/sh", ["-c", "'\(program)' rules fields -o json | head -c 10"])
        #expect(early.errors == "" && early.exit.isSuccess, "\(early)")
    }

    /// Nobody answers there, and the report says all the same what it would not have compared.
    @Test func headersThatTellTheVersionAreNotCompared() async throws {
        let folder = try TemporaryDirectory("probe")
        #expect(try await run(["init"], in: folder).status == 0)
        let zone = try ZoneExample.text(zone: "shop.example", origin: "127.0.0.1:1")
        #expect(zone.contains("version_header: x-edge-version"), "\(zone)")
        try folder.write(zone, to: "zone.yaml")
        #expect(
            try await run(["zone", "import", "zone.yaml", "--yes", "--accept-warnings", "--no-wait"], in: folder).status
                != 65)
        let probe = [
            "staging", "probe", "http://shop.example/", "--staging", "127.0.0.1:1", "--against", "127.0.0.1:1",
        ]
        let answer = try await run(probe, in: folder)
        let told = answer.output.split(separator: "\n").first { $0.hasPrefix("not compared: ") } ?? ""
        #expect(told.split(separator: " ").contains("x-edge-version"), "\(answer)")
    }

    @Test func onAnEmptyStateEveryEmptyListNamesACommandThatParses() async throws {
        let folder = try TemporaryDirectory("reading")
        #expect(try await run(["init"], in: folder).status == 0)
        for words in Self.verbs({ if case .whole(let more) = $0 { more } else { nil } }) where words.contains("list") {
            let answer = try await run(words, in: folder)
            #expect(answer.status == 0, "\(answer)")
            guard answer.output.isEmpty else { continue }
            let next = try #require(answer.errors.firstRange(of: "Next: "), "\(answer)")
            #expect(VerbTree.complaint(String(answer.errors[next.upperBound...]).trimmed) == nil, "\(answer)")
            let program = try await run(words + ["--output", "json"], in: folder)
            #expect(program.output == "[]\n" && program.errors == "", "\(program)")
            #expect(try await run(words + ["--quiet"], in: folder).errors == "")
        }
    }
}

/// The command that leads on, step by step, each one taken.
@Suite struct FirstStepsTests {
    @Test func everyStepLeadsToTheNextUntilAPromotion() {
        var steps = FirstSteps()
        var told: [String] = []
        func take(_ change: (inout FirstSteps) -> Void) {
            told.append(steps.next ?? "nothing")
            change(&steps)
        }
        steps.lowest = "staging"
        take { $0.zone = "www.example.com" }
        take { $0.application = FirstSteps.Application(name: "example", latest: "example@1") }
        take { $0.hasRoutingRule = true }
        take { $0.stagingAddress = "::1" }
        take { $0.isServerRunning = true }
        take { $0.node = "node1" }
        take { $0.wasNodeSeen = true }
        take { $0.isStaged = true }
        take { $0.isInProduction = true }
        // Whoever went on without them is told of server and node in the end.
        take { ($0.isServerRunning, $0.node, $0.wasNodeSeen) = (false, nil, false) }
        take { $0.isServerRunning = true }
        take { ($0.node, $0.wasNodeSeen) = ("node1", true) }
        take { _ in }
        #expect(
            told == [
                "signalbox zone example example.com > zone.yaml",
                "signalbox app create example --zone www.example.com",
                "signalbox rule add example --if 'cf.zone.name eq \"www.example.com\"' --use example",
                "signalbox env change staging --staging-address 127.0.0.20",
                "signalbox serve",
                "signalbox node create node1 --region home --token-file node1.token",
                "signalbox node run node1 --token-file node1.token --listen 127.0.0.1:8080 --staging [::1]:8080",
                "signalbox env assign staging example@1",
                "signalbox promote example",
                "nothing",
                "signalbox serve",
                "signalbox node create node1 --region home --token-file node1.token",
                "nothing",
            ])
        for command in told where command != "nothing" { #expect(VerbTree.complaint(command) == nil, "\(command)") }
    }

    /// Not the first of all nodes, nor a token where it is not.
    @Test func aNodeJustRegisteredIsTheOneToRun() async throws {
        let bench = try await StateBench.made()
        try await bench.run(["node", "create", "fra1", "--token-file", bench.folder.path("fra1.token")])
        let listener = try WakeUpListener(statePath: bench.state, answers: [:])
        listener.start()
        let token = bench.folder.path("hil 1.token")
        let made = try await bench.run(["node", "create", "hil1", "--token-file", token])
        listener.stop()
        #expect(made.errors.contains("signalbox node run hil1 --token-file '\(token)'"), "\(made)")
    }

    @Test func whatWasTakenBackIsNotTheNextStep() throws {
        let folder = try TemporaryDirectory("steps")
        let plane = try SampleAccount.make(at: folder.path("state.db"))
        let (shop, production) = (try Names.application("shop"), try Names.environment("production"))
        let staging = try Names.environment("staging")
        _ = try plane.apply(
            try plane.plan(
                .routing(
                    .add(
                        RoutingRule(
                            name: shop, expression: "cf.zone.name eq \"example.com\"", application: shop, pinned: nil),
                        .last))))
        _ = try plane.apply(try plane.plan(.assign(application: shop, version: 1, environment: staging)))
        func step() throws -> String? {
            var steps = try FirstSteps(plane, isServerRunning: true)
            (steps.node, steps.wasNodeSeen) = ("node1", true)
            return steps.next
        }
        #expect(try step() == "signalbox promote shop")
        _ = try plane.apply(try plane.plan(.promote(application: shop, to: production)))
        _ = try plane.apply(try plane.plan(.rollback(application: shop, environment: production, to: nil)))
        #expect(try step() == nil)
    }

    @Test func everySubjectHasACommandThatParses() {
        for subject in FirstSteps.Subject.allCases {
            let command = FirstSteps().command(for: subject)
            #expect(VerbTree.complaint(command) == nil, "\(command)")
        }
    }

    @Test func theExampleIsAZoneWithoutFindings() throws {
        let text = try ZoneExample.text(zone: "shop.example", origin: "[::1]:9000")
        let edit = try ControlPlane.zoneEdit(from: try DocumentText.read(text))
        guard case .put(let name, let hosts, _, let configuration) = edit else { throw CancellationError() }
        #expect(name == "shop.example")
        #expect(hosts == ["shop.example", "www.shop.example"])
        #expect(configuration.rules.count == 2)
        for bad in ["", "web", "web:0", "a b:80", "'x':80", "::1"] {
            #expect(throws: ErrorReport.self, "\(bad)") { try ZoneExample.text(zone: "a.example", origin: bad) }
        }
    }
}
