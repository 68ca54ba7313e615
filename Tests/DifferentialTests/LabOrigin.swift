import Synchronization

/// What an `edgelab origin` answers, told beforehand.
enum LabOrigin {
    private static let names = Mutex<[Int: String]>([:])

    static func know(_ ports: [String: Int]) {
        names.withLock { names in for (name, port) in ports { names[port] = name } }
    }

    static func name(port: Int) -> String? { names.withLock { $0[port] } }

    /// Status, and the text unless it is the echo of the request.
    static func answer(to target: String) -> (status: Int, text: String?) {
        let path = target.prefix { $0 != "?" }
        guard path.hasPrefix("/__lab/") else { return (200, nil) }
        let words = path.dropFirst("/__lab/".count).split(separator: "/")
        if words.count == 2, words[0] == "status", let status = Int(words[1]), (200...599).contains(status) {
            return (status, nil)
        }
        if lifetime(of: target) != nil { return (200, nil) }
        return (404, "no such path of the lab\n")
    }

    /// Seconds that its answer may be kept.
    static func lifetime(of target: String) -> Int? {
        let words = target.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: true)
        guard target.hasPrefix("/__lab/"), words.count == 3, words[1] == "lasting" else { return nil }
        return Int(words[2])
    }
}
