internal import EdgeModel
internal import FoundationEssentials

/// One line that a server tells those who watch (`{"op":"watch"}`). A reader passes over what it does not know.
struct FeedLine: Codable {
    /// What is live, until the next such line.
    var live: LivePicture?
    /// Sequence of the newest mutation: something was decided.
    var state: Int?
    /// The answer to being asked whether anybody is there.
    var alive: Bool?

    /// What is asked on a connection that was silent for a while.
    static let question: [UInt8] = Array("?\n".utf8)

    init(live: LivePicture? = nil, state: Int? = nil, alive: Bool? = nil) {
        self.live = live
        self.state = state
        self.alive = alive
    }

    init?(line: some Sequence<UInt8>) {
        guard let read = try? JSONDecoder().decode(FeedLine.self, from: Data(line)) else { return nil }
        self = read
    }

    /// With its end.
    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return ((try? encoder.encode(self)).map { Array($0) } ?? Array("{}".utf8)) + [0x0A]
    }
}

extension LivePicture {
    /// Itself without how long ago everything was, and without the last digits of what never stands still: two pictures
    /// of which these are equal tell a person the same.
    var saying: LivePicture {
        var said = self
        said.at = Timestamp(milliseconds: 0)
        for index in said.figures.indices {
            said.figures[index].age = 0
            // Ten thousandths: the counts tell the rest.
            said.figures[index].perSecond = (said.figures[index].perSecond * 10_000).rounded() / 10_000
        }
        for index in said.nodes.indices {
            (said.nodes[index].requestAge, said.nodes[index].reportAge) = (nil, nil)
            said.nodes[index].residentBytes = said.nodes[index].residentBytes.map { $0 >> 24 }
            for network in said.nodes[index].serving.indices { said.nodes[index].serving[network].milliseconds = 0 }
        }
        return said
    }
}
