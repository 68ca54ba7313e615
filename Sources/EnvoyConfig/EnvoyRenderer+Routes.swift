internal import EdgePlan

extension EnvoyRenderer {
    /// - Parameter changed: names of origins that were there before and stand for nothing or something else now.
    func routeTable(
        _ network: Network, _ plan: NetworkPlan, origins: [String: OriginPlan], changed: Set<String>,
        reusing previous: RouteTable?, encode: (ZonePlan) throws -> [UInt8]
    ) throws -> RouteTable {
        // Both are sorted by name, so one walk pairs them; a zone that is not found in its place is rendered anew.
        let old = previous?.virtualHosts ?? []
        var index = 0
        var (zones, new, gone): ([RenderedZone], [RenderedZone], [RenderedZone]) = ([], [], [])
        zones.reserveCapacity(plan.zones.count)
        // Envoy refuses a virtual host without a domain; such a zone cannot be asked for.
        for place in plan.zones.indices where !plan.zones[place].hosts.isEmpty {
            while index < old.count, old[index].plan.name < plan.zones[place].name {
                gone.append(old[index])
                index += 1
            }
            if index < old.count, old[index].plan.name == plan.zones[place].name {
                defer { index += 1 }
                // A zone that stays as it is names the same origins.
                if old[index].isWhole, old[index].plan == plan.zones[place],
                    changed.isEmpty || old[index].origins.allSatisfy({ !changed.contains($0.name) })
                {
                    zones.append(old[index])
                    continue
                }
                gone.append(old[index])
            }
            let zone = plan.zones[place]
            let names = originNames(of: zone)
            let used = names.compactMap { origins[$0] }
            let known = previous?.retired.first { $0.plan == zone && $0.origins == used }
            let rendered =
                try known
                ?? RenderedZone(
                    plan: zone, origins: used,
                    bytes: try CanonicalJSON.bytes(try virtualHost(zone, origins: used, encode: encode)),
                    shards: zone.shards, isWhole: used.count == names.count)
            zones.append(rendered)
            new.append(rendered)
        }
        return RouteTable(
            network, zones, new: new, gone: gone + old[index...],
            isSharded: isLarge(zones.count, wasLarge: previous?.shards.isEmpty == false), reusing: previous)
    }

    /// Once large, a network stays so until it is half as large, so that its nodes are not served one way and another.
    private func isLarge(_ zones: Int, wasLarge: Bool) -> Bool {
        usesModule && zones > (wasLarge ? largestWhole / 2 : largestWhole)
    }

