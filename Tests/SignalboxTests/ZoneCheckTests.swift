import DocumentText
import EdgeModel
import Testing

/// What is wrong with a zone's document is told at once, once, and with its line.
@Suite struct ZoneCheckTests {
    private func found(_ text: String) throws -> [String] {
        ZoneCheck.read(try DocumentText.read(text), lists: .none).1.map { finding in
            "\(finding.line.map(String.init) ?? "-") \(finding.code) \(finding.place)"
        }
    }

    @Test func bothStagesAreInOneListByLine() throws {
        let found = try found(
            """
            zone: shop.example
            origins:
              web: {endpoints: [{address: 127.0.0.1, port: 80}]}
            settings:
              default_origin: wob
            rules:
              http_request_firewall_custom:
                - expression: ssl
                  action: block
                - ref: answered
                  expression: http.response.code eq 500
                  action: block
                - ref: broken
                  expression: nothing eq 1
                  action: block
              http_request_origin:
                - ref: elsewhere
                  expression: 'true'
                  action: route
                  action_parameters: {origin: {host: nope}}
                - ref: office
                  expression: ip.src in $office
                  action: route
                  action_parameters: {host_header: a.example}
            """)
        #expect(
            found == [
                "5 unknown-origin settings.default_origin",
                "8 missing-key rules.http_request_firewall_custom[0].ref",
                "11 response-field-in-request rules.http_request_firewall_custom[1].expression",
                "14 expression.unknown-identifier rules.http_request_firewall_custom[2].expression",
                "20 unknown-origin rules.http_request_origin[0].action_parameters.origin.host",
                "22 expression.unknown-list rules.http_request_origin[1].expression",
            ])
    }

    @Test(arguments: ["orgins: {web: {}}", "origins: [web]"])
    func whatOnlyComesOfOriginsThatCannotBeReadIsLeftOut(origins: String) throws {
        let found = try found(
            """
            zone: shop.example
            \(origins)
            settings: {default_origin: web}
            """)
        #expect(found.count == 1, "\(found)")
    }

    @Test func aPlaceThatWasNotWrittenHasTheLineOfWhatIsAroundIt() throws {
        let places = DocumentPlaces(
            try DocumentText.read(
                """
                settings: {a.b: c}
                rules:
                  phase:
                    - ref: x
                    - ref: y
                      action_parameters:
                        headers: {x-a: {}}
                """))
        #expect(places.line(of: "rules.phase[1].action_parameters.headers.x-a.value") == 7)
        #expect(places.line(of: "rules.phase[1].expression") == 5)
        #expect(places.line(of: "rules.phase[7]") == 3)
        #expect(places.line(of: "settings.a.b") == 1)
        #expect(places.line(of: "origins.web") == nil)
    }
}
