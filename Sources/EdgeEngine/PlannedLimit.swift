internal import EdgePlan
internal import RulesLanguage

/// A limit of a plan, ready to be asked for.
struct PlannedLimit: BitwiseCopyable {
    /// Hash of everything that makes it the same limit in the next plan: zone, application, ref, numbers and
    /// characteristics. Another version of the application, or other rules beside it, leave the counts alone.
    let identity: Int
    /// Milliseconds.
    let period: Int64
    let requests: Int64
    /// Milliseconds.
    let mitigation: Int64
    let row: LimitRow

    init(_ row: LimitRow, rule: RuleRow, _ configuration: ConfigurationRow, _ view: ZonePlanView) {
        var hasher = Hasher()
        hasher.combine(view.zone)
        hasher.combine(text: configuration.application)
        hasher.combine(text: rule.ref)
        for number in [row.period, row.requests, row.mitigation, row.status == nil ? 0 : 1] { hasher.combine(number) }
        for index in 0..<row.characteristicCount {
            let (kind, name) = row.characteristic(index)
            hasher.combine(kind.rawValue)
            hasher.combine(text: name)
        }
        identity = hasher.finalize()
        period = Int64(row.period) &* 1_000
        requests = Int64(row.requests)
        mitigation = Int64(row.mitigation) &* 1_000
        self.row = row
    }

    /// The key under which a request is counted: the limit, the environment that serves it (whoever tries a version out
    /// does not use up production's counts) and the request's own characteristics.
    ///
    /// Swift's hasher is SipHash-1-3 with a key that each process draws at random.
    func key(
        _ request: RequestPicture, _ environment: UnsafeRawBufferPointer?, _ workspace: inout Workspace
    ) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(identity)
        hasher.combine(text: environment)
        for index in 0..<row.characteristicCount {
            let (kind, name) = row.characteristic(index)
            switch kind {
            case .client:
                guard let address = request.clientAddress else { continue }
                // `::ffff:192.0.2.1` is that IPv4 address; all of them share the upper half.
                let isIPv4 = !address.isIPv6 || address.high == 0 && address.low &>> 32 == 0xFFFF
                hasher.combine(isIPv4)
                hasher.combine(isIPv4 ? address.low & 0xFFFF_FFFF : address.high)
            case .host: hasher.combine(text: workspace.host)
            case .path: hasher.combine(text: workspace.uri.path)
            case .header: Self.combine(workspace.fields.pairs(.headers), name, &hasher)
            case .cookie: Self.combine(workspace.fields.pairs(.cookies), name, &hasher)
            }
        }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    private static func combine(
        _ pairs: UnsafeBufferPointer<FieldTable.Pair>?, _ name: UnsafeRawBufferPointer?, _ hasher: inout Hasher
    ) {
        var count = 0
        if let pairs, let name {
            for pair in pairs where pair.key.isSame(as: name) {
                hasher.combine(text: pair.value)
                count &+= 1
            }
        }
        hasher.combine(count)
    }

    /// What its requests have in common, for people: `ip.src and http.host`.
    var characteristics: String {
        let names = (0..<row.characteristicCount).map { index in
            let (kind, name) = row.characteristic(index)
            return switch kind {
            case .client: "ip.src"
            case .host: "http.host"
            case .path: "http.request.uri.path"
            case .header: "header \(EdgeEngine.text(name))"
            case .cookie: "cookie \(EdgeEngine.text(name))"
            }
        }
        return names.isEmpty ? "all requests together" : names.joined(separator: " and ")
    }
}

extension Hasher {
    /// The length first, so that no two lists of texts read the same; a text that is not there is not an empty one.
    fileprivate mutating func combine(text: UnsafeRawBufferPointer?) {
        combine(text?.count ?? -1)
        if let text { combine(bytes: text) }
    }
}

/// What the limits of a plan ask for.
struct LimitNeeds: BitwiseCopyable {
    /// Any limit at all: the time must be known.
    var isAny = false
    /// The client's address.
    var client = false
    /// The request's headers once more when its response comes.
    var headersAtResponse = false

    init(_ view: ZonePlanView) {
        for index in 0..<view.ruleCount {
            let rule = view.rule(index)
            guard rule.kind == .limit, let row = rule.limit else { continue }
            isAny = true
            for index in 0..<row.characteristicCount {
                switch row.characteristic(index).kind {
                case .client: client = true
                case .header, .cookie: headersAtResponse = headersAtResponse || row.countsAtResponse
                case .host, .path: break
                }
            }
        }
    }
}
