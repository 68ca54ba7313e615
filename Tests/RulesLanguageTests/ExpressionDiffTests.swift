import RulesLanguage
import TestKit
import Testing

@Suite("What changed in an expression")
struct ExpressionDiffTests {
    private func changes(_ old: String, _ new: String) throws -> [String] {
        try ExpressionChange.between(Expression(old), Expression(new)).map(\.description)
    }

    @Test("Notation, parentheses and spaces are no change")
    func notation() throws {
        #expect(try changes(#"http.host eq "a" and ssl"#, #"((http.host == "a")  && ssl)"#) == [])
    }

    @Test("Members of a set came and went")
    func members() throws {
        #expect(
            try changes(#"ssl and http.host in {"a" "b"}"#, #"ssl and http.host in {"b" "c" "d"}"#)
                == [#"http.host: +"c" +"d" -"a""#])
        #expect(try changes(#"http.host eq "a""#, #"http.host in {"a" "b"}"#) == [#"http.host: +"b""#])
        #expect(try changes("ip.src in {10.0.0.0/8}", "ip.src in {10.0.0.0/8 192.0.2.1}") == ["ip.src: +192.0.2.1"])
    }

    @Test("A comparison changed")
    func comparison() throws {
        #expect(
            try changes(#"ssl and http.host eq "a""#, #"ssl and http.host eq "b""#)
                == [#"http.host: eq "a" → eq "b""#])
        #expect(
            try changes(
                #"ssl and starts_with(http.request.uri.path, "/a")"#,
                #"ssl and starts_with(http.request.uri.path, "/b")"#)
                == [#"starts_with(http.request.uri.path, "/a") → starts_with(http.request.uri.path, "/b")"#])
        #expect(
            try changes(#"any(http.request.cookies["a"][*] eq "1")"#, #"all(http.request.cookies["a"][*] eq "2")"#) == [
                #"all(http.request.cookies["a"][*] eq "2"): any is now all"#,
                #"http.request.cookies["a"][*]: eq "1" → eq "2""#,
            ])
    }

    @Test("Parts came, went, moved, were negated")
    func parts() throws {
        #expect(try changes("ssl", #"ssl and http.host eq "a""#) == [#"and http.host eq "a": added"#])
        #expect(try changes(#"ssl or http.host eq "a""#, #"http.host eq "a""#) == ["or ssl: removed"])
        #expect(
            try changes(
                #"ssl and http.host eq "a" and http.referer eq "r""#,
                #"http.referer eq "r" and ssl and http.host eq "a""#)
                == [#"http.referer eq "r": moved from 3 to 1, which changes nothing"#])
        #expect(
            try changes(#"ssl and http.host eq "a""#, #"not ssl and http.host eq "a""#) == [
                "not in front of ssl: added"
            ])
        #expect(
            try changes(#"ssl or http.host eq "a""#, #"ssl and http.host eq "a""#) == [
                "parts joined by or are now joined by and"
            ])
        #expect(try changes("ssl", #"http.host eq "a""#) == [#"ssl → http.host eq "a""#])
    }

    @Test("Every random pair has changes exactly when the trees differ")
    func random() throws {
        var random = SeededGenerator.announced("expression diff")
        var different = 0
        for _ in 0..<500 {
            let one = RandomExpression.expression(RandomExpression.condition(depth: 3, &random))
            let other = RandomExpression.expression(RandomExpression.condition(depth: 3, &random))
            #expect(ExpressionChange.between(one, one) == [])
            let changes = ExpressionChange.between(one, other)
            #expect(changes.isEmpty == (one == other), "\(one.text) | \(other.text)")
            if !changes.isEmpty { different += 1 }
        }
        #expect(different > 400)
    }

    @Test("Words that went and came")
    func words() {
        let diff = WordDiff(from: #"http.host in {"a" "b"}"#, to: #"http.host in {"a" "c" "d"}"#)
        #expect(diff.marked == #"http.host in {"a" "[-b-]{+c" "d+}"}"#)
        #expect(WordDiff(from: "x", to: "x").marked == "x")
        #expect(WordDiff(from: "", to: "new").marked == "{+new+}")
    }

    @Test("Runs give both texts back")
    func wordsBothWays() {
        var random = SeededGenerator.announced("word diff")
        let words = ["a", "b", " ", "\"", "x.y", "/", "{", "é", "\n", "  "]
        func text() -> String {
            (0..<Int.random(in: 0...12, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }.joined()
        }
        for _ in 0..<2_000 {
            let (old, new) = (text(), text())
            let runs = WordDiff(from: old, to: new).runs
            #expect(runs.filter { $0.kind != .added }.map(\.text).joined() == old)
            #expect(runs.filter { $0.kind != .removed }.map(\.text).joined() == new)
        }
    }
}
