import Probes

/// Answers of name servers to each type of question.
enum DNSFuzz {
    static func run(_ bytes: [UInt8]) {
        guard bytes.count >= 2 else { return }
        let id = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        for type in DNSType.allCases {
            guard let answer = DNSMessage.answer(bytes, to: "example.com", type, id: id) else { continue }
            // A root owner, type, class, time and length.
            hold(answer.records.count <= bytes.count / 11, "a record takes its place in the answer")
            hold(answer.data(of: "example.com").count <= answer.records.count, "what belongs to a name is among them")
            for record in answer.records {
                hold(record.name == DNSMessage.normalized(record.name), "names have one form")
                hold(record.name.utf8.count <= 255, "names have an end")
            }
            hold(DNSMessage.answer(bytes, to: "example.org", type, id: id) == nil, "it answers one question")
        }
    }
}
