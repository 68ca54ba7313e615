internal import ArgumentParser
internal import EdgeModel
internal import RulesLanguage

/// The rules language itself: nothing here looks at a state.
struct RulesVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Expressions of the rules language: check, format, lint, compare, evaluate, explain.",
        discussion: Examples.text(
            "signalbox rules check 'http.host eq \"example.com\" and ssl'",
            "signalbox rules explain 'ip.src in {10.0.0.0/8}' --url https://example.com/ --ip 10.1.2.3",
            before: "The language is Cloudflare's; no state is needed."),
        subcommands: [
            Check.self, Format.self, Lint.self, Compare.self, Eval.self, Explain.self, Fields.self, Functions.self,
        ])

    struct Fields: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "fields",
            abstract: "List the fields that an expression can ask for.",
            discussion: Examples.text(
                "signalbox rules fields", "signalbox rules fields headers --output name",
                before: "EDGE says whether this edge fills the field; a rule that asks for another never matches."))

        @Argument(help: "Part of the name; all fields without it.") var part: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            var listing = Listing(["FIELD", "TYPE", "SIDE", "EDGE", .flexible("NOTE")])
            let schema = Schema.http
            for field in schema.fields.sorted(by: { $0.name < $1.name })
            where part.map({ field.name.contains($0.lowercased()) }) ?? true {
                let current = field.deprecatedAliasFor.flatMap(schema.field)?.name
                let note = current.map { "outdated name of \($0)" }
                listing.add(
                    field.name,
                    .object([
                        "name": .string(field.name), "type": .string(field.type.description),
                        "side": .string(field.side.rawValue), "filled": .bool(field.filledByEdge),
                        "deprecated_for": current.map { .string($0) },
                    ]), .text(field.name), .text(field.type), .text(field.side.rawValue),
                    field.filledByEdge ? .text("yes", .good) : .text("no", .dim), .text(note ?? ""))
            }
            try Session(global).output.list(listing)
        }
    }

    struct Functions: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "functions",
            abstract: "List the functions with their arguments, and where Cloudflare allows them.",
            discussion: Examples.text(
                "signalbox rules functions", "signalbox rules functions replace --output json",
                before: "EDGE says whether this edge computes the function."))

        @Argument(help: "Part of the name; all functions without it.") var part: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            var listing = Listing(["FUNCTION", "EDGE", .flexible("SIGNATURE"), .flexible("SUMMARY")])
            for function in Self.all where part.map({ function.name.contains($0.lowercased()) }) ?? true {
                listing.add(
                    function.name,
                    .object([
                        "name": .string(function.name), "signature": .string(function.signature),
                        "summary": .string(function.summary), "computed": .bool(function.isComputed),
                        "phases": function.phases.map { .array($0.map { .string($0) }) },
                    ]), .text(function.name),
                    function.isComputed ? .text("yes", .good) : .text("no", .dim), .text(function.signature),
                    .text(function.summary))
            }
            try Session(global).output.list(listing)
        }

        private struct Line {
            let name: String
            let signature: String
            let summary: String
            let isComputed: Bool
            let phases: [String]?
        }

        /// The functions, and the two quantifiers, which are part of the grammar.
        private static var all: [Line] {
            let quantifiers = [("any", "at least one element"), ("all", "every element")].map { name, who in
                Line(
                    name: name, signature: "\(name)(condition: Array<Bool>): Bool",
                    summary: "whether the condition holds for \(who)", isComputed: true, phases: nil)
            }
            let functions = Schema.http.functions.map { function in
                Line(
                    name: function.name, signature: function.signature, summary: function.summary,
                    isComputed: function.supportedByEdge, phases: function.allowedIn)
            }
            return (quantifiers + functions).sorted { $0.name < $1.name }
        }
    }
}
