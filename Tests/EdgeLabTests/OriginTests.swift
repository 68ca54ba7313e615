import TestKit
import Testing

@Suite struct OriginTests {
    @Test func hostileBytesComeBackExactly() async throws {
        let origin = try await OriginProcess.start(["shop-fra:fra"])
        let server = try #require(origin["shop-fra"])
        // Every byte that can stand in a target or a value: all but the line's own delimiters.
        let target = (UInt8(0x21)...0xff).map { $0 } + Array("/%00%zz/../?a=\"\\<>".utf8)
        let value = [UInt8(1)] + (UInt8(0x21)...0xff).map { $0 } + [0x09, 0x7f]
        let request =
            Array("GET /".utf8) + target + Array(" HTTP/1.1\r\nHost: ShOp.Example.\r\nX-Odd: ".utf8) + value
            + Array("\r\nx-odd:\r\nX-ODD: 3\r\n\r\n".utf8)
        let answer = try await RawHTTP.exchange(request, with: server)
        let echo = try OriginEcho(answer.body)
        #expect(Latin1.bytes(echo.target) == [UInt8(ascii: "/")] + target)
        #expect(Latin1.bytes(echo.headers[1][1]) == value)
        #expect(echo.headers.map { $0[0] } == ["Host", "X-Odd", "x-odd", "X-ODD"])
        #expect(echo.first("host") == "ShOp.Example.")
        #expect(answer.first("x-origin") == "shop-fra" && answer.first("x-powered-by-region") == "fra")
        #expect(answer.body.allSatisfy { $0 < 0x80 })
    }

    @Test func anAnswerMaySayHowLongItLasts() async throws {
        let origin = try await OriginProcess.start()
        let server = origin.origins[0].listening
        let lasting = try await RawHTTP.request("GET", "/__lab/lasting/60", at: server)
        #expect(lasting.first("cache-control") == "max-age=60")
        #expect(try await RawHTTP.request("GET", "/", at: server).first("cache-control") == nil)
    }

    @Test func methodAndBodyOfEveryFramingAreSeen() async throws {
        let origin = try await OriginProcess.start()
        let server = origin.origins[0].listening
        let fixed = try await RawHTTP.request("PURGE", "/x", at: server, body: Array("12345".utf8))
        #expect(try OriginEcho(fixed.body).bodyLength == 5)
        #expect(try OriginEcho(fixed.body).method == "PURGE")
        let chunked = try await RawHTTP.exchange(
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", with: server)
        #expect(try OriginEcho(chunked.body).bodyLength == 3)
        #expect(try await RawHTTP.request("HEAD", "/x", at: server).body.isEmpty)
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let origin = try await OriginProcess.start()
        let server = origin.origins[0].listening
        let targets = try await Blocking.run {
            let connection = try RawHTTPConnection(to: server)
            let paths = ["/__lab/delay/30", "/second", "/third"]
            try connection.send(paths.flatMap { RawHTTP.format("GET", $0, host: "x") })
            return try paths.map { _ in try OriginEcho(connection.receive().body).target }
        }
        #expect(targets == ["/__lab/delay/30", "/second", "/third"])
    }

    @Test func healthAndFailureAreTurnedOnAndOffForOneOriginOnly() async throws {
        let origin = try await OriginProcess.start(["one:fra", "two:hil"])
        let one = try #require(origin["one"])
        let two = try #require(origin["two"])
        #expect(try await RawHTTP.request("GET", "/healthz", at: one).status == 200)
        _ = try await RawHTTP.request("POST", "/__lab/health?ok=false", at: one)
        #expect(try await RawHTTP.request("GET", "/healthz", at: one).status == 503)
        #expect(try await RawHTTP.request("GET", "/healthz", at: two).status == 200)
        _ = try await RawHTTP.request("POST", "/__lab/fail?share=0.2", at: one)
        let statuses = try await Blocking.run {
            let connection = try RawHTTPConnection(to: one)
            return try (0..<50).map { _ in try connection.exchange(RawHTTP.format("GET", "/", host: "x")).status }
        }
        #expect(statuses.count { $0 == 500 } == 10)
        #expect(statuses.count { $0 == 200 } == 40)
    }

    @Test func thePathsOfTheLabAnswerAsTheySay() async throws {
        let server = try await OriginProcess.start()
        let address = server.origins[0].listening
        #expect(try await RawHTTP.request("GET", "/__lab/status/418", at: address).status == 418)
        #expect(try await RawHTTP.request("GET", "/__lab/bytes/100000", at: address).body.count == 100_000)
        #expect(try await RawHTTP.request("GET", "/__lab/close", at: address).closesConnection)
        #expect(try await RawHTTP.request("GET", "/__lab/none", at: address).status == 404)
        for (path, failure) in [("abort", SocketFailure.aborted), ("reset", .reset), ("truncate/100", .aborted)] {
            await #expect(throws: failure) { try await RawHTTP.request("GET", "/__lab/\(path)", at: address) }
        }
    }

    @Test func itEndsWithTheScriptThatStartedIt() async throws {
        let origin = try await OriginProcess.start()
        origin.child.closeInput()
        #expect(try await origin.child.wait() == .exited(0))
    }

    @Test func aSecondOneOnTheSamePortIsRefused() async throws {
        let first = try await OriginProcess.start()
        let run = try await ChildProcess.run(
            Checkout.program("edgelab"), ["origin", "--listen", first.origins[0].listening.description])
        #expect(!run.exit.isSuccess && run.errors.contains("in use"))
    }

    @Test func withACertificateItSpeaksTLS() async throws {
        let folder = try TemporaryDirectory()
        let made = try await ChildProcess.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=origin.test", "-addext", "subjectAltName=DNS:origin.test", "-keyout",
                folder.path("key.pem"), "-out", folder.path("cert.pem"),
            ])
        #expect(made.exit.isSuccess, "\(made.errors)")
        let origin = try await OriginProcess.start(
            arguments: ["--tls-cert", folder.path("cert.pem"), "--tls-key", folder.path("key.pem")])
        let address = origin.origins[0].listening
        let answer = try await ChildProcess.run(
            "curl",
            [
                "--silent", "--show-error", "--cacert", folder.path("cert.pem"), "--connect-to",
                "origin.test:443:\(address)", "https://origin.test/secret",
            ])
        #expect(try OriginEcho(Array(answer.output.utf8)).target == "/secret", "\(answer.errors)")
    }
}
