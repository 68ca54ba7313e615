import Probes
import Testing
import WebTransport

@Suite struct ProbeComparisonTests {
    private func compare(
        _ staging: ProbeOutcome, _ production: ProbeOutcome, ignoring: VolatileHeaders = .standard
    ) -> ProbeComparison {
        ProbeComparison(staging: staging, production: production, ignoring: ignoring)
    }

    @Test func volatileHeadersNameCaseOrderOfNamesAndTimeMakeNoDifference() {
        let result = compare(
            .answer(
                ProbeAnswer(Sample.response(200, ["Date": "now", "ETag": "a", "Vary": "b"], body: "x", slower: 9))),
            Sample.outcome(200, ["vary": "b", "etag": "a", "date": "then", "x-request-id": "1"], body: "x"))
        #expect(result.verdict == .equal)
        #expect(result.differences.isEmpty)
        #expect(result.phases.map(\.staging) == [12, 127, 1350, 1505, 34])
        #expect(result.phases.map(\.production) == [12, 118, 1350, 1505, 25])
    }

    @Test func everyDifferenceIsNamedWithBothSides() {
        let result = compare(
            Sample.outcome(200, ["Cache-Control": "max-age=60", "Link": "a", "Link": "b"], body: "new"),
            Sample.outcome(404, ["cache-control": "no-store", "link": "b", "link": "a", "X-Old": "1"], body: "old"))
        #expect(result.verdict == .different)
        #expect(
            result.differences == [
                ProbeDifference(.status, staging: ["200"], production: ["404"]),
                ProbeDifference(.header, name: "cache-control", staging: ["max-age=60"], production: ["no-store"]),
                ProbeDifference(.header, name: "link", staging: ["a", "b"], production: ["b", "a"]),
                ProbeDifference(.header, name: "x-old", staging: [], production: ["1"]),
                ProbeDifference(
                    .body,
                    staging: ["sha256:11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437 (3 bytes)"],
                    production: ["sha256:cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4 (3 bytes)"]),
            ])
    }

    @Test func noHeaderIsVolatileUnlessListed() {
        let (left, right) = (Sample.outcome(200, ["Age": "1"]), Sample.outcome(200, ["Age": "2"]))
        #expect(compare(left, right).verdict == .equal)
        #expect(compare(left, right, ignoring: .none).differences.map(\.name) == ["age"])
        let (own, other) = (Sample.outcome(200, ["X-Node": "a"]), Sample.outcome(200, ["X-Node": "b"]))
        #expect(compare(own, other).verdict == .different)
        #expect(compare(own, other, ignoring: .standard.adding(["X-NODE"])).verdict == .equal)
    }

    @Test func lengthIsComparedOnlyWhenBothSidesSayIt() {
        let chunked = Sample.outcome(200, ["Transfer-Encoding": "chunked"])
        #expect(compare(chunked, Sample.outcome(200, ["Content-Length": "0"])).verdict == .equal)
        let differing = compare(
            Sample.outcome(200, ["Content-Length": "10"]), Sample.outcome(200, ["Content-Length": "11"]))
        #expect(differing.differences.map(\.name) == ["content-length"])
    }

    @Test func cookieValuesAreNeitherKeptNorComparedButNamesAndAttributesAre() {
        let cookie = { (text: String) in Sample.outcome(200, ["Set-Cookie": text]) }
        let kept = cookie("sid=topsecret=; Path=/; Expires=Thu, 01 Jan 2026 00:00:00 GMT; HttpOnly")
        #expect(kept.answer?.headers.first?.value == "sid=…; Path=/; Expires=…; HttpOnly")
        #expect(cookie("topsecret").answer?.headers.first?.value == "…")
        #expect(compare(cookie("sid=a; Path=/"), cookie("sid=b; Path=/")).verdict == .equal)
        #expect(compare(cookie("sid=a; Path=/"), cookie("sid=b; Path=/; Secure")).verdict == .different)
        #expect(compare(cookie("sid=a"), cookie("uid=a")).verdict == .different)
    }

    @Test func aSideWithoutAnAnswerIsAFailureAndNeverEqual() {
        let result = compare(.failure(Sample.refused), Sample.outcome())
        #expect(result.verdict == .failed)
        #expect(result.differences.map(\.staging) == [["web.cannot-connect: No connection to 127.0.0.2:443."]])
        #expect(compare(.failure(Sample.refused), .failure(Sample.refused)).verdict == .failed)
    }

    @Test func digestIsThatOfTheStandard() {
        // FIPS 180-2, appendix B.1.
        let digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(ProbeAnswer.digest(of: Array("abc".utf8)) == digest)
    }
}
