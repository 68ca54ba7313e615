import CloudflareImport
import DocumentText
import EdgeModel
import FoundationEssentials
import TestKit
import Testing

/// Hostile answers: whatever is in them, the import ends, its zone can be served and the report counts it all.
@Suite("Importer, mutated")
struct FuzzTests {
    @Test("The lowest number there is, as a priority: it has no counterpart above zero")
    func lowestPriority() throws {
        let page = #"{"id": "p", "priority": -9223372036854775808, "actions": [], "targets": []}"#
        #expect(try ImportLab.run("[\(page), \(page.replacing("\"p\"", with: "\"q\""))]").report.items.count == 2)
    }

    @Test func mutatedAnswers() throws { try Self.mutateAnswers(250) }

    @Test("Texts with bytes changed are read or refused")
    func mutatedText() throws { try Self.mutateTexts(300) }

    static func mutateAnswers(_ rounds: Int) throws {
        var dice = SeededGenerator.announced("mutated Cloudflare answers")
        let fixtures = try ImportLab.fixtures.map { (try ImportLab.documents($0.name), $0.zone) }
        let pool = fixtures.flatMap { $0.0.map(\.value) }
        for round in 0..<rounds {
            var (documents, zone) = fixtures[round % fixtures.count]
            for _ in 0..<Int.random(in: 1...6, using: &dice) {
                let index = Int.random(in: documents.indices, using: &dice)
                documents[index].value = Self.mutated(documents[index].value, pool, &dice)
            }
            let result = ImportLab.run(documents, zone: zone)
            let errors = ImportLab.errors(in: result.zone)
            #expect(errors == [], "\(documents.map { $0.value.json() })")
            for item in result.report.items where item.outcome == .notExpressible { #expect(!item.words.isEmpty) }
        }
    }

    static func mutateTexts(_ rounds: Int) throws {
        var dice = SeededGenerator.announced("mutated Cloudflare texts")
        let texts = try ImportLab.fixtures.flatMap { try ImportLab.documents($0.name) }.map { $0.value.json() }
        for round in 0..<rounds {
            var bytes = Array(texts[round % texts.count].utf8)
            for _ in 0..<3 {
                let index = Int.random(in: bytes.indices, using: &dice)
                if Bool.random(using: &dice) {
                    bytes[index] = UInt8.random(in: 0x20...0x7E, using: &dice)
                } else {
                    bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...40, using: &dice)))
                }
                if bytes.isEmpty { bytes = [0x7B] }
            }
            guard let value = try? DocumentText.read(bytes: bytes).value else { continue }
            let result = ImportLab.run([("mutated", value)], zone: "shop.example")
            #expect(ImportLab.errors(in: result.zone) == [], "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test("Many things of a kind take time in proportion", .timeLimit(.minutes(2)))
    func many() throws {
        let records = (0..<2_500).map {
            #"{"type": "A", "name": "h\#($0).shop.example", "content": "10.\#($0 / 250).\#($0 % 250).1", "proxied": true}"#
        }
        let rules = (0..<4_000).map { _ in #"{"ref": "same", "action": "log", "expression": "true"}"# }
        let pages = (0..<150).map {
            """
            {"id": "p\($0)", "priority": \($0), "actions": [{"id": "cache_level", "value": "bypass"}],
             "targets": [{"constraint": {"value": "*\($0)*"}}]}
            """
        }
        let result = try ImportLab.run(
            """
            {"dns_records": [\(records.joined(separator: ","))], "page_rules": [\(pages.joined(separator: ","))],
             "rulesets": [{"kind": "zone", "phase": "http_request_firewall_custom", "rules": [\(rules.joined(separator: ","))]}]}
            """)
        #expect(result.report.items.count == 2_500 + 4_000 + 300)
        #expect(result.zone.hosts.count == 2_500)
        #expect(ImportLab.errors(in: result.zone) == [])
    }

    private static func mutated(
        _ value: DocumentValue, _ pool: [DocumentValue], _ dice: inout SeededGenerator
    ) -> DocumentValue {
        switch value {
        case .object(var members) where !members.isEmpty:
            let index = Int.random(in: members.indices, using: &dice)
            switch Int.random(in: 0..<12, using: &dice) {
            case 0: members.remove(at: index)
            case 1: members.append(members[index])
            case 2: members[index].key = members.randomElement(using: &dice)?.key ?? "x"
            case 3: members[index].value = scalar(&dice)
            default: members[index].value = mutated(members[index].value, pool, &dice)
            }
            return .object(members)
        case .array(var items) where !items.isEmpty:
            let index = Int.random(in: items.indices, using: &dice)
            switch Int.random(in: 0..<12, using: &dice) {
            case 0: items.remove(at: index)
            case 1: items.append(items[index])
            case 2: items[index] = scalar(&dice)
            case 3: items.shuffle(using: &dice)
            case 4: items[index] = pool.randomElement(using: &dice) ?? .null
            default: items[index] = mutated(items[index], pool, &dice)
            }
            return .array(items)
        default: return scalar(&dice)
        }
    }

    private static func scalar(_ dice: inout SeededGenerator) -> DocumentValue {
        let values: [DocumentValue] = [
            .null, .bool(true), .int(0), .int(-1), .int(.max), .int(.min), .double(1e300), .double(-0.5), .string(""),
            .string("*"), .string("**"), .string("\u{0}\"\\"), .string("https://"), .string("://"), .string("$9"),
            .string("*.shop.example"), .string("shop.example"), .string("2001:db8::1"), .string("true"), .array([]),
            .object([]), .string(String(repeating: "a*", count: 3000)), .array([.array([.array([.null])])]),
            .string("http_request_firewall_custom"), .string("http_ratelimit"), .string("block"), .string("é.example"),
        ]
        return values.randomElement(using: &dice) ?? .null
    }
}

@Suite("Soak: hostile answers", .enabled(if: ProcessInfo.processInfo.environment["SIGNALBOX_SOAK"] != nil, "make soak"))
struct ImporterSoakTests {
    @Test func mutatedAnswersForLong() throws { try FuzzTests.mutateAnswers(10_000) }
    @Test func mutatedTextsForLong() throws { try FuzzTests.mutateTexts(20_000) }
}
