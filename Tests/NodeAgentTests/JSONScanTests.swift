import Foundation
import TestKit
import Testing

@testable import NodeAgent

@Suite struct JSONScanTests {
    @Test func findsMembersWithoutReadingThem() {
        let text = #" { "a" : 1 ,"b":{"x":["}",{"y":"\""}]},"c\u0041": "z" , "d":[ ] } "#
        let bytes = Array(text.utf8)
        let members = JSONScan.members(of: bytes)
        #expect(members?.map { String(decoding: $0.key, as: UTF8.self) } == ["a", "b", #"c\u0041"#, "d"])
        #expect(
            members?.map { String(decoding: bytes[$0.value], as: UTF8.self).trimmingCharacters(in: .whitespaces) }
                == ["1", #"{"x":["}",{"y":"\""}]}"#, #""z""#, "[ ]"])
    }

    @Test(arguments: [
        "", "[]", "{", #"{"a"}"#, #"{"a":"#, #"{"a":"b"#, #"{"a":[1}"#, #"{"a":1"#, #"{"a":"\"#, "{,}", #"{"a":}"#,
    ])
    func incompleteObjectsHaveNoMembers(text: String) {
        #expect(JSONScan.members(of: Array(text.utf8)) == nil)
    }

    @Test func stopsAtTheMemberThatIsWanted() {
        let bytes = Array(#"{"version_info":"7","resources":[ never closed"#.utf8)
        #expect(JSONScan.members(of: bytes, until: "version_info")?.count == 1)
    }

    /// Against Foundation's reader, on random objects; and never a trap on any damage of them.
    @Test(arguments: [UInt64(7), 8, 9])
    func agreesWithFoundation(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let object = Dictionary(
                (0..<Int.random(in: 0..<6, using: &random)).map { ("k\($0)\"\\", value(3, &random)) },
                uniquingKeysWith: { a, _ in a })
            let data = try JSONSerialization.data(withJSONObject: object)
            let bytes = Array(data)
            let members = try #require(
                JSONScan.members(of: bytes), "seed \(seed): \(String(decoding: data, as: UTF8.self))")
            #expect(members.count == object.count, "seed \(seed)")
            for member in members {
                let wrapped =
                    Data("[\"".utf8) + Data(member.key) + Data("\",".utf8) + Data(bytes[member.value]) + Data("]".utf8)
                let pair = try #require(JSONSerialization.jsonObject(with: wrapped) as? [Any])
                let key = try #require(pair[0] as? String)
                #expect(object[key] as? NSObject == pair[1] as? NSObject, "seed \(seed)")
            }
            var damaged = bytes
            if let place = damaged.indices.randomElement(using: &random) {
                damaged[place] = UInt8.random(in: 0...255, using: &random)
                _ = JSONScan.members(of: damaged)
                _ = JSONScan.members(of: Array(damaged[..<place]))
            }
        }
    }

    private func value(_ depth: Int, _ random: inout SeededGenerator) -> Any {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
        case 0: Int.random(in: -1000...1000, using: &random)
        case 1: ["", "a\"b", "{[", "\\", "é\n", "]}"].randomElement(using: &random) ?? ""
        case 2: NSNull()
        case 3: Bool.random(using: &random)
        case 4: (0..<Int.random(in: 0..<4, using: &random)).map { _ in value(depth - 1, &random) }
        default:
            Dictionary(
                (0..<Int.random(in: 0..<4, using: &random)).map { ("m\($0)", value(depth - 1, &random)) },
                uniquingKeysWith: { a, _ in a })
        }
    }
}
