/// Why a zone cannot be read over the API, for people.
package struct CrawlFailure: Error, Hashable, Sendable {
    package enum Code: Hashable, Sendable { case refused, notFound, unavailable }

    package var code: Code
    /// The path that was asked for, without the token, which no path holds.
    package var place: String
    package var message: String
    package var remedy: String

    static func notAuthenticated(_ words: String?) -> CrawlFailure {
        CrawlFailure(
            code: .refused, place: "--token", message: "Cloudflare does not know the token\(said(words))",
            remedy:
                "make an API token in Cloudflare's dashboard (My Profile, API Tokens) and give its place with --token")
    }

    static func notPermitted(_ permission: String, _ place: String, _ words: String?) -> CrawlFailure {
        CrawlFailure(
            code: .refused, place: place, message: "the token may not read this\(said(words))",
            remedy: "give the token the permission '\(permission)' for this zone")
    }

    static func noZone(_ zone: String) -> CrawlFailure {
        CrawlFailure(
            code: .notFound, place: "zone \(zone)", message: "the token sees no zone of that name",
            remedy: "check the name, and that the token has 'Zone: Zone: Read' for it")
    }

    static func throttled(_ place: String) -> CrawlFailure {
        CrawlFailure(
            code: .unavailable, place: place,
            message: "Cloudflare asks to slow down for longer than is waited here (429)",
            remedy: "try again in five minutes; an account has 1,200 requests for that time")
    }

    static func server(_ status: Int, _ place: String) -> CrawlFailure {
        CrawlFailure(
            code: .unavailable, place: place, message: "Cloudflare's API answers \(status), also when asked again",
            remedy: "see www.cloudflarestatus.com and try again later")
    }

    static func broken(_ words: String, _ place: String) -> CrawlFailure {
        CrawlFailure(
            code: .unavailable, place: place, message: "no whole answer came: \(words)", remedy: "try again later")
    }

    static func unexpected(_ status: Int, _ place: String, _ words: String?) -> CrawlFailure {
        CrawlFailure(
            code: .unavailable, place: place,
            message: "the answer (\(status)) is not what Cloudflare's API gives\(said(words))",
            remedy: words == nil ? "check --api-url" : "see what it says; files are imported without the API")
    }

    static func tooMuch(_ zone: String) -> CrawlFailure {
        CrawlFailure(
            code: .unavailable, place: "zone \(zone)",
            message: "it takes more than \(CloudflareCrawl.mostRequests) requests to read", remedy: "import from files")
    }

    private static func said(_ words: String?) -> String { words.map { ": \($0)" } ?? "" }
}

extension CloudflareCrawl.Ask.Subject {
    /// Permission of an API token that reading needs, as the dashboard calls it.
    var permission: String {
        switch self {
        case .zone: "Zone: Zone: Read"
        case .records: "Zone: DNS: Read"
        case .pageRules: "Zone: Page Rules: Read"
        case .settings: "Zone: Zone Settings: Read"
        case .loadBalancers: "Zone: Load Balancers: Read"
        case .pools, .monitors: "Account: Load Balancing: Monitors and Pools: Read"
        case .lists, .listItems: "Account: Account Filter Lists: Read"
        case .rulesets: "Zone: Zone WAF: Read"
        case .ruleset(let phase):
            switch phase {
            case "http_request_dynamic_redirect": "Zone: Single Redirect: Read"
            case "http_request_transform", "http_request_late_transform", "http_response_headers_transform":
                "Zone: Transform Rules: Read"
            case "http_config_settings": "Zone: Config Rules: Read"
            case "http_request_origin": "Zone: Origin Rules: Read"
            case "http_request_cache_settings": "Zone: Cache Rules: Read"
            case "http_custom_errors": "Zone: Custom Error Rules: Read"
            case "http_response_compression": "Zone: Response Compression: Read"
            default: "Zone: Zone WAF: Read"
            }
        }
    }
}
