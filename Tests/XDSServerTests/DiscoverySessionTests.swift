import Testing
import XDSServer

@Suite("A discovery session")
struct DiscoverySessionTests {
    @Test("A version that comes back is accepted, and not sent again")
    func accepted() {
        let session = Session()
        #expect(session.hear(nil) == nil)
        #expect(session.send("a"))
        #expect(session.hear("a") == .accepted("a"))
        #expect(!session.send("a") && session.accepted == "a")
    }

    @Test("A version that does not come back is sent once more, then it is refused and held")
    func refused() {
        let session = Session()
        _ = session.hear("a")
        #expect(session.send("b"))
        #expect(session.hear("a") == nil && session.send("b"))
        #expect(session.hear("a") == .refused("b"))
        #expect(!session.send("b"))
        #expect(session.hear("a") == nil && !session.send("b"))
    }

    @Test("An answer that was lost on its way is no refusal")
    func lost() {
        let session = Session()
        _ = session.hear("a")
        #expect(session.send("b"))
        #expect(session.hear("a") == nil && session.send("b"))
        #expect(session.hear("b") == .accepted("b"))
    }

    @Test("A refused version is offered again once another one was on offer")
    func offeredAgain() {
        let session = Session()
        _ = session.hear("a")
        for _ in 0..<2 {
            #expect(session.send("b"))
            _ = session.hear("a")
        }
        #expect(session.refused == "b" && !session.send("a"))
        #expect(session.send("b"))
    }

    @Test("The very first version can be refused too")
    func firstRefused() {
        let session = Session()
        _ = session.hear(nil)
        #expect(session.send("a"))
        #expect(session.hear(nil) == nil && session.send("a"))
        #expect(session.hear(nil) == .refused("a"))
    }

    @Test("A request without a version after one with a version is a new process, which starts from nothing")
    func restarted() {
        let session = Session()
        _ = session.hear("a")
        #expect(session.send("b"))
        #expect(session.hear(nil) == .restarted)
        #expect(session.accepted == nil && session.send("b"))
    }

    @Test("A server that has just started takes the node's word for what it runs")
    func serverRestarted() {
        let session = Session()
        #expect(session.hear("old") == .accepted("old"))
        #expect(session.send("new"))
    }

    @Test("While an answer is on its way nothing else is sent: only the next request tells what the node runs")
    func onItsWay() {
        let session = Session()
        #expect(session.hear(nil) == nil && session.send("a"))
        #expect(!session.send("a") && !session.send("b"))
        #expect(session.hear("a") == .accepted("a"))
        #expect(session.send("b"))
    }
}

/// The value behind a reference, so that an expectation may change it.
private final class Session {
    private var value = DiscoverySession()
    var accepted: String? { value.accepted }
    var refused: String? { value.refused }
    func hear(_ version: String?) -> DiscoverySession.Word? { value.hear(version) }
    func send(_ version: String) -> Bool { value.send(version) }
}
