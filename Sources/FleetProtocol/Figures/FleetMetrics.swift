package import EdgeModel
internal import EdgePlan

/// A fleet snapshot in the Prometheus text format 0.0.4.
package enum FleetMetrics {
    /// - Parameter regions: where nodes were registered to be; told for those that do not say it themselves.
    package static func text(_ snapshot: FleetSnapshot, regions: [ResourceName: String] = [:]) -> String {
        var page = MetricsPage()
        nodes(snapshot, regions, &page)
        configurations(snapshot, &page)
        origins(snapshot, &page)
        return page.text
    }

    private static func nodes(
        _ snapshot: FleetSnapshot, _ regions: [ResourceName: String], _ page: inout MetricsPage
    ) {
        let nodes = snapshot.status.nodes.values.sorted { $0.name < $1.name }
        page.family("signalbox_node_info", .gauge, "Nodes and what runs there.")
        for node in nodes {
            let own = node.description?.region ?? ""
            page.sample(
                1,
                [
                    ("node", node.name.rawValue), ("region", own.isEmpty ? regions[node.name] ?? "" : own),
                    ("envoy", node.description?.envoyVersion ?? ""), ("module", node.description?.moduleVersion ?? ""),
                ])
        }
        page.family("signalbox_node_live", .gauge, "1 when the node asked or reported lately.")
        for node in nodes { page.sample(node.isLive(at: snapshot.at) ? 1 : 0, [("node", node.name.rawValue)]) }
        page.family("signalbox_node_plan_info", .gauge, "Plan that a node serves, by network.")
        for node in nodes {
            for network in Network.allCases {
                guard let plan = node.plan(of: network) else { continue }
                page.sample(1, [("node", node.name.rawValue), ("network", network.rawValue), ("plan", plan.rawValue)])
            }
        }
        page.family("signalbox_node_current", .gauge, "1 when the node serves what was published last.")
        for node in nodes {
            for network in Network.allCases {
                switch snapshot.status.lag(of: node, in: network, at: snapshot.at) {
                case .current: page.sample(1, [("node", node.name.rawValue), ("network", network.rawValue)])
                case .behind: page.sample(0, [("node", node.name.rawValue), ("network", network.rawValue)])
                case .notServed, nil: break
                }
            }
        }
        page.family("signalbox_node_last_seen_age_seconds", .gauge, "Time since the node was last heard of.")
        for node in nodes {
            guard let seen = node.lastSeen else { continue }
            let age = max(0, snapshot.at.milliseconds - seen.milliseconds)
            page.sample(milliseconds: age, [("node", node.name.rawValue)])
        }
        page.family("signalbox_node_restarts_total", .counter, "Times the node's Envoy was started again.")
        for node in nodes { page.sample(node.restarts, [("node", node.name.rawValue)]) }
        page.family("signalbox_node_resident_bytes", .gauge, "Resident memory of the node's Envoy.")
        for node in nodes {
            if let bytes = node.residentBytes { page.sample(bytes, [("node", node.name.rawValue)]) }
        }
    }

    private static func configurations(_ snapshot: FleetSnapshot, _ page: inout MetricsPage) {
        let figures = snapshot.figures.sorted { $0.key < $1.key }
        page.family("signalbox_requests_total", .counter, "Requests answered, by version.")
        for (node, figures) in figures {
            for figure in figures.configurations { page.sample(figure.requests, labels(node, figure)) }
        }
        page.family("signalbox_responses_total", .counter, "Answers, by version and class of status.")
        for (node, figures) in figures {
            for figure in figures.configurations {
                for (index, count) in figure.statusClasses.enumerated() {
                    page.sample(count, labels(node, figure) + [("class", "\(index + 1)xx")])
                }
            }
        }
        page.family("signalbox_request_duration_seconds", .histogram, "Time from request to end of answer.")
        for (node, figures) in figures {
            for figure in figures.configurations { histogram(figure.latency, labels(node, figure), &page) }
        }
        page.family("signalbox_rule_hits_total", .counter, "Requests a rule matched; of limits, those over them.")
        for (node, figures) in figures {
            let names = Dictionary(
                figures.configurations.map { ($0.configuration, $0) }, uniquingKeysWith: { first, _ in first })
            for rule in figures.rules {
                let known = names[rule.configuration] ?? ConfigurationFigures(configuration: rule.configuration)
                page.sample(rule.hits, labels(node, known) + [("rule", rule.ref)])
            }
        }
    }

    private static func origins(_ snapshot: FleetSnapshot, _ page: inout MetricsPage) {
        let rows = snapshot.figures.sorted { $0.key < $1.key }.flatMap { node, figures in
            figures.clusters.map { (labels: [("node", node.rawValue), ("origin", $0.name)], figures: $0) }
        }
        let counters: [(String, String, KeyPath<ClusterFigures, Int>)] = [
            ("requests", "Requests sent to an origin.", \.requests),
            ("failures", "Requests an origin failed.", \.failures),
            ("retries", "Requests sent to an origin again.", \.retries),
        ]
        for (name, help, value) in counters {
            page.family("signalbox_origin_\(name)_total", .counter, help)
            for row in rows { page.sample(row.figures[keyPath: value], row.labels) }
        }
        page.family("signalbox_origin_endpoints", .gauge, "Endpoints of an origin, by health.")
        for row in rows where row.figures.endpoints > 0 {
            page.sample(row.figures.healthy, row.labels + [("health", "healthy")])
            page.sample(row.figures.endpoints - row.figures.healthy, row.labels + [("health", "unhealthy")])
        }
    }

    private static func labels(_ node: ResourceName, _ figure: ConfigurationFigures) -> [(String, String)] {
        [
            ("node", node.rawValue), ("configuration", figure.configuration.description),
            ("application", figure.application ?? ""), ("version", figure.version.map(String.init) ?? ""),
        ]
    }

    private static func histogram(
        _ latency: LatencyFigures, _ labels: [(String, String)], _ page: inout MetricsPage
    ) {
        var sum = 0
        for (bound, count) in zip(latency.bounds, latency.counts) {
            sum += count
            page.sample(sum, labels + [("le", MetricsPage.seconds(microseconds: bound))], suffix: "_bucket")
        }
        page.sample(latency.count, labels + [("le", "+Inf")], suffix: "_bucket")
        page.line(MetricsPage.seconds(microseconds: latency.total), labels, suffix: "_sum")
        page.sample(latency.count, labels, suffix: "_count")
    }
}
