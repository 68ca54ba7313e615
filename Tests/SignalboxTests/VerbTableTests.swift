import Testing

@testable import signalbox

/// Resource by operation: everything can be listed, shown, made, changed and removed, or there is a reason why not.
@Suite struct VerbTableTests {
    private enum Cell {
        case verb(String)
        case gap(String)
    }

    private static let table: [(resource: String, list: Cell, show: Cell, create: Cell, change: Cell, remove: Cell)] = [
        (
            "zone", .verb("zone list"), .verb("zone show"), .verb("zone import"), .verb("zone import"),
            .verb("zone remove")
        ),
        (
            "app", .verb("app list"), .verb("app show"), .verb("app create"),
            .gap("an application has nothing but its versions that could change"), .verb("app remove")
        ),
        (
            "version", .verb("version list"), .verb("version show"), .verb("version create"), .verb("version apply"),
            .gap("versions are kept for good, so that every rollback finds its target")
        ),
        ("rule", .verb("rule list"), .verb("rule show"), .verb("rule add"), .verb("rule change"), .verb("rule remove")),
        (
            "list", .verb("list list"), .verb("list show"), .verb("list create"), .verb("list add"),
            .verb("list delete")
        ),
        ("env", .verb("env list"), .verb("env show"), .verb("env create"), .verb("env change"), .verb("env remove")),
        (
            "staging", .verb("staging list"), .gap("an address is no more than its row in the list"),
            .verb("staging reserve"), .verb("staging reserve"), .verb("staging release")
        ),
        (
            "plan", .gap("plans are made when asked for and not kept"), .verb("plan promote"), .verb("plan assign"),
            .gap("another change is another plan"), .gap("plans are not kept")
        ),
        (
            "history", .verb("history list"), .verb("history show"), .verb("promote"),
            .gap("the journal only grows"), .verb("undo")
        ),
        (
            "audit", .verb("audit list"), .gap("an entry is no more than its row in the list"),
            .gap("every change writes its own entry"), .gap("the audit only grows"), .gap("the audit only grows")
        ),
        (
            "node", .verb("node list"), .verb("node show"), .verb("node create"), .verb("node token"),
            .verb("node remove")
        ),
        (
            "images", .verb("images source list"), .verb("images source show"), .verb("images source add"),
            .verb("images source edit"), .verb("images source remove")
        ),
        (
            "config", .verb("config show"), .verb("config show"), .verb("config set"), .verb("config set"),
            .verb("config unset")
        ),
        (
            "state", .gap("a verb works on one state"), .verb("state path"), .verb("init"), .verb("state migrate"),
            .gap("removing everything is left to rm")
        ),
    ]

    @Test func everyVerbOfTheTableExists() {
        let known = Set(VerbTree.all().map { $0.words.joined(separator: " ") })
        for row in Self.table {
            for cell in [row.list, row.show, row.create, row.change, row.remove] {
                switch cell {
                case .verb(let words): #expect(known.contains(words), "\(row.resource): no verb '\(words)'")
                case .gap(let reason): #expect(!reason.isEmpty, "\(row.resource): a gap without a reason")
                }
            }
        }
    }

    @Test func everyResourceStandsInTheTable() {
        let resources = Set(Self.table.map(\.resource))
        // The language is nobody's resource.
        let verbs = Set([
            "promote", "rollback", "undo", "trace", "serve", "status", "doctor", "init", "completions", "rules",
            // What is observed is nobody's to make or change.
            "traffic", "events",
            // A face of everything, and how it looks.
            "console", "theme",
            // Has resources of its own, below it.
            "email",
        ])
        let nouns = VerbTree.all().filter { $0.words.count == 1 }.map { $0.words[0] }
        #expect(Set(nouns).subtracting(verbs) == resources)
    }

    @Test func wordsOfTheCommandLineAreNoNames() {
        // A resource called like a verb would make commands ambiguous to read; `staging` is everybody's environment, and
        // sites are called events or traffic; an application may have been called after a noun that came later.
        let nouns = VerbTree.all().filter { $0.words.count == 1 }.map { $0.words[0] }
        let later: Set = ["staging", "state", "events", "traffic", "list", "theme", "email", "images"]
        for noun in nouns where !later.contains(noun) {
            #expect((try? Names.application(noun)) == nil, "'\(noun)' can be the name of an application")
        }
    }
}
