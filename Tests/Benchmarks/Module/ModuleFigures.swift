import TestKit

/// What the rounds of ``ModuleBenchmark`` gave, and what can be said of it.
struct ModuleFigures {
    let connections: Int
    let requests: Int
    private var busy: [ModuleVariant: [ModuleEdge.Cost]] = [:]
    private var single: [ModuleVariant: [ModuleEdge.Cost]] = [:]

    init(connections: Int, requests: Int) { (self.connections, self.requests) = (connections, requests) }

    /// - Parameters:
    ///   - busy: under steady load over several connections.
    ///   - single: one request at a time.
    mutating func add(_ variant: ModuleVariant, busy: ModuleEdge.Cost, single: ModuleEdge.Cost) {
        self.busy[variant, default: []].append(busy)
        self.single[variant, default: []].append(single)
    }

    private static let plain = ModuleVariant(kind: .plain)
    private static let plainAgain = ModuleVariant(kind: .plainAgain)
    private static let nginx = ModuleVariant(kind: .nginx)

    /// Processor time by round.
    private func times(_ variant: ModuleVariant, _ costs: [ModuleVariant: [ModuleEdge.Cost]]) -> [Double] {
        (costs[variant] ?? []).map(\.processor)
    }

    /// What a variant costs more than an Envoy without the module, round by round; that is the mean of both such.
    private func extra(_ rules: Int, _ costs: [ModuleVariant: [ModuleEdge.Cost]]) -> Samples {
        extra(ModuleVariant(kind: .module, rules: rules), costs)
    }

    private func extra(_ variant: ModuleVariant, _ costs: [ModuleVariant: [ModuleEdge.Cost]]) -> Samples {
        let base = zip(times(Self.plain, costs), times(Self.plainAgain, costs)).map { ($0 + $1) / 2 }
        return Samples(zip(times(variant, costs), base).map { $0 - $1 })
    }

    /// What the module costs more than a filter that only moves its headers, round by round.
    private func own(_ rules: Int) -> Samples {
        let floor = times(ModuleVariant(kind: .floor, rules: rules), busy)
        return Samples(zip(times(ModuleVariant(kind: .module, rules: rules), busy), floor).map { $0 - $1 })
    }

    private func noise(_ costs: [ModuleVariant: [ModuleEdge.Cost]]) -> Samples {
        Samples(zip(times(Self.plainAgain, costs), times(Self.plain, costs)).map { $0 - $1 })
    }

    private func nginxExtra(_ rules: Int) -> Samples {
        let variant = ModuleVariant(kind: .nginx, rules: rules)
        return Samples(zip(times(variant, busy), times(Self.nginx, busy)).map { $0 - $1 })
    }

    /// Share of user mode of all processor time.
    private func userShare(_ variant: ModuleVariant) -> Double {
        let costs = busy[variant] ?? []
        let (user, system) = (costs.reduce(0) { $0 + $1.userTicks }, costs.reduce(0) { $0 + $1.systemTicks })
        return user / max(1, user + system)
    }

    /// `3.1 µs (± 0.4)`.
    private static func text(_ samples: Samples) -> String {
        "\(Figure.short(samples.median)) µs (± \(Figure.short(samples.spread)))"
    }

    func rows(_ counts: [Int]) -> [Row] { counts.map(row) + floorRows + nativeRows + [timesRow] + [singleRow(counts)] }

    /// The same rules as Envoy's own routes.
    private var nativeRows: [Row] {
        let costs = ModuleVariant.natives.map {
            (rules: $0, native: extra(ModuleVariant(kind: .native, rules: $0), busy), own: extra($0, busy))
        }
        guard let last = costs.last, last.native.count > 0 else { return [] }
        var figures: [String: Double] = [:]
        for cost in costs {
            figures.merge(cost.native.figures("native_\(cost.rules)_rules", "us")) { first, _ in first }
        }
        return [
            Row(
                what: "Envoy's own routes, equal rules",
                measured: costs.map { "\($0.rules) rules \(Self.text($0.native))" }.joined(separator: ", "),
                beside: "the module, \(last.rules) rules: \(Self.text(last.own))", figures: figures,
                notes: costs.map {
                    "\($0.rules) rules are \(NativeRules.count(of: $0.rules)) routes: those that look at addresses or "
                        + "responses cannot be said, and no response header is added"
                })
        ]
    }

    /// What of it Envoy charges for any filter; none where the floor could not be built.
    private var floorRows: [Row] {
        let idle = extra(ModuleVariant(kind: .idle), busy)
        let floors = ModuleVariant.floors.map { (rules: $0, cost: extra(ModuleVariant(kind: .floor, rules: $0), busy)) }
        guard idle.count > 0 else { return [] }
        var figures = idle.figures("idle_filter", "us")
        for floor in floors {
            figures.merge(floor.cost.figures("floor_of_\(floor.rules)_rules", "us")) { first, _ in first }
            figures.merge(own(floor.rules).figures("beyond_floor_\(floor.rules)_rules", "us")) { first, _ in first }
        }
        let texts = floors.map { "\($0.rules) rules \(Self.text(own($0.rules)))" }
        return [
            Row(
                what: "of that beyond any filter's cost", measured: texts.joined(separator: ", "),
                beside: "a filter in C that does nothing: \(Self.text(idle))", figures: figures,
                notes: floors.map {
                    "a filter that only takes the headers over and adds those of \($0.rules) rules: \(Self.text($0.cost))"
                })
        ]
    }

