import ArgumentParser
import ControlPlane
import DocumentText
import EdgeModel
import EdgePlan
import StoreSQLite
import TestKit
import Testing

@testable import signalbox

/// What people and programs read for every kind of failure, made where possible by failing for real.
@Suite struct ErrorGoldenTests {
    @Test(arguments: Failure.allCases)
    func isToldWithWhatWhereAndNext(failure: Failure) throws {
        let folder = try TemporaryDirectory("errors")
        let error = try #require(throws: (any Error).self) { try ErrorCases(folder: folder).fail(failure) }
        var report = ErrorReport(error)
        report.fallback = "signalbox status --help"
        #expect(report.failure == failure)
        #expect(VerbTree.complaint(report.nextCommand) == nil, "next: \(report.nextCommand)")
        let (text, json) = (Written(), Written())
        text.output().report(report)
        json.output(.json).report(report)
        let golden = "exit status \(report.failure.status)\n\n\(text.error)\n\(json.error)"
            .replacing(folder.path, with: "DIRECTORY")
        try Golden.check(golden, "errors/\(failure.rawValue).txt")
    }

    @Test func noGoldenIsLeftOver() {
        let known =
            Failure.allCases.map { "errors/\($0.rawValue).txt" } + [
                "help.txt", "help-promote.txt", "rules-explain.txt",
            ]
            + StateFault.allCases.map { "faults/\($0.rawValue).txt" }
        #expect(Golden.orphans(known: known) == [])
    }
}

/// A way to each kind of failure.
struct ErrorCases {
    let folder: TemporaryDirectory

    func fail(_ failure: Failure) throws {
        switch failure {
        case .usage: _ = try Names.version("shop@@3")
        case .invalid:
            _ = try ControlPlane.zoneEdit(
                from: try DocumentText.read(
                    "zone: example.com\nhost: [a]\nrules:\n  http_request_firewall_custom:\n    - ref: a\n      expression: 'http.hosst eq \"a\"'\n      action: block\n"
                ))
        case .notFound: _ = try account().application(named: try Names.application("shopp"))
        case .exists:
            _ = try account().createApplication(try Names.application("shop"), from: "example.com", purpose: "")
        case .refused:
            _ = try account().applyVersion(try Names.version("shop@1"), document: try DocumentText.read("settings: {}"))
        case .notConfirmed:
            try Confirmation(session: session(["promote", "shop", "--to", "production"])).ask(
                "promote shop@2 to production?")
        case .conflict:
            let plane = try account()
            let plans = try [1, 2].map {
                try plane.plan(
                    .assign(
                        application: try Names.application("shop"), version: $0,
                        environment: try Names.environment("staging")))
            }
            _ = try plane.apply(plans[0])
            _ = try plane.apply(plans[1])
        case .stale:
            let plane = try account()
            let plan = try plane.plan(
                .assign(
                    application: try Names.application("shop"), version: 2,
                    environment: try Names.environment("staging")))
            _ = try plane.applyVersion(
                try Names.version("shop@2"), document: try DocumentText.read("settings: {version_header: x-version}"))
            _ = try plane.apply(plan)
        case .unavailable:
            throw ErrorReport(
                .unavailable, at: "promote shop@2 to production",
                "committed, but no server runs that would tell the nodes",
                remedy: "signalbox serve", extra: [DocumentMember("committed", .bool(true))])
        case .held:
            throw ErrorReport(
                .held, at: "promote shop@2 to production",
                "committed, but it goes to no further node: fra1 came back without a version 0.4 s after it was given plan 1a2b3c4d5e6f",
                remedy: "signalbox rollback shop --env production", details: ["missing: fra1", "missing: hil1"],
                extra: [DocumentMember("committed", .bool(true))])
        case .timedOut:
            throw ErrorReport(
                .timedOut, at: "promote shop@2 to production",
                "committed, but not every live node has acknowledged it within 30s",
                remedy: "signalbox node list", details: ["missing: hil1"],
                extra: [DocumentMember("committed", .bool(true))])
        case .stateMissing: _ = try SQLiteStore.open(path: folder.path("none.db"), mode: .readOnly)
        case .stateCorrupt:
            let path = try folder.write(String(repeating: "not a database ", count: 100), to: "corrupt.db")
            _ = try SQLiteStore.open(path: path, mode: .readOnly)
        case .stateUnreadable: _ = try SQLiteStore.open(path: folder.path, mode: .readOnly)
        case .stateBusy:
            throw StoreError(
                .busy, at: folder.path("state.db"), "process 4711 (signalbox) holds the write lock",
                remedy: "Wait for it to finish; then repeat. Nothing was changed.")
        case .stateReadOnly:
            throw StoreError(
                .readOnly, at: folder.path("state.db"), "the state can only be read: the file is not writable",
                remedy: "Repeat as its owner.")
        case .stateFull:
            throw StoreError(
                .full, at: folder.path("state.db"), "there is no space left for the state",
                remedy: "Free space on its disk and repeat. Nothing was changed.")
        case .stateNewer:
            throw StoreError(
                .newerSchema, at: folder.path("state.db"), "a newer program wrote this state",
                remedy: "Use that program.")
        case .stateOlder:
            throw StoreError(
                .olderSchema, at: folder.path("state.db"), "an older program wrote this state",
                remedy: "Run `signalbox state migrate`; it makes a backup first. Nothing was touched.")
        case .stateRefused:
            throw StoreError(
                .refused, at: "version shop@1", "a locked version cannot change", remedy: "Nothing was changed.")
        case .io: try TextFile.write("x", to: folder.path("no/such/folder/file"))
        case .internalError:
            struct Unexpected: Error {}
            throw Unexpected()
        case .interrupted: throw CancellationError()
        }
    }

    private func session(_ words: [String]) throws -> Session {
        let environment = ProcessEnvironment(
            variables: { [path = folder.path] in ["HOME": path][$0] }, arguments: ["signalbox"] + words,
            isInputTerminal: false,
            isOutputTerminal: false, isErrorTerminal: false)
        return try Session(try GlobalOptions.parse([]), environment: environment)
    }

    /// A state with zone example.com, application shop and a draft shop@2.
    func account() throws -> ControlPlane { try SampleAccount.make(at: folder.path("state.db")) }
}

enum SampleAccount {
    static func make(at path: String) throws -> ControlPlane {
        let store = try SQLiteStore.open(path: path, mode: .create())
        let plane = ControlPlane(
            store: store, actor: Actor(name: "ada", uid: 1000), now: { Timestamp(milliseconds: 1_800_000_000_000) },
            random: { [UInt8](repeating: 7, count: $0) })
        try plane.initialize(stagingAddresses: ["127.0.0.20"])
        let document = try DocumentText.read(
            "zone: example.com\nsettings: {default_origin: web}\norigins: {web: {endpoints: [{address: '127.0.0.1', port: 8080}]}}"
        )
        _ = try plane.apply(try plane.plan(.zone(try ControlPlane.zoneEdit(from: document))))
        let shop = try Names.application("shop")
        _ = try plane.createApplication(shop, from: "example.com", purpose: "")
        _ = try plane.createVersion(of: shop, note: "second")
        return plane
    }
}
