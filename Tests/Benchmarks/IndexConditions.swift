import RulesLanguage

/// Many conditions of one family, compiled, with their index, and requests for some of them.
final class IndexConditions {
    enum Family: String, CaseIterable {
        case host, prefix, address, mixed

        var title: String {
            switch self {
            case .host: "host"
            case .prefix: "path prefix"
            case .address: "address"
            case .mixed: "host, prefix or address, a tenth arbitrary"
            }
        }
    }

    /// Where among the conditions the one stands that a request is for.
    enum Place: String, CaseIterable {
        case early, late, none
    }

    struct Request {
        var host = "nobody.example.net"
        var path = "/nothing/here/for/us.html"
        var address = IPAddress(v4: 0xc612_0001)
        var agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
        /// The first condition that holds; nil: none.
        var expected: Int?
    }

    /// Milliseconds.
    private(set) var madeIn = 0.0
    private let family: Family
    private let programs: [Program]
    private let memory: UnsafeMutableRawBufferPointer
    private let views: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>
    private let firstRegex: UnsafeMutableBufferPointer<Int>
    private let tables: Tables

    private struct Tables: ~Copyable {
        let gates: GateTable
        let regexes: RegexTable
    }

    convenience init(_ family: Family, _ count: Int) throws {
        try self.init(texts: (0..<count).map { Self.condition(family, $0) }, family)
    }

    init(texts: [String], _ family: Family = .host) throws {
        self.family = family
        let compiler = ProgramCompiler()
        programs = try texts.map { try compiler.compile(try Parser().parse($0)) }
        // One string of bytes, as in a plan.
        memory = .allocate(byteCount: programs.reduce(1) { $0 + $1.bytes.count }, alignment: 16)
        views = .allocate(capacity: programs.count)
        firstRegex = .allocate(capacity: programs.count)
        var start = 0
        var patterns = 0
        for (index, program) in programs.enumerated() {
            let place = UnsafeMutableRawBufferPointer(rebasing: memory[start..<(start + program.bytes.count)])
            place.copyBytes(from: program.bytes)
            views.initializeElement(at: index, to: UnsafeRawBufferPointer(place))
            firstRegex.initializeElement(at: index, to: patterns)
            patterns += ProgramVerifier.regexPatterns(in: views[index]).count
            start += program.bytes.count
        }
        var regexes = RegexTable(capacity: patterns)
        for view in views { for pattern in ProgramVerifier.regexPatterns(in: view) { try regexes.append(pattern) } }
        let before = Clocks.ownThread()
        let gates = GateTable(Array(views))
        madeIn = Double(Clocks.ownThread() - before) / 1e6
        tables = Tables(gates: gates, regexes: regexes)
    }

    deinit {
        memory.deallocate()
        views.deallocate()
        firstRegex.deallocate()
    }

    // MARK: what is asked

    /// Every tenth of the mixed ones is arbitrary: parts of texts, patterns, wildcards, sets, several things at once.
    private static func condition(_ family: Family, _ number: Int) -> String {
        switch family {
        case .host: return "http.host eq \"shop-\(number).example.com\""
        case .prefix: return "starts_with(http.request.uri.path, \"/catalogue/section-\(number)/\")"
        case .address: return "ip.src in {\(network(number))/28}"
        case .mixed:
            guard number % 10 == 9 else { return condition([.host, .prefix, .address][number % 3], number) }
            switch number / 10 % 6 {
            case 0:
                return "lower(http.user_agent) contains \"crawler-\(number)/\" and not ip.src in {10.0.0.0/8}"
            case 1:
                return "http.request.uri.path matches \"^/v[0-9]+/item-\(number)(/|$)\" "
                    + "and http.request.method in {\"GET\" \"HEAD\"}"
            case 2:
                return "http.request.uri.path wildcard \"*/archive-\(number)/*.php\" or "
                    + "ends_with(http.request.uri.path, \"/page-\(number).html\")"
            case 3:
                return "any(http.request.headers[\"x-tenant-\(number)\"][*] eq \"on\") or "
                    + "http.host in {\"a\(number).example.org\" \"b\(number).example.org\"}"
            case 4:
                return "(http.host eq \"multi-\(number).example.org\" and len(http.request.uri.path) lt 200) or "
                    + "(ip.src eq \(network(number)) and not ssl)"
            default:
                return "http.request.method eq \"GET\" and not ssl and "
                    + "lower(http.request.uri.path) eq \"/landing/\(number)\""
            }
        }
    }

    private static func address(_ number: Int) -> IPAddress { IPAddress(v4: 0x1400_0000 + UInt32(number) * 16) }