    /// `envoy.config.route.v3.RouteConfiguration`, put together from virtual hosts that are rendered already, because
    /// most of them stay as they are from one publication to the next. Keys sorted as everywhere.
    static func routeConfiguration(_ name: String, _ hosts: [[UInt8]]) -> [UInt8] {
        let head = """
            {"@type":"type.googleapis.com/envoy.config.route.v3.RouteConfiguration","name":"\(name)",\
            "request_headers_to_remove":["\(EdgeContract.originHeader)","\(EdgeContract.shardHeader)"],"validate_clusters":true,"virtual_hosts":[
            """
        var bytes = Array(head.utf8)
        bytes.reserveCapacity(hosts.reduce(bytes.count + 2) { $0 + $1.count + 1 })
        for (index, host) in hosts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: host)
        }
        bytes.append(contentsOf: "]}".utf8)
        return bytes
    }

    /// Every origin a request to the zone may be sent to, sorted.
    private func originNames(of zone: ZonePlan) -> [String] {
        var names: Set<String> = []
        for configuration in zone.configurations {
            if let name = configuration.defaultOrigin { names.insert(name) }
            for rule in configuration.phases.flatMap(\.rules) {
                if case .route(_, let origin?) = rule.action { names.insert(origin) }
            }
        }
        return names.sorted()
    }

    private func virtualHost(
        _ zone: ZonePlan, origins: [OriginPlan], encode: (ZonePlan) throws -> [UInt8]
    ) throws -> VirtualHost {
        var seen: Set<String> = []
        let domains = zone.hosts.filter { seen.insert($0).inserted }
        let plan =
            usesModule
            ? [EdgeContract.filter: Packed(DynamicModuleFilterPerRoute(plan: try encode(zone)))] : nil
        var routes = origins.flatMap { self.routes(to: $0, of: zone) }
        routes += usualRoutes(of: zone, origins: origins)
        return VirtualHost(
            name: zone.name, domains: domains, metadata: metadata(of: zone), typedPerFilterConfig: plan, routes: routes)
    }

    /// Where a request goes that carries no word of the module's: to the zone's usual origin. So Envoy's first look-up
    /// is the last one for most requests; the module asks for another when it decides on something else.
    private func usualRoutes(of zone: ZonePlan, origins: [OriginPlan]) -> [Route] {
        guard let origin = zone.usualOrigin.flatMap({ name in origins.first { $0.name == name } }) else {
            let body = DataSource(inlineString: "No origin serves this request.\n")
            return [
                Route(name: "no-origin", match: .init(prefix: "/"), directResponse: .init(status: 503, body: body))
            ]
        }
        return plainRoutes(to: origin).map { route in
            var route = route
            route.name = route.name.map { $0 + "/usual" }
            route.match.headers?.removeAll { $0.name == EdgeContract.originHeader }
            if route.match.headers?.isEmpty == true { route.match.headers = nil }
            route.route?.hostRewriteLiteral = origin.hostHeader
            return route
        }
    }

    /// What the access log says of every request to a zone, and of its version where no condition chooses one. The
    /// module adds the rest to the single request.
    private func metadata(of zone: ZonePlan) -> VirtualHost.Metadata {
        var facts = ["zone": zone.name]
        let usual = UsualChoice(zone)
        if usual.isOnly, zone.configurations.indices.contains(usual.configuration) {
            let configuration = zone.configurations[usual.configuration]
            facts["application"] = configuration.application
            facts["version"] = configuration.label(account: zone.account)
            facts["configuration"] = "\(zone.account):\(configuration.id)"
            facts["environment"] = usual.selector.map { zone.selectors[$0].environment }
        }
        return VirtualHost.Metadata(filterMetadata: [EdgeContract.metadata: facts])
    }

    /// An origin with a host of its own has its routes twice: for requests whose host a rule chose, and for the others.
    private func routes(to origin: OriginPlan, of zone: ZonePlan) -> [Route] {
        let routes = plainRoutes(to: origin)
        guard let host = origin.hostHeader else { return routes }
        return routes.map { route in
            var route = route
            route.name = route.name.map { $0 + "/host" }
            route.match.headers?.append(Route.HeaderMatcher(name: EdgeContract.hostHeader, presentMatch: true))
            return route
        }
            + routes.map { route in
                var route = route
                route.route?.hostRewriteLiteral = host
                return route
            }
    }

    /// One route an origin, or two where repeating a request depends on its method.
    private func plainRoutes(to origin: OriginPlan) -> [Route] {
        let chosen = Route.HeaderMatcher(
            name: EdgeContract.originHeader, stringMatch: .init(exact: origin.name))
        guard let retries = origin.retries, retries.attempts > 0 else {
            return [
                Route(
                    name: origin.name, match: .init(prefix: "/", headers: [chosen]),
                    route: action(origin, retries: nil))
            ]
        }
        // RFC 9110 §9.2.2.
        let idempotent = Route.HeaderMatcher(
            name: ":method", stringMatch: .init(safeRegex: .init(regex: "GET|HEAD|OPTIONS|TRACE|PUT|DELETE")))
        return [
            Route(
                name: origin.name + "/idempotent", match: .init(prefix: "/", headers: [chosen, idempotent]),
                route: action(
                    origin, retries: policy(retries, of: origin, on: "5xx,connect-failure,refused-stream,reset"))),
            Route(
                name: origin.name, match: .init(prefix: "/", headers: [chosen]),
                // Only what certainly did not reach the origin may be sent again.
                route: action(origin, retries: policy(retries, of: origin, on: "connect-failure,refused-stream"))),
        ]
    }

    private func action(_ origin: OriginPlan, retries: Route.RetryPolicy?) -> Route.Action {
        let idleLimit = ConnectionManager.streamIdle * 1000
        return Route.Action(
            cluster: origin.name, timeout: Seconds(milliseconds: origin.responseTimeout),
            // An answer that may take longer than a stream may be idle must not be cut before its own time.
            idleTimeout: origin.responseTimeout > idleLimit ? Seconds(milliseconds: origin.responseTimeout) : nil,
            retryPolicy: retries)
    }

    private func policy(_ retries: RetryPlan, of origin: OriginPlan, on conditions: String) -> Route.RetryPolicy {
        let priorities = Set(origin.endpoints.map(\.priority)).count
        return Route.RetryPolicy(
            retryOn: conditions, numRetries: min(10, retries.attempts),
            perTryTimeout: retries.perTryTimeout > 0 ? Seconds(milliseconds: retries.perTryTimeout) : nil,
            retryPriority: priorities > 1
                ? Extension("envoy.retry_priorities.previous_priorities", PreviousPriorities(updateFrequency: 1)) : nil,
            retryHostPredicate: origin.endpoints.count > 1
                ? [Extension("envoy.retry_host_predicates.previous_hosts", PreviousHosts())] : nil,
            hostSelectionRetryMaxAttempts: origin.endpoints.count > 1 ? 3 : nil)
    }
}
