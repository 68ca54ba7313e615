import TestKit

/// Random requests: mostly such as browsers send, some such as nobody should.
struct RandomRequest {
    /// Where the edge listens over IPv4: production and staging addresses.
    var servers: [HostPort]
    /// Where it listens over IPv6.
    var servers6: [HostPort]

    func request(_ dice: inout Dice) -> ClientRequest {
        let isIPv6 = dice.chance(15)
        let method = dice.chance(99) ? dice.pick(Pools.methods) : dice.pick(["BREW", "get", "CONNECT", "TRACE"])
        var request = ClientRequest(
            method: method, target: target(&dice),
            host: dice.chance(98) ? dice.pick(Pools.writtenHosts) : dice.pick(Pools.foreignHosts),
            headers: headers(&dice),
            source: isIPv6 ? "::1" : dice.pick(Pools.sources), server: dice.pick(isIPv6 ? servers6 : servers))
        if ["POST", "PUT", "PATCH"].contains(method), dice.chance(50) { request.body = "k=v&n=1" }
        if dice.chance(1) { request.headers.append(dice.pick(Self.refused)) }
        return request
    }

    private func target(_ dice: inout Dice) -> String {
        var target = dice.chance(80) ? dice.pick(Pools.paths) : dice.pick(Pools.hostilePaths)
        if dice.chance(4) { target += dice.pick(Pools.hostilePaths) }
        if dice.chance(60) {
            target += "?" + (dice.chance(80) ? dice.pick(Pools.queries) : dice.pick(Pools.hostileQueries))
        }
        return target
    }

    private func headers(_ dice: inout Dice) -> [(name: String, value: String)] {
        var list: [(name: String, value: String)] = []
        func add(_ share: Int, _ names: [String], _ values: [String], _ dice: inout Dice) {
            if dice.chance(share) { list.append((dice.pick(names), dice.pick(values))) }
        }
        for name in Pools.headerNames {
            for share in [50, 15, 5] { add(share, [name, name.uppercased()], Pools.headerValues, &dice) }
        }
        for share in [70, 8] { add(share, ["User-Agent"], Pools.userAgents, &dice) }
        for share in [50, 8] { add(share, ["Referer"], Pools.referers, &dice) }
        add(15, ["Referer", "REFERER"], Pools.hostileReferers, &dice)
        for share in [50, 10] { add(share, ["Accept-Language"], Pools.languages, &dice) }
        for share in [70, 30, 10] {
            if dice.chance(share) {
                let cookies = (0..<dice.number(1...3)).map { _ in dice.pick(Pools.cookies) }
                list.append((dice.pick(["Cookie", "cookie"]), cookies.joined(separator: dice.pick(["; ", ";"]))))
            }
        }
        for share in [60, 30] { add(share, ["X-Token"], Tokens.all, &dice) }
        for share in [40, 8] { add(share, ["X-Forwarded-For"], Pools.forwardedFor, &dice) }
        for share in [60, 5] { add(share, ["X-Country", "x-country"], Pools.countries, &dice) }
        for share in [50, 10] { add(share, ["Accept"], ["*/*", "text/html", "application/json;q=0.5"], &dice) }
        if dice.chance(15) { list.append(dice.pick(Self.spoofs)) }
        if dice.chance(8) { list.append(dice.pick(Self.odd)) }
        return dice.chance(30) ? dice.shuffled(list) : list
    }

    /// What a client sends to look like the edge itself.
    private static let spoofs = [
        ("X-Edge-Origin", "two"), ("x-edge-anything", "1"), ("X-Edge-Version", "shop@9"),
        ("X-Client-Host", "spoofed.test"),
        ("X-Forwarded-Host", "spoofed.test"), ("X-Envoy-Upstream-Rq-Timeout-Ms", "1"), ("X-Envoy-Retry-On", "5xx"),
        ("X-Envoy-Original-Path", "/a"), ("X-Request-Id", "spoofed"), ("X-Forwarded-Proto", "https"),
    ]
    private static let odd = [
        ("X_Under", "1"), ("x_a", "1"), ("Authorization", "Basic eDp5"), ("Content-Type", "text/plain; charset=x"),
        ("Range", "bytes=0-1"), ("If-None-Match", "\"x\""), ("Keep-Alive", "timeout=5"), ("Connection", "x-a"),
        ("TE", "trailers"), ("X-Long", String(repeating: "v", count: 3000)), ("Via", "1.1 cache"),
        ("Accept-Encoding", "gzip, br"),
        ("X!#$%&'*+.^`|~", "token"), ("Expect", "nothing"), ("X-Forwarded-Client-Cert", "x"), ("Cookie2", "a=b"),
    ]
    /// Headers that a server must not let pass.
    private static let refused = [
        ("X Space", "1"), ("X-Control", "a\u{1}b"), ("X-Delete", "a\u{7F}"), ("", "empty"), ("X-Null", "a\u{0}"),
        ("X(", "1"),
    ]
}
