import RulesLanguage
import TestKit
import Testing

@Suite struct ParserTests {
    private func errors(_ text: String, mode: Expression.Mode = .filter) -> [ExpressionError.Code] {
        do throws(ExpressionErrors) {
            _ = try Expression(text, mode: mode)
            return []
        } catch {
            return error.errors.map(\.code)
        }
    }

    @Test func nestingEndsAt128Levels() {
        for (open, close) in [("(", ")"), ("!", ""), ("not ", "")] {
            func nested(_ levels: Int) -> String {
                String(repeating: open, count: levels) + "ssl" + String(repeating: close, count: levels)
            }
            #expect(errors(nested(128)) == [])
            #expect(errors(nested(129)) == [.tooDeep])
        }
        func calls(_ levels: Int) -> String {
            String(repeating: "lower(", count: levels) + "http.host" + String(repeating: ")", count: levels)
                + " eq \"\""
        }
        #expect(errors(calls(128)) == [])
        #expect(errors(calls(129)) == [.tooDeep])
    }

    @Test func lengthEndsAt4096Bytes() {
        let text = "http.host eq \"\""
        let longest = text.dropLast() + String(repeating: "x", count: 4_096 - text.utf8.count) + "\""
        #expect(errors(String(longest)) == [])
        #expect(errors(String(longest) + " ") == [.tooLong])
    }

    @Test func sixtyFourRegexesAreTheLimit() {
        func regexes(_ count: Int) -> String {
            (0..<count).map { "http.host matches \"a\($0)\"" }.joined(separator: " or ")
        }
        #expect(errors(regexes(64)) == [])
        #expect(errors(regexes(65)) == [.tooManyRegexes])
    }

    @Test func allErrorsComeAtOnce() {
        let text = #"foo eq 1 and (http.host eq 5 or ip.src eq 10.0.0.0/8) and http.host wildcard "**" and ssl eq true"#
        #expect(errors(text) == [.unknownIdentifier, .expected, .badAddress, .badWildcard, .trailing])
    }

    /// What stands right of a fault is passed over whole: a fault there is told, and none is made up.
    @Test(arguments: ["AND", "Or", "XOR", "&", "|"])
    func whatIsJoinedInTheWrongWordsIsLookedAtToo(word: String) {
        #expect(errors("ssl \(word) nope eq 2") == [.trailing, .unknownIdentifier])
        #expect(errors("(ssl \(word) nope eq 2) and nor") == [.trailing, .unknownIdentifier, .unknownIdentifier])
        #expect(errors("ssl \(word)") == [.trailing, .expected])
    }

