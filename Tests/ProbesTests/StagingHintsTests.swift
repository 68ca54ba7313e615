import Foundation
import Probes
import Testing
import WebTransport

@Suite struct StagingHintsTests {
    private let address: WebAddress

    init() throws { address = try WebAddress("127.0.0.2:8443") }

    @Test func thePlainCaseIsShort() throws {
        let request = WebRequest(.get, try WebURL("https://shop.example/cart"))
        #expect(
            StagingHints.curlCommand(request, staging: address)
                == "curl --connect-to ::127.0.0.2:8443 https://shop.example/cart")
        #expect(
            StagingHints.curlCommand(request, staging: try WebAddress("2001:db8::7"))
                == "curl --connect-to '::[2001:db8::7]:' https://shop.example/cart")
    }

    @Test func everyPartOfTheRequestIsInTheCommand() throws {
        let request = WebRequest(
            .put, try WebURL("https://shop.example/a/../b?c={d}&e=f"),
            headers: try WebHeaders(["X-Quote": "it's $HOME `id`", "X-Empty": ""]), body: Array("@name=\"v\"\n".utf8),
            pathAsIs: true, trust: .authority(file: "/ca file.pem"))
        #expect(
            StagingHints.curlCommand(request, staging: address)
                == "curl --connect-to ::127.0.0.2:8443 --request PUT --header 'X-Quote: it'\\''s $HOME `id`' "
                + "--header 'X-Empty;' --header Content-Type: --data-raw '@name=\"v\"\n' --path-as-is "
                + "--cacert '/ca file.pem' --globoff 'https://shop.example/a/../b?c={d}&e=f'")
        let head = WebRequest(
            .head, try WebURL("http://a.example/"), trust: .insecure, redirects: .followed(atMost: 3))
        #expect(
            StagingHints.curlCommand(head, staging: address)
                == "curl --connect-to ::127.0.0.2:8443 --head --insecure --location --max-redirs 3 http://a.example/")
        let bytes = WebRequest(.post, try WebURL("http://a.example/"), body: [0, 1])
        #expect(StagingHints.curlCommand(bytes, staging: address).contains("--data-binary @body.bin"))
    }

    /// A real shell is the reference: it must see the header as one word, whatever stands in it.
    @Test func aShellReadsBackEveryWord() throws {
        let hostile = "';\"$(id)`id`\\ * ? ~ # & | < > ! {a,b} [c] \t ä '' \\'"
        let request = WebRequest(
            .get, try WebURL("https://shop.example/?a=1&b=$(id);'\"*"), headers: try WebHeaders(["X-H": hostile]))
        let command = StagingHints.curlCommand(request, staging: address)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "for word in \(command); do printf '%s\\n' \"$word\"; done"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let words = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(
            words.split(separator: "\n").map(String.init) == [
                "curl", "--connect-to", "::127.0.0.2:8443", "--header", "X-H: \(hostile)",
                "https://shop.example/?a=1&b=$(id);'\"*",
            ])
    }

    @Test func hostsLineNamesEachHostOnce() throws {
        #expect(
            try StagingHints.hostsLine(address, hosts: ["Shop.example", "www.shop.example", "shop.example"])
                == "127.0.0.2 shop.example www.shop.example")
        #expect(try StagingHints.hostsLine(try WebAddress("[::1]:443"), hosts: ["a.example"]) == "::1 a.example")
    }

    @Test func hostsLineTakesAddressesAndNamesOnly() throws {
        let address = address
        #expect(throws: WebError.self) {
            try StagingHints.hostsLine(try WebAddress("edge.example"), hosts: ["a.example"])
        }
        for hosts in [[], ["a b"], ["a\n127.0.0.1 bank.example"], ["*.example"], ["::1"], [""]] {
            #expect(throws: WebError.self) { try StagingHints.hostsLine(address, hosts: hosts) }
        }
    }
}
