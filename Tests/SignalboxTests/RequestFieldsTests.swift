import EdgeEngine
import EdgePlan
import RulesLanguage
import Testing

/// `rules eval` fills fields without a plan; a rule of a plan must find the same in the same request.
@Suite struct RequestFieldsTests {
    static let requests: [EdgeRequest] = [
        EdgeRequest(
            method: "GET", host: "Shop.Example:8080", target: "/a/B.TAR.gz?x=1&y&x=2&=z&&",
            clientAddress: IPAddress("192.0.2.9"),
            destinationAddress: IPAddress("127.0.0.1"), isTLS: true, seconds: 1_700_000_000, milliseconds: 250),
        EdgeRequest(
            method: "POST", host: "shop.example.", target: "/",
            headers: [
                .init("Cookie", "a=1; b = 2;c"), .init("cookie", "a=3; d=\"q\""), .init("X-Two", "1"),
                .init("x-two", " 2 "),
                .init("User-Agent", "curl/8"), .init("Referer", "https://x.example/"),
                .init("Accept-Language", "de-AT, en;q=0.8, *;q=0.1"), .init("X-Forwarded-For", "198.51.100.1"),
                .init("Connection", "keep-alive"), .init("TE", "trailers"),
            ], clientAddress: IPAddress("2001:db8::9"), isTLS: false, seconds: 0, milliseconds: 0),
        EdgeRequest(
            method: "GET", host: "shop.example", target: "//.hidden/../%41?", clientAddress: IPAddress("192.0.2.1"),
            isTLS: false, seconds: 1, milliseconds: 1),
    ]

    /// Conditions that hold for a field just when it has this value.
    private func conditions(_ name: String, _ value: FieldValue) -> [String] {
        func quoted(_ bytes: [UInt8]) -> String {
            Expression(unchecked: Node(.literal(.bytes(bytes)), type: .bytes, span: ByteSpan(0, 0)), mode: .value).text
        }
        switch value {
        case .bool(let value): return [value ? name : "not \(name)"]
        case .int(let value): return ["\(name) eq \(value)"]
        case .ip(let address): return ["\(name) eq \(address)"]
        case .bytes(let bytes): return ["\(name) eq \(quoted(bytes))"]
        case .list(let list):
            return ["len(\(name)) eq \(list.count)"]
                + list.enumerated().map { "\(name)[\($0)] eq \(quoted($1))" }
        case .map(let entries):
            let keys = Set(entries.map(\.key))
            let hasNames = Schema.http.field(named: name + ".names") != nil
            return (hasNames ? ["len(\(name).names) eq \(entries.count)"] : [])
                + keys.flatMap { key -> [String] in
                    let values = entries.filter { $0.key == key }.map(\.value)
                    return ["len(\(name)[\(quoted(key))]) eq \(values.count)"]
                        + values.enumerated().map { "\(name)[\(quoted(key))][\($0)] eq \(quoted($1))" }
                }
        }
    }

    @Test(arguments: 0..<requests.count)
    func theEdgeFindsTheSame(_ number: Int) throws {
        let request = Self.requests[number]
        var asked = 0
        for (id, value) in try RequestFields.values(try request.shaped()) {
            let name = try #require(Schema.http.field(id)).name
            for text in conditions(name, value) {
                let condition = try ProgramCompiler().compile(Expression(text)).bytes
                let rule = RulePlan(
                    ref: "r", condition: condition, action: .block(status: 418, contentType: "text/plain", body: ""))
                let plan = ZonePlan(
                    account: AccountID(rawValue: 1), zone: ConfigurationID(rawValue: 1), name: "shop.example",
                    hosts: ["shop.example"], selectors: [],
                    configurations: [
                        ConfigurationPlan(
                            id: ConfigurationID(rawValue: 1), application: nil, version: nil, defaultOrigin: "o",
                            clientHostHeader: nil, versionHeader: nil,
                            phases: [PhasePlan(phase: .firewallCustom, rules: [rule])])
                    ], trust: TrustPlan(countryHeader: nil, trustedPeers: []))
                let found = EdgeTrace.trace(try AcceptedPlan(plan), request)
                #expect(found.outcome.status == 418, "\(text)")
                asked += 1
            }
        }
        #expect(asked > 20)
    }
}