    private func row(_ rules: Int) -> Row {
        let variant = ModuleVariant(kind: .module, rules: rules)
        let (own, base) = (Samples(times(variant, busy)), Samples(times(Self.plain, busy)))
        let (extra, noise, nginx) = (extra(rules, busy), noise(busy), nginxExtra(rules))
        let reference = self.extra(200, busy)
        let isBeyond = rules > 200
        let elapsed = Samples((busy[variant] ?? []).map(\.elapsed))
        let nginxBase = Samples(times(Self.nginx, busy))
        var figures = own.figures("with_module", "us").merging(base.figures("without_module", "us")) { first, _ in
            first
        }
        figures.merge(extra.figures("extra", "us")) { first, _ in first }
        figures.merge(noise.figures("between_two_without", "us")) { first, _ in first }
        figures["extra_spread_us"] = extra.spread
        figures["user_share"] = userShare(variant)
        figures["user_share_without"] = userShare(Self.plain)
        figures["elapsed_p50_us"] = elapsed.median
        if nginx.count > 0 {
            figures.merge(nginx.figures("nginx_extra", "us")) { first, _ in first }
            figures.merge(nginxBase.figures("nginx_without_rules", "us")) { first, _ in first }
        }
        let hasPeer = nginx.count > 0 && rules > 0
        return Row(
            what: "the module a request, \(rules) rules", measured: "\(Self.text(extra)) CPU",
            aim: isBeyond ? "as at 200" : "≤ 5 µs",
            holds: isBeyond
                ? extra.median <= reference.median + max(noise.median.magnitude, noise.spread, reference.spread)
                : extra.median <= 5,
            beside: hasPeer
                ? "nginx, equal rules: \(Self.text(nginx))"
                : "Envoy \(Figure.short(own.median)) µs with, \(Figure.short(base.median)) µs without",
            ratio: hasPeer && nginx.median > nginx.spread ? extra.median / nginx.median : nil, figures: figures,
            notes: [
                "user and system time of the worker; \(connections) kept connections in a closed loop, \(requests) requests a round; "
                    + "median of the differences within \(extra.count) rounds",
                "Envoy \(Self.text(own)) with, \(Self.text(base)) without, of which in user mode "
                    + "\(Int(userShare(variant) * 100)) % and \(Int(userShare(Self.plain) * 100)) %",
                "best rounds, which others disturbed least: \(Figure.short(own.smallest)) µs with, "
                    + "\(Figure.short(base.smallest)) µs without, so \(Figure.short(own.smallest - base.smallest)) µs more",
                "two equal listeners without the module differ by \(Self.text(noise)); a request took "
                    + "\(Figure.short(elapsed.median)) µs from start to end of the round over their number",
                nginx.count > 0
                    ? "nginx without rules \(Self.text(nginxBase)); with them it costs \(Self.text(nginx)) more"
                    : "no nginx here",
            ])
    }

    /// What a client waits for among others: with the most rules, beside all that is compared.
    private var timesRow: Row {
        let rules = ModuleVariant.natives.max() ?? 0
        let variants = [Self.plain] + [.module, .native, .nginx].map { ModuleVariant(kind: $0, rules: rules) }
        var figures: [String: Double] = [:]
        let texts = variants.filter { busy[$0] != nil }.map { variant in
            var times = LatencyHistogram()
            for cost in busy[variant] ?? [] { times.merge(cost.times) }
            let (p50, p99) = (
                Double(times.nanoseconds(quantile: 0.5)) / 1e6, Double(times.nanoseconds(quantile: 0.99)) / 1e6
            )
            figures["p50_ms \(variant.name)"] = p50
            figures["p99_ms \(variant.name)"] = p99
            return "\(variant.name) p50 \(Figure.short(p50)), p99 \(Figure.short(p99)) ms"
        }
        return Row(
            what: "a request among others, \(rules) rules", measured: texts.dropFirst().first ?? "",
            beside: ([texts.first].compactMap(\.self) + texts.dropFirst(2)).joined(separator: "; "), figures: figures,
            notes: ["the same \(connections) connections: from the sending of a request to its answer's last byte"])
    }

    /// The same one at a time: what a quiet edge pays, the worker's waking up included.
    private func singleRow(_ counts: [Int]) -> Row {
        let noise = noise(single)
        var figures = noise.figures("between_two_without", "us")
        for rules in counts { figures.merge(extra(rules, single).figures("extra_\(rules)_rules", "us")) { $1 } }
        let base = Samples(times(Self.plain, single))
        return Row(
            what: "the module, one request at a time",
            measured: counts.map { "\($0) rules \(Figure.short(extra($0, single).median)) µs" }.joined(separator: ", "),
            beside: "Envoy \(Figure.short(base.median)) µs without", figures: figures,
            notes: [
                "one kept connection, so that the worker sleeps between requests; two equal listeners differ by \(Self.text(noise))"
            ])
    }
}
