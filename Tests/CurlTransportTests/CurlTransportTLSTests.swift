import CurlTransport
import Testing
import WebTransport

@Suite(.timeLimit(.minutes(2))) struct CurlTransportTLSTests {
    private let transport = CurlTransport()
    private let server: TLSServer

    init() throws { server = try LoopbackServer.tls.get() }

    private func request(host: String = "shop.example", trust: WebTrust) throws -> WebRequest {
        WebRequest(
            .get, try WebURL("https://\(host)/x"), connectTo: try WebAddress("127.0.0.1:\(server.port)"), trust: trust)
    }

    private func failure(_ request: WebRequest) async -> WebError? {
        do throws(WebError) {
            _ = try await transport.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func nameOfTheURLIsAskedForAndVerifiedAtAnotherAddress() async throws {
        let response = try await transport.send(request(trust: .authority(file: server.authority)))
        let echo = try Echo(response.body)
        #expect(echo.serverName == "shop.example")
        #expect(echo.headers.first == ["Host", "shop.example"])
        let timings = response.timings
        let tls = try #require(timings.tls)
        #expect(timings.nameLookup <= timings.connect && timings.connect < tls)
        #expect(tls <= timings.firstByte && timings.firstByte <= timings.total)
    }

    @Test func anUnknownAuthorityIsRefused() async throws {
        let error = await failure(try request(trust: .system))
        #expect(error?.code == .certificateRefused)
        #expect(error?.phase == .tls)
    }

    @Test func aCertificateForAnotherNameIsRefused() async throws {
        let error = await failure(try request(host: "other.example", trust: .authority(file: server.authority)))
        #expect(error?.code == .certificateRefused)
        #expect(error?.cause?.contains("other.example") == true)
    }

    @Test func anybodyIsBelievedOnlyWhenAskedAndNotByTheNextRequest() async throws {
        let response = try await transport.send(request(host: "other.example", trust: .insecure))
        #expect(try Echo(response.body).serverName == "other.example")
        #expect(await failure(try request(host: "other.example", trust: .system))?.code == .certificateRefused)
    }

    @Test func anUnreadableAuthorityFileIsNamed() async throws {
        let error = await failure(try request(trust: .authority(file: server.authority + ".missing")))
        #expect(error?.code == .tlsFailed)
        #expect(error?.cause?.contains(".missing") == true)
    }

    @Test func plainTextWhereTLSIsExpectedIsAnError() async throws {
        let plain = try LoopbackServer.plain.get().port
        let error = await failure(WebRequest(.get, try WebURL("https://127.0.0.1:\(plain)/")))
        #expect(error?.code == .tlsFailed)
    }
}
