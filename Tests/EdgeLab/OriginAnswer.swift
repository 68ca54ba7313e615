import TestKit

/// What an origin does with one request.
enum OriginAnswer: Equatable {
    /// - Parameter lifetime: seconds that caches may keep it; nil: nothing is said of caches.
    case respond(status: Int, body: Body, afterMilliseconds: Int64 = 0, close: Bool = false, lifetime: Int? = nil)
    /// Closes without an answer.
    case abort
    /// Closes with a reset.
    case reset
    /// Promises so many bytes, sends half and closes.
    case truncate(Int)

    enum Body: Equatable {
        case echo
        case text(String)
        case filler(Int)
    }

    /// A filler body is at most this long, in bytes.
    static let longestFiller = 64 << 20

    /// Decides by the request's path; a path that is not the lab's own is echoed.
    static func decide(method: String, target: String, state: OriginState) -> OriginAnswer {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.first ?? ""
        if path == "/healthz" {
            return .respond(status: state.isHealthy ? 200 : 503, body: .text(state.isHealthy ? "ok\n" : "not ok\n"))
        }
        guard path.hasPrefix("/__lab/") else {
            return .respond(status: state.countAndFail() ? 500 : 200, body: .echo)
        }
        let words = path.dropFirst("/__lab/".count).split(separator: "/")
        let query = parts.count > 1 ? parts[1] : ""
        if method == "POST", words == ["health"] || words == ["fail"] {
            return control(String(words[0]), query: query, state: state)
        }
        let number = words.count == 2 ? Int(words[1]) : nil
        switch (words.first.map(String.init), number) {
        case ("status", .some(let status)) where (200...599).contains(status):
            return .respond(status: status, body: .echo)
        case ("delay", .some(let milliseconds)) where (0...600_000).contains(milliseconds):
            return .respond(status: 200, body: .echo, afterMilliseconds: Int64(milliseconds))
        case ("bytes", .some(let count)) where (0...longestFiller).contains(count):
            return .respond(status: 200, body: .filler(count))
        case ("truncate", .some(let count)) where (2...longestFiller).contains(count): return .truncate(count)
        case ("lasting", .some(let seconds)) where (0...31_536_000).contains(seconds):
            return .respond(status: 200, body: .echo, lifetime: seconds)
        case ("close", nil): return .respond(status: 200, body: .echo, close: true)
        case ("abort", nil): return .abort
        case ("reset", nil): return .reset
        case ("stats", nil): return .respond(status: 200, body: .text("{\"requests\":\(state.requests)}\n"))
        default: return .respond(status: 404, body: .text("no such path of the lab\n"))
        }
    }

    private static func control(_ word: String, query: Substring, state: OriginState) -> OriginAnswer {
        if word == "health", query == "ok=true" || query == "ok=false" {
            state.isHealthy = query == "ok=true"
            return .respond(status: 200, body: .text("health: \(query)\n"))
        }
        if word == "fail", query.hasPrefix("share="), let share = Double(query.dropFirst(6)), (0...1).contains(share) {
            state.setFailingShare(share)
            return .respond(status: 200, body: .text("fail: \(query)\n"))
        }
        return .respond(status: 400, body: .text("say health?ok=true, health?ok=false or fail?share=0.2\n"))
    }
}