    @Test(
        arguments: [
            (
                #"(split(http.host, ".", 129)[0] == sha512( cf.tls_cipher)) and ssl"#,
                [.argumentValue, .unknownIdentifier]
            ),
            (
                #"not (unknown.name eq strange (http.host, "a)")[0]) or foo"#,
                [.unknownIdentifier, .unknownIdentifier, .unknownIdentifier]
            ),
            (#"(unknown.name eq 10.0.0.1) and ssl"#, [.unknownIdentifier]),
            (
                #"all((split(http.host, "", 2)[*] <=dA:B5:12:Ffand http.request.headers.names[*] eq "a"))"#,
                [.argumentValue]
            ),
            (#"cidr(ip.src, 0, 128) gt 10.34.83.100or ssl"#, [.argumentValue]),
            (#"unknown.name eq -7or ssl"#, [.unknownIdentifier]),
            (#"unknown.name eq ::1xor ssl"#, [.unknownIdentifier]),
            (#"unknown.name eq 0x10or ssl"#, [.unknownIdentifier]),
        ] as [(String, [ExpressionError.Code])])
    func faultsOnTheRightMakeNoOthers(text: String, codes: [ExpressionError.Code]) {
        #expect(errors(text) == codes)
    }

    @Test func usedFieldsFunctionsAndLists() throws {
        let expression = try Expression(
            #"lower(http.host) eq "a" and (ip.src in $b or ip.geoip.country in $a) and any(http.request.headers["x"][*] eq "y")"#
        )
        #expect(
            expression.usedFields.compactMap { Schema.http.field($0)?.name }
                == ["http.host", "http.request.headers", "ip.src", "ip.geoip.country"])
        #expect(expression.usedFunctions == [.lower])
        #expect(expression.usedLists == ["a", "b"])
        #expect(expression.spans(of: .httpHost) == [ByteSpan(6, 15)])
    }

    @Test(arguments: [
        (#"(http.host eq "a")"#, #"http.host=="a""#),
        (#"(ssl && (ssl && !ssl))"#, "ssl and ssl and not ssl"),
        (#"ssl or (ssl and (not (ssl)))"#, "ssl||ssl&&!ssl"),
        (#"http.host eq r"a""#, #"http.host eq "\x61""#),
        ("cf.edge.server_port eq 0x1bb", "cf.edge.server_port == 443"),
        ("ip.src eq 2001:0db8:0:0::1", "ip.src == 2001:db8::1"),
    ])
    func notationDoesNotMatter(left: String, right: String) throws {
        let (left, right) = (try Expression(left), try Expression(right))
        #expect(left.canonical == right.canonical)
        #expect(left == right)
        #expect(left.text != right.text)
    }

    @Test func precedenceIsNotAndXorOr() throws {
        #expect(try Expression("ssl or ssl xor ssl and not ssl") == Expression("ssl or (ssl xor (ssl and (not ssl)))"))
        #expect(try Expression("ssl and ssl or ssl") == Expression("(ssl and ssl) or ssl"))
        #expect(try Expression("(ssl or ssl) and ssl").canonical == "(ssl or ssl) and ssl")
        #expect(try Expression("not (ssl or ssl)").canonical == "not (ssl or ssl)")
    }

    @Test func controlBytesDoNotReachTheTerminal() {
        do throws(ExpressionErrors) {
            _ = try Expression("http.host eq \u{1b}[2J")
            Issue.record("accepted")
        } catch {
            #expect(!error.rendered.unicodeScalars.contains("\u{1b}"))
        }
    }

    /// Printing and parsing again gives the same tree, whatever the tree.
    @Test func canonicalTextReadsBackAsTheSameTree() throws {
        var random = SeededGenerator.announced("canonical text")
        for _ in 0..<2_000 {
            let node = RandomExpression.condition(depth: 4, &random)
            let expression = RandomExpression.expression(node)
            guard expression.canonical.utf8.count <= 4_096 else { continue }
            let again = try Expression(expression.canonical)
            #expect(again == expression, "\(expression.canonical)")
            #expect(again.canonical == expression.canonical)
            #expect(again.root.span == expression.canonicalized.root.span)
        }
    }

    /// No text makes the parser trap or run away, and what it accepts prints and reads back.
    @Test func hostileTextIsRefusedOrUnderstood() throws {
        var random = SeededGenerator.announced("hostile text")
        let pieces = [
            "http.host", "ip.src", "ssl", "http.request.headers", "cf.edge.server_port", " ", " ", " ", "eq", "==",
            "in",
            "{", "}", "(", ")", "[", "]", "[*]", "[\"a\"]", "[0]", "\"", "\"a\"", "r#\"", "\"#", "\\", "and", "or",
            "xor",
            "not", "!", "any(", "all(", "lower(", "concat(", ",", "1", "-", "0x", "..", "10.0.0.0/8", "::1", "$a", "$",
            "\t\t\t\t\t\t\t\t\t\t", ",,,,,", "\"\\q\\q\\q\\q\\q", "matches", "wildcard", "strict wildcard", "*", "**",
            "é", "\u{0}", "\t", "\n", "true", "regex_replace(",
        ]
        for round in 0..<10_000 {
            var text = ""
            for _ in 0..<Int.random(in: 1...24, using: &random) {
                text += pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }
            if round % 500 == 0 { text = String(repeating: text, count: 200) }
            guard let expression = try? Expression(text) else { continue }
            #expect(try Expression(expression.canonical) == expression, "\(text)")
        }
        for deep in ["(", "!", "any(", "lower(", "http.request.headers[\"a\"][", "not ", "{", "\"", "r#", "ssl and ("] {
            _ = try? Expression(String(repeating: deep, count: 4_096 / deep.utf8.count))
            _ = try? Expression(String(repeating: deep, count: 100_000))
            _ = try? Expression(String(repeating: deep, count: 400), mode: .value)
        }
    }

    /// The last error that is reported ends the run: what stands there must not be stepped over from the text's end.
    @Test(arguments: [
        "!" + String(repeating: "\t", count: 20),
        "!" + String(repeating: "\t", count: 20) + "any(ssl)",
        "ip.src in {" + String(repeating: ",", count: 20) + "} and any(",
        "http.host eq \"" + String(repeating: "\\q", count: 20) + "\" and any(",
        "http.host in {\"" + String(repeating: "\\q", count: 20),
        "ssl \"\\",
    ])
    func theTwentiethErrorEndsTheRunWithinTheText(text: String) {
        #expect((1...20).contains(errors(text).count))
        #expect((1...20).contains(errors(text + " ").count))
        #expect((1...20).contains(errors(text, mode: .value).count))
    }

    /// Corpus expressions with bytes changed: errors point into the text, and rendering never fails.
    @Test func mutatedExpressionsHaveErrorsWithinTheText() throws {
        var random = SeededGenerator.announced("mutated text")
        let corpus = try Golden.input("expressions.input.txt").split(separator: "\n").filter { $0.hasPrefix("+") }
        for _ in 0..<5_000 {
            var bytes = Array(corpus[Int.random(in: 0..<corpus.count, using: &random)].dropFirst(2).utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.remove(at: index)
                case 1: bytes[index] = UInt8.random(in: 0...255, using: &random)
                default: bytes.insert(UInt8.random(in: 32...126, using: &random), at: index)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do throws(ExpressionErrors) {
                _ = try Expression(text)
            } catch {
                #expect(!error.errors.isEmpty && error.errors.count <= 20)
                for found in error.errors { #expect(Int(found.span.start) <= text.utf8.count) }
                #expect(error.rendered.contains("Filter parsing error ("))
            }
        }
    }
}
