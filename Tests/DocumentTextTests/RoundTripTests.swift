import DocumentText
import EdgeModel
import TestKit
import Testing

@Suite struct RoundTripTests {
    @Test func everyAwkwardTextRoundTripsAsValueAndAsKey() throws {
        for text in RandomDocument.texts {
            for value: DocumentValue in [
                .string(text), .object(["a": .string(text), "b": .int(1)]), .array([.string(text), .string("x")]),
                .object([DocumentMember(text, .object(["deep": .string(text)])), DocumentMember("next", .null)]),
            ] {
                let yaml = DocumentText.yaml(value)
                #expect(try DocumentText.read(yaml).value == value, "\(yaml.debugDescription)")
            }
        }
    }

    @Test func randomDocumentsRoundTripAsYAMLAndAsJSON() throws {
        var random = RandomDocument(generator: .announced("document round trips"))
        let seed = random.generator.seed
        for round in 0..<4000 {
            let value = random.value(depth: 5)
            let yaml = DocumentText.yaml(value)
            #expect(try DocumentText.read(yaml).value == value, "seed \(seed) round \(round): \(yaml.debugDescription)")
            // At the top level, JSON of a lone text is YAML's business.
            let json = DocumentValue.array([value]).json(pretty: round % 2 == 0)
            #expect(
                try DocumentText.read(json).value == .array([value]),
                "seed \(seed) round \(round): \(json.debugDescription)")
        }
    }

    @Test func aLongKeyRoundTrips() throws {
        let key = String(repeating: "ключ: ", count: 400)
        let value = DocumentValue.object([
            DocumentMember(
                key, .object([DocumentMember(key, .array([.string(key), .object([DocumentMember(key, .null)])]))])),
            DocumentMember("after", .int(1)),
        ])
        #expect(try DocumentText.read(DocumentText.yaml(value)).value == value)
    }

    @Test func whatPeopleReadIsReadable() {
        let value = DocumentValue.object([
            "zone": .string("example.com"),
            "origins": .object([
                "shop": .object([
                    "endpoints": .array([.object(["address": .string("127.0.0.1"), "port": .int(8080)])]),
                    "connect_timeout": .string("250ms"),
                ])
            ]),
            "rules": .object([
                "http_request_dynamic_redirect": .array([
                    .object([
                        "ref": .string("old-shop"),
                        "expression": .string(
                            "http.host eq \"old.example.com\" and not http.request.uri.path contains \"it's\""),
                        "enabled": .bool(false),
                        "note": .string("no"),
                        "action_parameters": .object(["body": .string("<p>\n  Gone.\n</p>\n"), "tags": .array([])]),
                    ])
                ])
            ]),
        ])
        #expect(
            DocumentText.yaml(value) == """
                zone: example.com
                origins:
                  shop:
                    endpoints:
                      - address: '127.0.0.1'
                        port: 8080
                    connect_timeout: 250ms
                rules:
                  http_request_dynamic_redirect:
                    - ref: old-shop
                      expression: 'http.host eq "old.example.com" and not http.request.uri.path contains "it''s"'
                      enabled: false
                      note: 'no'
                      action_parameters:
                        body: |
                          <p>
                            Gone.
                          </p>
                        tags: []

                """)
    }
}
