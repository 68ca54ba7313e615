import DocumentText
import EdgeModel
import FoundationEssentials
import TestKit
import Testing

/// Texts made of valid ones by somebody who wants the reader to fall.
private struct HostileText {
    var random: RandomDocument

    private static let inserts = [
        "&a ", "*a", "!!python/object:x ", "!<tag:x> ", "<<: *a\n", "- ", "? ", ": ", "\n---\n", "\n...\n",
        "%YAML 9.9\n",
        "{", "}", "[", "]", "\"", "'", "|", ">", "|2-\n", "\t", "\r", "\u{0}", "\u{1B}[2J", "\u{FEFF}", "\u{85}",
        "\u{2028}", "\\x", "\\ud800", "1e99999", "-", "0x7fffffffffffffff", "99999999999999999999999999", "#", "\n\n",
        " ", "  ", ",", "null", "~", "\u{202E}",
    ]

    private mutating func number(_ below: Int) -> Int { Int.random(in: 0..<max(below, 1), using: &random.generator) }

    mutating func bytes() -> [UInt8] {
        let value = random.value(depth: 4)
        let text = number(3) == 0 ? DocumentValue.array([value]).json(pretty: number(2) == 0) : DocumentText.yaml(value)
        var bytes = Array(text.utf8)
        for _ in 0...number(4) {
            let place = number(bytes.count + 1)
            switch number(6) {
            case 0 where !bytes.isEmpty: bytes[number(bytes.count)] = UInt8(number(256))
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + number(8)))
            case 2:
                let part = Array(bytes[place..<min(bytes.count, place + number(60))])
                bytes.insert(contentsOf: part, at: number(bytes.count + 1))
            case 3:
                bytes.insert(
                    contentsOf: Array(repeating: Self.insert(number(40)), count: number(150)).joined(), at: place)
            default: bytes.insert(contentsOf: Self.insert(number(40)), at: place)
            }
        }
        return bytes
    }

    private static func insert(_ number: Int) -> [UInt8] { Array(inserts[number % inserts.count].utf8) }
}

@Suite struct HostileTextTests {
    /// Whatever comes, it is read to a value that can be written and read again, or refused with findings that point
    /// into the text.
    static func run(_ count: Int) {
        var hostile = HostileText(random: RandomDocument(generator: .announced("hostile texts")))
        let seed = hostile.random.generator.seed
        var (read, refused) = (0, 0)
        for round in 0..<count {
            let bytes = hostile.bytes()
            do throws(DocumentTextError) {
                let value = try DocumentText.read(bytes: bytes).value
                read += 1
                let again = try DocumentText.read(DocumentText.yaml(value)).value
                #expect(again == value, "seed \(seed), round \(round): \(bytes)")
            } catch {
                refused += 1
                let lines = bytes.count { $0 == 0x0A } + 1
                let isPlaced = error.findings.allSatisfy { finding in
                    (1...lines).contains(finding.line ?? 0) && (finding.column ?? 0) > 0
                        && (finding.excerpt?.unicodeScalars.count ?? 0) < 250
                }
                #expect(!error.findings.isEmpty && error.findings.count <= 21, "seed \(seed), round \(round)")
                #expect(isPlaced, "seed \(seed), round \(round): \(error.findings) of \(bytes)")
            }
        }
        print("hostile texts: \(read) read, \(refused) refused")
        #expect(read > count / 20 && refused > count / 4)
    }

    @Test func hostileTextsAreReadOrRefusedWithTheirPlace() { Self.run(4_000) }

    /// Texts of the largest size that want time or memory out of proportion. Each is refused or read within the limits
    /// that hold for every text; the time limit is for what would never end.
    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            ("[", ""), ("{", ""), ("{a: ", ""), ("- ", ""), ("? ", ""), ("&a ", ""), ("!!x ", ""), ("*a ", ""),
            ("# ", ""),
            ("[{", ""), ("a: {b: ", ""), ("{\"a\":", ""), ("[\"a\",", ""), ("- - \n", ""), ("a:\n ", ""), ("\t", ""),
            ("%TAG ! x\n", ""), ("---\n", ""), ("'", ""), ("\"\\x41", ""), ("|\n ", ""), ("a: &b c\n", ""),
            ("a: ", "\n"),
            ("é", ": b\n"), ("k: [a, {b: c}]\n", ""), ("1", "\n"), ("{\"a\":1,\"a\":2},", "]"),
            ("\"\\ud83d\\ude00", "\""),
            ("<<: {a: b}\n", ""), ("- &a [*a]\n", ""),
        ])
    func largestTextsEnd(unit: String, end: String) {
        let count = (DocumentText.Limit.bytes - 8) / unit.utf8.count
        var bytes: [UInt8] = []
        for _ in 0..<count { bytes += unit.utf8 }
        bytes += end.utf8
        do throws(DocumentTextError) {
            _ = try DocumentText.read(bytes: bytes)
        } catch {
            #expect((1...21).contains(error.findings.count))
            #expect(error.findings.allSatisfy { $0.line != nil && ($0.excerpt?.utf8.count ?? 0) < 1_000 })
        }
    }
}

@Suite("Soak: hostile texts", .enabled(if: ProcessInfo.processInfo.environment["SIGNALBOX_SOAK"] != nil, "make soak"))
struct HostileTextSoak {
    @Test func aMillionTexts() { HostileTextTests.run(1_000_000) }
}
