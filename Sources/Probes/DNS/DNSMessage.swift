/// Messages of the domain name system (RFC 1035 section 4): a question written, an answer read. Answers come from anybody:
/// every length is checked, names are followed backwards only, and what is not understood is left out.
package enum DNSMessage {
    /// A recursive question for one name. nil when the name is none: labels of 1...63 bytes, 255 in all.
    package static func question(_ name: String, _ type: DNSType, id: UInt16) -> [UInt8]? {
        guard let labels = encoded(name) else { return nil }
        // Recursion desired, one question.
        return bytes(id) + [0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0] + labels + bytes(type.rawValue) + [0, 1]
    }

    /// nil when the bytes are no answer to that question: another id, another name or type, or no message at all.
    package static func answer(_ message: [UInt8], to name: String, _ type: DNSType, id: UInt16) -> DNSAnswer? {
        guard message.count >= 12, number(message, 0) == id, message[2] & 0x80 != 0, number(message, 4) == 1 else {
            return nil
        }
        guard let (asked, end) = readName(message, 12), end + 4 <= message.count, asked == normalized(name),
            number(message, end) == type.rawValue
        else { return nil }
        var answer = DNSAnswer(outcome: outcome(message[3] & 0x0F), isTruncated: message[2] & 0x02 != 0, records: [])
        var place = end + 4
        for _ in 0..<Int(number(message, 6)) {
            guard let (owner, next) = readName(message, place), next + 10 <= message.count else { break }
            let length = Int(number(message, next + 8))
            let start = next + 10
            guard start + length <= message.count else { break }
            if let type = DNSType(rawValue: number(message, next)), number(message, next + 2) == 1,
                let data = read(type, message, start..<(start + length))
            {
                answer.records.append((owner, data))
            }
            place = start + length
        }
        return answer
    }

    private static func outcome(_ code: UInt8) -> DNSAnswer.Outcome {
        code == 0 ? .success : code == 3 ? .noSuchName : .failure(Int(code))
    }

    // MARK: data

    private static func read(_ type: DNSType, _ message: [UInt8], _ range: Range<Int>) -> DNSData? {
        let data = message[range]
        switch type {
        case .a: return data.count == 4 ? .address(data.map { String($0) }.joined(separator: ".")) : nil
        case .aaaa:
            guard data.count == 16 else { return nil }
            let groups = (0..<8).map { String(number(message, range.lowerBound + 2 * $0), radix: 16) }
            return .address(groups.joined(separator: ":"))
        case .cname: return readName(message, range.lowerBound).map { .alias($0.name) }
        case .mx:
            guard data.count >= 3, let host = readName(message, range.lowerBound + 2) else { return nil }
            return .mailExchange(preference: Int(number(message, range.lowerBound)), host: host.name)
        case .txt:
            var text: [UInt8] = []
            var place = range.lowerBound
            while place < range.upperBound {
                let end = place + 1 + Int(message[place])
                guard end <= range.upperBound else { return nil }
                text += message[(place + 1)..<end]
                place = end
            }
            return .text(String(decoding: text, as: UTF8.self))
        }
    }

    // MARK: names

    /// Lower case, without a final dot.
    package static func normalized(_ name: String) -> String {
        let text = name.hasSuffix(".") ? name.dropLast() : name[...]
        return String(decoding: text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
    }

    private static func encoded(_ name: String) -> [UInt8]? {
        var result: [UInt8] = []
        for label in normalized(name).utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard (1...63).contains(label.count) else { return nil }
            result.append(UInt8(label.count))
            result += label
        }
        result.append(0)
        return result.count <= 255 ? result : nil
    }

    /// A name and where the bytes after it begin. Every pointer must lead before the one that it stands in, so that there
    /// is an end (RFC 1035 section 4.1.4).
    private static func readName(_ message: [UInt8], _ start: Int) -> (name: String, end: Int)? {
        var (place, limit, end, length) = (start, start, -1, 0)
        var labels: [String] = []
        while place < message.count {
            let count = Int(message[place])
            switch count {
            case 0: return (normalized(labels.joined(separator: ".")), end < 0 ? place + 1 : end)
            case 1...63:
                guard place + 1 + count <= message.count else { return nil }
                length += count + 1
                let label = message[(place + 1)..<(place + 1 + count)]
                // Dots and control characters inside a label would make another name of it.
                guard length <= 255, label.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x2E }) else { return nil }
                labels.append(String(decoding: label, as: UTF8.self))
                place += 1 + count
            case 192...:
                guard place + 1 < message.count else { return nil }
                let target = (count & 0x3F) << 8 | Int(message[place + 1])
                guard target < limit else { return nil }
                if end < 0 { end = place + 2 }
                (place, limit) = (target, target)
            default: return nil
            }
        }
        return nil
    }

    private static func number(_ message: [UInt8], _ place: Int) -> UInt16 {
        UInt16(message[place]) << 8 | UInt16(message[place + 1])
    }

    private static func bytes(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
}
