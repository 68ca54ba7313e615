import TestKit
import Testing

@Suite struct WireParserTests {
    @Test func twoAnswersAreCutAsTheyWereSentWhateverThePieces() throws {
        let bytes = Array(
            ("HTTP/1.1 200 OK\r\nA: 1\r\na:  2 \r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: x\r\n\r\n"
                + "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno").utf8)
        for size in 1...bytes.count {
            var parser = WireParser(.responses)
            var heads: [WireHead] = []
            var bodies: [String] = [""]
            for start in stride(from: 0, to: bytes.count, by: size) {
                parser.append(bytes[start..<min(start + size, bytes.count)])
                while let event = try parser.next() {
                    switch event {
                    case .head(let head): heads.append(head)
                    case .body(let part): bodies[bodies.count - 1] += Latin1.string(part)
                    case .end: bodies.append("")
                    }
                }
            }
            #expect(heads.map(\.status) == [200, 404])
            #expect(heads.first?.all("A") == ["1", "2"])
            #expect(bodies == ["abcde", "no", ""])
            #expect(!parser.isInside)
        }
    }

    @Test func aBodyWithoutLengthRunsToTheClose() throws {
        var parser = WireParser(.responses)
        parser.append("HTTP/1.1 200 OK\r\n\r\nrest".utf8)
        _ = try parser.next()
        #expect(try parser.next() == .body(Array("rest".utf8)))
        #expect(try parser.close() == .end)
    }

    @Test func aCloseInTheMiddleIsAnError() throws {
        var parser = WireParser(.responses)
        parser.append("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab".utf8)
        while try parser.next() != nil {}
        #expect(throws: WireParser.Malformed.self) { try parser.close() }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "SMTP 220\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    ])
    func whatIsNoAnswerIsRefused(_ text: String) {
        #expect(throws: WireParser.Malformed.self) {
            var parser = WireParser(.responses)
            parser.append(text.utf8)
            while try parser.next() != nil {}
        }
    }

    @Test func randomBytesNeverTrap() {
        var generator = SeededGenerator.announced("wire parser fuzzing")
        let pieces = [
            "HTTP/1.1 ", "200", " ", "\r\n", "\r\n\r\n", "Content-Length: ", "9", "-1", "chunked", "Transfer-Encoding:",
            ":",
        ]
        for _ in 0..<3_000 {
            var parser = WireParser(Bool.random(using: &generator) ? .requests : .responses)
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                if Bool.random(using: &generator), let piece = pieces.randomElement(using: &generator) {
                    parser.append(piece.utf8)
                } else {
                    parser.append((0..<3).map { _ in UInt8.random(in: 0...255, using: &generator) })
                }
                guard (try? parser.next()) != nil else { break }
            }
            _ = try? parser.close()
        }
    }
}
