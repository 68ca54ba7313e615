import EdgeModel
import EdgePlan
import TestKit
import Testing

@testable import NodeAgent

@Suite("Failing requests are read in the access log")
struct AccessLogTests {
    /// As Envoy 1.39 writes it.
    private func line(
        status: String = "503", flags: String = "UF", path: String = "/cart", host: String = "www.shop.example",
        asked: String = ""
    ) -> String {
        #"{"address":"127.0.0.10:27621","application":"shop","asked":"\#(asked)","bytes_received":0,"bytes_sent":91,"client":"127.0.0.1","#
            + #""configuration":"777:102","details":"upstream_reset_before_response_started","duration_ms":7,"#
            + #""environment":"production","flags":"\#(flags)","host":"\#(host)","method":"GET","#
            + #""network":"production","path":"\#(path)","protocol":"HTTP/1.1","request_id":"c1594ac8","#
            + #""rules":"watch,no-admin","status":\#(status),"time":"2026-11-21T19:02:39.637Z","upstream_attempts":1,"#
            + #""upstream_cluster":"web.e654b7bde878","upstream_host":"127.0.0.1:33621","version":"shop@2","#
            + #""zone":"shop.example"}"# + "\n"
    }

    private func read(_ text: String) -> [FailingRequest] {
        var lines = AccessLogLines()
        return lines.take(Array(text.utf8))
    }

    @Test func whatFailedIsReadWithEverythingThatTellsWhy() throws {
        let found = try #require(read(line()).first)
        #expect(
            found
                == FailingRequest(
                    at: try #require(Timestamp(rfc3339: "2026-11-21T19:02:39.637Z")), method: "GET",
                    host: "www.shop.example", path: "/cart", status: 503, flags: "UF",
                    details: "upstream_reset_before_response_started", network: .production, application: "shop",
                    version: "shop@2", zone: "shop.example", rules: ["watch", "no-admin"], duration: 7, origin: "web"))
    }

    /// Who looks for the cause asks for the same again, and that is not what a rule made of it.
    @Test func thePathIsTheOneThatWasAskedFor() {
        #expect(read(line(path: "/boom", asked: "/shop/a?token=geheim"))[0].path == "/shop/a")
        #expect(read(line(path: "/boom", asked: "-"))[0].path == "/boom")
    }

    @Test func aQueryNeverLeavesTheNode() throws {
        #expect(read(line(path: "/reset?token=geheim"))[0].path == "/reset")
    }

    @Test(arguments: ["200", "204", "301", "101"])
    func whatWentWellIsPassedOver(status: String) {
        #expect(read(line(status: status, flags: "-")) == [])
        #expect(read(line(status: status, flags: "")) == [])
        #expect(read(line(status: status, flags: "DC")).count == 1)
    }

    @Test(arguments: ["404", "500", "0"])
    func whatDidNotIsNot(status: String) {
        #expect(read(line(status: status, flags: "-")).map(\.status) == [Int(status)])
    }

    /// Envoy escapes quotes, so that no client can write another status beside the real one.
    @Test func aClientCannotHideItsRequestNorMakeOneUp() {
        let hiding = line(path: #"/x\",\"status\":200,\"flags\":\"-\""#, host: #"\"status\":200"#)
        #expect(read(hiding).map(\.status) == [503])
        #expect(read(line(status: "200", flags: "-", path: #"/x\",\"status\":503,\"flags\":\"UF\""#)) == [])
    }

    @Test func anOddValueHidesNothing() {
        #expect(read(line().replacing("\"duration_ms\":7", with: "\"duration_ms\":\"-\"")).first?.duration == 0)
        #expect(read(line().replacing("\"web.e654b7bde878\"", with: "null")).first?.origin == nil)
        #expect(read("not json \"status\":503\n{\"status\":503}\n\n" + line()).count == 1)
    }

    @Test func linesMayComeInAnyPieces() throws {
        let text = Array((line(status: "500") + line(status: "200", flags: "-") + line(status: "502")).utf8)
        for size in [1, 7, 100, 5000] {
            var lines = AccessLogLines()
            let found = stride(from: 0, to: text.count, by: size).flatMap {
                lines.take(Array(text[$0..<min($0 + size, text.count)]))
            }
            #expect(found.map(\.status) == [500, 502], "\(size)")
        }
    }

    @Test func afterALeapTheFirstPieceOfALineIsLeftOut() {
        var lines = AccessLogLines()
        #expect(lines.take(Array(line().utf8.dropLast(20))) == [])
        lines.skip()
        #expect(lines.take(Array((line().suffix(40) + line(status: "504")).utf8)).map(\.status) == [504])
        #expect(lines.take([UInt8](repeating: 65, count: 70_000)) == [])
        #expect(lines.take(Array(("\n" + line(status: "505")).utf8)).map(\.status) == [505])
    }

    @Test func aLogThatGrowsFasterThanItIsReadIsLeaptOver() throws {
        let folder = try TemporaryDirectory("log")
        let path = try folder.write("", to: "access.log")
        var log = LogTail(path)
        #expect(log.read() == [])
        try folder.write(String(repeating: "x", count: 5000) + "\n" + line(), to: "access.log")
        #expect(log.skip(keeping: 1000, ifMoreThan: 100_000) == false)
        #expect(log.skip(keeping: 1000, ifMoreThan: 2000) == true)
        let rest = log.read()
        #expect(rest.count == 1000 && String(decoding: rest, as: UTF8.self).hasSuffix(line()))
    }
}
