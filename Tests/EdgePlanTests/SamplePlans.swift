import EdgePlan
import RulesLanguage
import TestKit

/// Random plans that a compiler could have made: any value of every field, programs of a few kinds.
struct SamplePlans {
    var generator: SeededGenerator

    static let conditions = [
        "true", "not ssl", #"http.host eq "a.example""#, #"http.request.uri.path matches r"^/[a-z]+\.html$""#,
        "ip.src in {10.0.0.0/8 2001:db8::/32}", #"any(http.request.headers["x-a"][*] contains "b")"#,
        #"http.request.uri.args["q"][0] eq "1" or http.cookie contains "s=""#,
    ]
    static let values = [
        #"concat("/new", http.request.uri.path)"#, "http.host", #"regex_replace(http.request.uri.path, r"^/a", "/b")"#,
    ]

    static func filter(_ text: String) throws -> [UInt8] { try ProgramCompiler().compile(Expression(text)).bytes }

    static func value(_ text: String) throws -> [UInt8] {
        try ProgramCompiler().compile(Expression(text, mode: .value)).bytes
    }

    mutating func number(_ below: Int) -> Int { Int.random(in: 0..<below, using: &generator) }
    mutating func chance(_ part: Int) -> Bool { number(part) == 0 }

    mutating func name() -> String {
        ["shop", "käse", "a-b", "x\"y", "", "eu-1.3fa1b2c4d5e6"][number(6)] + "\(number(50))"
    }

    mutating func condition() throws -> [UInt8] { try Self.filter(Self.conditions[number(Self.conditions.count)]) }

    mutating func value() throws -> ValuePlan {
        chance(2)
            ? .literal(Array("/fixed\(number(9))".utf8))
            : .program(try Self.value(Self.values[number(Self.values.count)]))
    }

    mutating func edits() throws -> [HeaderEditPlan] {
        var edits: [HeaderEditPlan] = []
        for index in 0..<number(4) {
            let operation = HeaderEditPlan.Operation(rawValue: UInt8(number(3))) ?? .set
            edits.append(
                HeaderEditPlan(
                    name: "x-h\(index)", operation: operation, value: operation == .remove ? nil : try value()))
        }
        return edits
    }

    mutating func action(_ phase: Phase) throws -> ActionPlan {
        if phase == .rateLimit, chance(2) { return try limit() }
        if phase == .configSettings, chance(2) {
            return .configure(hotlinkProtection: chance(3) ? nil : chance(2))
        }
        if phase.isResponse { return chance(4) ? .log : .editResponseHeaders(try edits()) }
        switch number(8) {
        case 0:
            let statuses = [301, 302, 303, 307, 308]
            return .redirect(target: try value(), status: statuses[number(5)], preserveQueryString: chance(2))
        case 1: return .rewrite(path: try value(), query: chance(2) ? nil : try value())
        case 2: return .route(hostHeader: chance(2) ? nil : "h.example", origin: chance(2) ? nil : "o.1")
        case 3: return .block(status: 400 + number(60), contentType: "text/html", body: chance(3) ? "" : "<p>\r\n\0ü")
        case 4:
            let phases = Phase.allCases.filter { _ in chance(3) }
            return .skip(SkipPlan(restOfPhase: chance(2), phases: phases))
        case 5: return .log
        case 6: return .editRequestHeaders(try edits())
        default: return .cache(cacheSettings())
        }
    }

    mutating func cacheSettings() -> [CacheSettingPlan] {
        var settings: [CacheSettingPlan] = [.eligible(chance(2)), .edgeTTL(number(100) - 1)]
        for _ in 0..<number(3) {
            let first = 100 + number(500)
            settings.append(.statusTTL(first: first, last: first + number(100), seconds: number(9) - 1))
        }
        settings.append(.browserTTL(number(9)))
        if chance(2) { settings.append(.staleWhileUpdating(chance(2))) }
        if chance(2) { settings.append(.key(chance(2) ? "{\"cache_by_device_type\":true}" : "")) }
        return settings
    }

    mutating func limit() throws -> ActionPlan {
        let all: [CharacteristicPlan] = [.client, .host, .path, .header("x-a"), .cookie("s"), .header("accept")]
        let counting: CountingPlan? =
            chance(2)
            ? nil
            : chance(2)
                ? CountingPlan(condition: try condition(), atResponse: false)
                : CountingPlan(condition: try Self.filter("http.response.code eq 401"), atResponse: true)
        let answer = LimitAnswerPlan(
            status: 400 + number(100), contentType: "text/plain", body: chance(2) ? "" : "\0no")
        return .limit(
            LimitPlan(
                period: 1 + number(86_400), requests: 1 + number(5), mitigation: chance(2) ? 0 : number(86_401),
                characteristics: all.filter { _ in chance(2) }, counting: counting, answer: chance(4) ? nil : answer))
    }

    mutating func configuration(_ id: Int) throws -> ConfigurationPlan {
        var phases: [PhasePlan] = []
        for phase in Phase.allCases where chance(2) {
            var rules: [RulePlan] = []
            for index in 0..<number(5) {
                rules.append(
                    RulePlan(
                        ref: "\(phase.order)-\(index)-" + name(), condition: try condition(), action: try action(phase))
                )
            }
            phases.append(PhasePlan(phase: phase, rules: rules))
        }
        let isOwn = chance(2)
        return ConfigurationPlan(
            id: ConfigurationID(rawValue: id), application: isOwn ? nil : name(), version: isOwn ? nil : number(90),
            defaultOrigin: chance(4) ? nil : "o.1", clientHostHeader: chance(2) ? nil : "x-edge-host",
            versionHeader: chance(2) ? nil : "x-version", phases: phases)
    }

    mutating func zone() throws -> ZonePlan {
        let configurations = try (0...number(3)).map { try configuration(100 + $0) }
        let selectors = try (0..<number(4)).map { _ in
            SelectorPlan(
                environment: name(), routingRule: name(), condition: try condition(),
                configuration: number(configurations.count))
        }
        return ZonePlan(
            account: AccountID(rawValue: number(1 << 40)), zone: ConfigurationID(rawValue: 100), name: name(),
            hosts: (0..<number(4)).map { "h\($0).example" }, selectors: selectors, configurations: configurations,
            trust: TrustPlan(
                countryHeader: chance(2) ? nil : "x-country",
                trustedPeers: chance(2) ? [] : ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"]))
    }
}

extension Array where Element == UInt8 {
    /// The value of `body` over these bytes at an address that is theirs alone, so that reading past the end is seen.
    func lent<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: Swift.max(count, 1), alignment: 16)
        defer { copy.deallocate() }
        copy.copyBytes(from: self)
        return try body(UnsafeRawBufferPointer(start: copy.baseAddress, count: count))
    }
}
