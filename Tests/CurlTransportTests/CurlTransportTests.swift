import CurlTransport
import Glibc
import Testing
import WebTransport

@Suite(.timeLimit(.minutes(2))) struct CurlTransportTests {
    private let transport = CurlTransport()
    private let port: Int

    init() throws { port = try LoopbackServer.plain.get().port }

    private func request(
        _ path: String, _ method: WebMethod = .get, _ change: (inout WebRequest) throws -> Void = { _ in }
    ) throws -> WebRequest {
        var request = WebRequest(method, try WebURL("http://127.0.0.1:\(port)\(path)"))
        try change(&request)
        return request
    }

    /// The code of the error that a request ends with.
    private func failure(_ request: WebRequest) async -> WebError? {
        do throws(WebError) {
            let response = try await transport.send(request)
            Issue.record("answered \(response.status)")
            return nil
        } catch {
            return error
        }
    }

    @Test func sendsExactlyWhatIsAskedAndNothingElse() async throws {
        let response = try await transport.send(
            request("/a%20b?c=d&e") {
                $0.headers = try WebHeaders(["X-One": "1", "x-two": "2", "X-One": "3", "X-Empty": ""])
            })
        let echo = try Echo(response.body)
        #expect(response.status == 200)
        #expect(response.version == .http11)
        #expect(echo.method == "GET")
        #expect(echo.target == "/a%20b?c=d&e")
        #expect(
            echo.headers == [
                ["Host", "127.0.0.1:\(port)"], ["X-One", "1"], ["x-two", "2"], ["X-One", "3"], ["X-Empty", ""],
            ])
        #expect(response.peer == "127.0.0.1:\(port)")
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE", "PURGE"])
    func bodiesArriveByteForByte(method: String) async throws {
        let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let response = try await transport.send(request("/x", try WebMethod(method)) { $0.body = body })
        let echo = try Echo(response.body)
        #expect(echo.method == method)
        #expect(echo.bodyLength == body.count)
        #expect(echo.headers.map { $0[0] } == ["Host", "Content-Length"])
    }

    @Test(arguments: [("POST", true), ("PUT", true), ("DELETE", false), ("OPTIONS", false)])
    func anEmptyBodyIsAnnouncedWhereOneIsExpected(method: String, announces: Bool) async throws {
        let echo = try Echo(try await transport.send(request("/x", try WebMethod(method))).body)
        #expect(echo.method == method)
        #expect(echo.headers.contains(["Content-Length", "0"]) == announces)
    }

    @Test func headHasNoBodyWhateverItsLength() async throws {
        let response = try await transport.send(request("/big?n=5000", .head) { $0.maximumBodyBytes = 10 })
        #expect(response.body.isEmpty)
        #expect(response.headers.first("content-length") == "5000")
    }

    @Test func headersComeInOrderWithoutInterimAnswersAndTrailers() async throws {
        let response = try await transport.send(request("/headers"))
        #expect(response.status == 404)
        #expect(response.headers.lines.map(\.name) == ["X-B", "x-a", "X-B", "X-Latin", "X-Empty", "Content-Length"])
        #expect(response.headers.lines.map(\.value) == ["1", "two", "3", "café", "", "0"])
        let chunked = try await transport.send(request("/chunked?n=3"))
        #expect(chunked.body == Array("xxx".utf8))
        #expect(chunked.headers.first("X-Trailer") == nil)
    }

    @Test func connectsElsewhereAndKeepsTheHost() async throws {
        let response = try await transport.send(
            WebRequest(.get, try WebURL("http://shop.example:81/x"), connectTo: try WebAddress("127.0.0.1:\(port)")))
        #expect(try Echo(response.body).headers.first == ["Host", "shop.example:81"])
        #expect(response.peer == "127.0.0.1:\(port)")
    }

    @Test func oneNameAtTwoAddressesNeverSharesAConnection() async throws {
        let unusedPort = try SilentListener()
        let url = try WebURL("http://shop.example/x")
        _ = try await transport.send(WebRequest(.get, url, connectTo: try WebAddress("127.0.0.1:\(port)")))
        let other = WebRequest(
            .get, url, connectTo: try WebAddress("127.0.0.1:\(unusedPort.port)"),
            deadlines: try WebDeadlines(connect: .seconds(5), total: .milliseconds(200)))
        #expect(await failure(other)?.code == .timedOut)
    }

    @Test func pathsWithDotsAreSentAsWrittenOnlyWhenAsked() async throws {
        let tidy = try await transport.send(request("/a/../b/./c"))
        let asIs = try await transport.send(request("/a/../b/./c") { $0.pathAsIs = true })
        #expect(try Echo(tidy.body).target == "/b/c")
        #expect(try Echo(asIs.body).target == "/a/../b/./c")
    }

    @Test func speaksOverAUnixSocket() async throws {
        let path = try LoopbackServer.unix.get().path
        let response = try await transport.send(
            WebRequest(.get, try WebURL("http://shop.example/x"), unixSocket: path))
        #expect(try Echo(response.body).headers.first == ["Host", "shop.example"])
        #expect(response.peer == "unix:\(path)")
    }

    @Test func redirectsAreReturnedUnlessTheyAreToBeFollowed() async throws {
        let returned = try await transport.send(request("/redirect?to=/end"))
        #expect(returned.status == 302)
        #expect(returned.headers.first("location") == "/end")
        let followed = try await transport.send(request("/redirect?to=/end") { $0.redirects = .followed(atMost: 3) })
        #expect(followed.status == 200)
        #expect(followed.redirectsFollowed == 1)
        #expect(try Echo(followed.body).target == "/end")
    }

    @Test func aRedirectStaysAtTheAddressAndOffOtherProtocols() async throws {
        let followed = try await transport.send(
            request("/redirect?to=http://other.example/end") {
                $0.connectTo = try WebAddress("127.0.0.1:\(port)")
                $0.redirects = .followed(atMost: 3)
            })
        #expect(try Echo(followed.body).headers.first == ["Host", "other.example"])
        let file = try request("/redirect?to=file:///etc/hostname") { $0.redirects = .followed(atMost: 3) }
        #expect(await failure(file)?.code == .answerUnreadable)
    }

    @Test func aRedirectLoopEnds() async throws {
        let loop = try request("/redirect?to=/redirect%3Fto=/redirect%253Fto=/end") {
            $0.redirects = .followed(atMost: 2)
        }
        #expect(await failure(loop)?.code == .tooManyRedirects)
    }

    @Test func connectionsAreReusedAndTimesStayInOrder() async throws {
        let first = try await transport.send(request("/x"))
        let second = try await transport.send(request("/x"))
        #expect(!first.reusedConnection)
        #expect(second.reusedConnection)
        #expect(try Echo(first.body).client == Echo(second.body).client)
        for timings in [first.timings, second.timings] {
            #expect(timings.tls == nil)
            #expect(timings.nameLookup <= timings.connect && timings.connect <= timings.firstByte)
            #expect(timings.firstByte <= timings.total && timings.total > 0)
        }
        #expect(first.timings.connect > 0)
    }

    @Test(arguments: ["/big?n=1001", "/chunked?n=1001"])
    func aLongerBodyThanAllowedIsAnError(path: String) async throws {
        let allowed = try await transport.send(request(path) { $0.maximumBodyBytes = 1001 })
        #expect(allowed.body.count == 1001)
        #expect(await failure(try request(path) { $0.maximumBodyBytes = 1000 })?.code == .bodyTooLarge)
        #expect(await failure(try request(path) { $0.maximumBodyBytes = 0 })?.code == .bodyTooLarge)
    }

    @Test func endlessHeadersAreAnError() async throws {
        #expect(await failure(try request("/many-headers"))?.code == .headersTooLarge)
    }

    @Test(arguments: [
        ("/close", WebError.Code.connectionBroken), ("/garbage", .answerUnreadable), ("/broken", .connectionBroken),
    ])
    func brokenAnswersAreErrors(path: String, code: WebError.Code) async throws {
        let error = await failure(try request(path))
        #expect(error?.code == code)
        #expect(error?.cause?.isEmpty == false)
    }

    @Test func anUnusedPortAndAnUnknownNameAreToldApart() async throws {
        let port = try SilentListener().port
        let refused = await failure(WebRequest(.get, try WebURL("http://127.0.0.1:\(port)/")))
        #expect(refused?.code == .cannotConnect)
        #expect(refused?.phase == .connect)
        #expect(refused?.message.contains("127.0.0.1:\(port)") == true)
    }

    @Test func theTotalDeadlineEndsARequestThatIsNeverAnswered() async throws {
        let error = await failure(
            try request("/hang?by=deadline") {
                $0.deadlines = try WebDeadlines(connect: .seconds(5), total: .milliseconds(150))
            })
        #expect(error?.code == .timedOut)
        #expect(error?.phase == .firstByte)
    }

    @Test func theConnectDeadlineCoversTheHandshake() async throws {
        let silent = try SilentListener()
        let error = await failure(
            WebRequest(
                .get, try WebURL("https://127.0.0.1:\(silent.port)/"),
                deadlines: try WebDeadlines(connect: .milliseconds(150), total: .seconds(60))))
        #expect(error?.code == .timedOut)
        #expect(error?.phase == .tls)
    }

    @Test func fiftyRequestsAreInFlightAtOnce() async throws {
        let request = try request("/barrier?n=50")
        let transport = transport
        let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<50 { group.addTask { try await transport.send(request).body } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: Array("together".utf8), count: 50))
    }

    @Test func aThousandRequestsAllComeBack() async throws {
        let request = try request("/big?n=100")
        let transport = CurlTransport(concurrency: 8)
        let lengths = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<1000 { group.addTask { try await transport.send(request).body.count } }
            return try await group.reduce(into: 0) { $0 += $1 }
        }
        #expect(lengths == 100_000)
    }

    @Test func deadlinesOfAWaitingRequestBeginWithItsTurn() async throws {
        let transport = CurlTransport(concurrency: 1)
        let first = try request("/hang?by=first") {
            $0.deadlines = try WebDeadlines(connect: .seconds(5), total: .milliseconds(800))
        }
        let second = try request("/x") {
            $0.deadlines = try WebDeadlines(connect: .milliseconds(400), total: .seconds(20))
        }
        let hanging = Task { try await transport.send(first) }
        let waiting = Task { try await transport.send(second) }
        #expect(try await waiting.value.status == 200)
        await #expect(throws: WebError.self) { try await hanging.value }
    }

    @Test func aWaitingRequestIsCancelledWithoutItsTurn() async throws {
        let own = try LoopbackServer([])
        let narrow = CurlTransport(concurrency: 1)
        let url = { (path: String) in try WebURL("http://127.0.0.1:\(own.port)\(path)") }
        let requests = [WebRequest(.get, try url("/hang")), WebRequest(.get, try url("/x"))]
        let counting = WebRequest(.get, try url("/hanging"))
        let code: @Sendable (WebRequest) async -> WebError.Code? = { request in
            do throws(WebError) {
                _ = try await narrow.send(request)
                return nil
            } catch {
                return error.code
            }
        }
        let first = Task { await code(requests[0]) }
        while try await transport.send(counting).body != Array("1".utf8) { await Task.yield() }
        let second = Task { await code(requests[1]) }
        second.cancel()
        #expect(await second.value == .cancelled)
        #expect(try await transport.send(counting).body == Array("1".utf8))
        first.cancel()
        #expect(await first.value == .cancelled)
    }

    @Test func cancellingEndsTheRequestAndItsConnection() async throws {
        // A server of its own: only this test's requests hang there.
        let own = try LoopbackServer([])
        let transport = transport
        let url = { (path: String) in try WebURL("http://127.0.0.1:\(own.port)\(path)") }
        let hanging = { () async throws in
            String(decoding: try await transport.send(WebRequest(.get, try url("/hanging"))).body, as: UTF8.self)
        }
        let request = WebRequest(.get, try url("/hang"))
        let task = Task { await failure(request) }
        while try await hanging() != "1" { await Task.yield() }
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        while try await hanging() != "0" { await Task.yield() }
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let request = try request("/hang?by=cancelled")
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await failure(request)
        }
        task.cancel()
        #expect(await task.value?.code == .cancelled)
    }

    @Test func cancellationAtAnyMomentDeliversExactlyOneOutcome() async throws {
        let request = try request("/big?n=10")
        let transport = transport
        for round in 0..<300 {
            let task = Task { () -> WebError.Code? in
                do throws(WebError) {
                    _ = try await transport.send(request)
                    return nil
                } catch {
                    return error.code
                }
            }
            for _ in 0..<(round % 20) { await Task.yield() }
            task.cancel()
            let code = await task.value
            #expect(code == nil || code == .cancelled)
        }
    }

    @Test func closingEndsWhatIsInFlightAndRefusesTheRest() async throws {
        let own = try LoopbackServer([])
        let closing = CurlTransport()
        let request = WebRequest(.get, try WebURL("http://127.0.0.1:\(own.port)/hang"))
        let counting = WebRequest(.get, try WebURL("http://127.0.0.1:\(own.port)/hanging"))
        let code: @Sendable () async -> WebError.Code? = {
            do throws(WebError) {
                _ = try await closing.send(request)
                return nil
            } catch {
                return error.code
            }
        }
        let task = Task { await code() }
        while try await transport.send(counting).body != Array("1".utf8) { await Task.yield() }
        closing.close()
        #expect(await task.value == .closed)
        #expect(await code() == .closed)
        closing.close()
    }

    @Test func aRequestThatDoesNotFitTogetherIsNotSent() async throws {
        #expect(await failure(try request("/x") { $0.body = [1] })?.code == .invalidRequest)
    }
}

/// A port that accepts connections into its queue and never says a word; closed when released.
final class SilentListener {
    let port: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard isListening else { throw LoopbackServer.Failure(text: "no port to listen on") }
    }

    deinit { Glibc.close(descriptor) }
}
