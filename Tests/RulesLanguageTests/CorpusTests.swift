import RulesLanguage
import TestKit
import Testing

/// What is accepted and what is refused, with canonical text and carets: read `Goldens/expressions.txt`.
@Suite struct CorpusTests {
    @Test func everyExpressionIsAcceptedOrRefusedAsWritten() throws {
        var report = ""
        for line in try Golden.input("expressions.input.txt").split(separator: "\n") where !line.hasPrefix("#") {
            let text = String(line.dropFirst(2))
                .split(separator: "⏎", omittingEmptySubsequences: false).joined(separator: "\n")
                .split(separator: "⇥", omittingEmptySubsequences: false).joined(separator: "\t")
            report += ">\(line.dropFirst(1))\n"
            do throws(ExpressionErrors) {
                let expression = try Expression(text)
                #expect(line.hasPrefix("+"), "accepted: \(text)")
                report += "= \(expression.canonical)\n\n"
            } catch {
                #expect(line.hasPrefix("-"), "refused: \(error.rendered)")
                report += error.rendered + "\n"
            }
        }
        try Golden.check(report, "expressions.txt")
    }

    /// What people who come from other languages, word processors and dashboards write: read `Goldens/mistakes.txt`.
    @Test("Every usual mistake is told with its place, what is wrong and how to mend it")
    func usualMistakes() throws {
        var report = ""
        for line in try Golden.input("mistakes.input.txt").split(separator: "\n") {
            let text = line.split(separator: "⇥", omittingEmptySubsequences: false).joined(separator: "\t")
            do throws(ExpressionErrors) {
                _ = try Expression(text)
                Issue.record("accepted: \(text)")
            } catch {
                report += error.rendered + "\n"
                #expect(error.errors[0].remedy != nil, "\(error.rendered)")
            }
        }
        try Golden.check(report, "mistakes.txt")
    }

    @Test func valueExpressions() throws {
        var report = ""
        let texts = [
            #""/fixed""#, "http.request.uri.path", #"concat("https://", http.host, "/new", http.request.uri.path)"#,
            #"wildcard_replace(http.request.full_uri, "https://*/a/*", "https://${1}/b/${2}")"#,
            #"http.request.headers["x"][0]"#, "to_string(cf.edge.server_port)",
            #"http.host eq "a""#, "cf.edge.server_port", "http.request.headers", #"http.request.headers["x"][*]"#, "5",
            "", #""a" "b""#, "ssl",
        ]
        for text in texts {
            report += "> \(text)\n"
            do throws(ExpressionErrors) {
                report += "= \(try Expression(text, mode: .value).canonical)\n\n"
            } catch {
                report += error.rendered + "\n"
            }
        }
        try Golden.check(report, "values.txt")
    }

    @Test func fieldsAndFunctionsAreAsPromised() throws {
        var report = ""
        for field in Schema.http.fields {
            let alias = field.deprecatedAliasFor.flatMap(Schema.http.field)?.name
            report += "\(field.id.rawValue) \(field.name): \(field.type) \(field.side)"
            report += (field.filledByEdge ? "" : " unfilled") + (alias.map { " = \($0)" } ?? "") + "\n"
        }
        for function in Schema.http.functions {
            report += "\(function.id.rawValue) \(function.signature)\(function.supportedByEdge ? "" : " unsupported")\n"
        }
        try Golden.check(report, "schema.txt")
        let fields = Schema.http.fields
        #expect(Set(fields.map(\.id)).count == fields.count)
        #expect(Set(fields.map(\.name)).count == fields.count)
        #expect(Schema.http.functions.map(\.id) == FunctionID.allCases)
        // Only fields with a slot can be filled.
        for field in fields where field.filledByEdge && field.deprecatedAliasFor == nil {
            #expect(field.id.rawValue < FieldID.slotCount)
        }
        #expect(Schema.http.field(.httpHost)?.name == "http.host")
        #expect(Schema.http.field(.responseMediaType)?.name == "http.response.content_type.media_type")
    }

    @Test func everyGoldenHasATest() {
        #expect(
            Golden.orphans(known: [
                "expressions.input.txt", "expressions.txt", "mistakes.input.txt", "mistakes.txt", "values.txt",
                "schema.txt",
            ]).isEmpty)
    }
}