    private static func network(_ number: Int) -> String { "\(address(number))" }

    /// A hundred requests, for conditions of the first or last tenth, or for none.
    func requests(_ place: Place) -> [Request] {
        let tenth = max(programs.count / 10, 1)
        return (0..<100).map { index in
            guard place != .none else { return Request() }
            let number = (place == .early ? 0 : programs.count - tenth) + index * 7919 % tenth
            var request = Request(expected: number)
            let kind = family == .mixed && number % 10 != 9 ? [.host, .prefix, .address][number % 3] : family
            switch kind {
            case .host: request.host = "shop-\(number).example.com"
            case .prefix: request.path = "/catalogue/section-\(number)/shoes/red.html"
            case .address: request.address = IPAddress(v4: 0x1400_0000 + UInt32(number) * 16)
            case .mixed:
                switch number / 10 % 6 {
                case 0: request.agent = "Mozilla/5.0 (compatible; Crawler-\(number)/2.1)"
                case 1: request.path = "/v2/item-\(number)/details"
                case 2: request.path = "/shop/page-\(number).html"
                case 3: request.host = "b\(number).example.org"
                case 4: request.host = "multi-\(number).example.org"
                default: request.path = "/Landing/\(number)"
                }
            }
            return request
        }
    }

    // MARK: asking

    /// Nanoseconds a request, fields set anew for each.
    func time(_ requests: [Request], rounds: Int, byIndex: Bool) throws -> Double {
        var fields = FieldTable()
        var scratch = Scratch()
        let hosts = requests.map { Array($0.host.utf8) }
        let paths = requests.map { Array($0.path.utf8) }
        let agents = requests.map { Array($0.agent.utf8) }
        let expected = requests.map { $0.expected ?? programs.count }
        let addresses = requests.map(\.address)
        let method = Array("GET".utf8)
        var wrong: Unexpected?
        let start = Clocks.ownThread()
        for _ in 0..<rounds {
            for index in requests.indices {
                hosts[index].withUnsafeBytes { host in
                    paths[index].withUnsafeBytes { path in
                        agents[index].withUnsafeBytes { agent in
                            method.withUnsafeBytes { method in
                                fields.removeAll()
                                fields.setBytes(.httpHost, host)
                                fields.setBytes(.path, path)
                                fields.setBytes(.userAgent, agent)
                                fields.setBytes(.method, method)
                                fields.setBool(.ssl, false)
                                fields.setIP(.sourceIP, addresses[index])
                                let found = byIndex ? first(fields, &scratch) : scanned(fields, &scratch)
                                if found != expected[index] {
                                    wrong = Unexpected(found: found, expected: expected[index])
                                }
                            }
                        }
                    }
                }
            }
        }
        let time = Double(Clocks.ownThread() - start) / Double(rounds * requests.count)
        if let wrong { throw wrong }
        return time
    }

    @inline(never)
    private func first(_ fields: borrowing FieldTable, _ scratch: inout Scratch) -> Int {
        var next = 0
        while true {
            next = tables.gates.next(next, views.count, fields)
            guard next < views.count else { return next }
            let regexes = tables.regexes.base(at: firstRegex[next])
            if Evaluator.matches(views[next], fields, regexes: regexes, scratch: &scratch) { return next }
            next += 1
        }
    }

    @inline(never)
    private func scanned(_ fields: borrowing FieldTable, _ scratch: inout Scratch) -> Int {
        for index in 0..<views.count {
            let regexes = tables.regexes.base(at: firstRegex[index])
            if Evaluator.matches(views[index], fields, regexes: regexes, scratch: &scratch) { return index }
        }
        return views.count
    }

    /// Nanoseconds for finding the first expression of a table that matches a host; the program is the one condition.
    func scan(_ regexes: borrowing RegexTable, _ host: String, expecting expected: Int) throws -> Double {
        var fields = FieldTable()
        var scratch = Scratch()
        var found = regexes.count
        let bytes = Array(host.utf8)
        let start = Clocks.ownThread()
        bytes.withUnsafeBytes { host in
            fields.setBytes(.httpHost, host)
            for index in 0..<regexes.count
            where Evaluator.matches(views[0], fields, regexes: regexes.base(at: index), scratch: &scratch) {
                found = index
                break
            }
        }
        let time = Double(Clocks.ownThread() - start)
        guard found == expected else { throw Unexpected(found: found, expected: expected) }
        return time
    }

    struct Unexpected: Error {
        let found: Int
        let expected: Int
    }
}
