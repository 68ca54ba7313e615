import Probes
import Testing
import WebTransport

@Suite struct ProbeTargetListTests {
    @Test func readsURLsMethodsAndComments() throws {
        let list = try ProbeTargetList(
            "\u{FEFF}# shop\r\nhttps://shop.example/a\r\n\r\n  HEAD\thttps://shop.example/b  # the cart\nhttps://x.example/#c"
        )
        #expect(list.targets.map(\.line) == [2, 4, 5])
        #expect(list.targets.map(\.method) == [.get, .head, .get])
        #expect(
            list.targets.map { "\($0.url)" } == [
                "https://shop.example/a", "https://shop.example/b", "https://x.example/",
            ])
        #expect(list.isSafe)
    }

    @Test func aMethodThatWritesIsSeen() throws {
        #expect(try !ProbeTargetList("POST https://shop.example/order").isSafe)
    }

    @Test func allErrorsComeAtOnceWithTheirLines() {
        let error = #expect(throws: ProbeTargetErrors.self) {
            try ProbeTargetList(
                """
                https://shop.example/
                shop.example/a
                GET https://shop.example/ now
                CONNECT https://shop.example/
                # fine
                https://user:word@shop.example/
                """)
        }
        #expect(error?.errors.map(\.line) == [2, 3, 4, 6])
        #expect(
            error?.errors.map(\.message) == [
                "The URL does not begin with http:// or https://.", "There are 3 words on the line.",
                "The method CONNECT cannot be sent.", "The URL holds a user name or password.",
            ])
        #expect(error?.errors.allSatisfy { !$0.remedy.isEmpty } == true)
    }

    @Test(arguments: ["", "\n\n", "# nothing\n"])
    func anEmptyListIsAnError(text: String) {
        let error = #expect(throws: ProbeTargetErrors.self) { try ProbeTargetList(text) }
        #expect(error?.errors.map(\.message) == ["The list holds no URL."])
    }

    @Test func requestsAreMadeLikeTheTemplate() throws {
        let template = WebRequest(
            .get, try WebURL("https://x.example/"), headers: try WebHeaders(["X-A": "1"]), trust: .insecure)
        let requests = try ProbeTargetList("HEAD https://shop.example/a").requests(like: template)
        #expect(requests.map(\.method) == [.head])
        #expect(requests.map { "\($0.url)" } == ["https://shop.example/a"])
        #expect(requests.map(\.headers) == [template.headers])
        #expect(requests.map(\.trust) == [.insecure])
    }
}
