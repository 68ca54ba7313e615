/// The gate before everything else on connections with TLS: a request for a host that the connection's certificate was
/// not chosen for is answered with 421 (RFC 9110 §15.5.20), so that no zone is reached in the name of another.
enum HostGate {
    static let filter = "envoy.filters.http.rbac"

    static func gate(hosts: [String]) -> Extension {
        let permissions = hosts.map { host in
            let isWildcard = host.hasPrefix("*.")
            return RBAC.Permission(
                header: .init(
                    stringMatch: .init(
                        exact: isWildcard ? nil : host, suffix: isWildcard ? String(host.dropFirst()) : nil)))
        }
        return Extension(filter, RBAC(rules: .init(policies: ["hosts": .init(permissions: permissions)])))
    }

    /// Only its own 403 becomes 421: those of rules stay.
    static var replies: LocalReplies {
        LocalReplies(mappers: [
            .init(
                filter: .init(
                    extensionFilter: Extension(
                        "envoy.access_loggers.extension_filters.cel",
                        ExpressionFilter(expression: "response.code_details.startsWith('rbac_access_denied')"))),
                statusCode: 421, body: DataSource(inlineString: "This connection was made for another host.\n"))
        ])
    }
}

/// `envoy.extensions.filters.http.rbac.v3.RBAC`
struct RBAC: EnvoyMessage {
    static let messageName = "envoy.extensions.filters.http.rbac.v3.RBAC"

    struct Permission: Encodable {
        struct Header: Encodable {
            struct Matcher: Encodable {
                var exact: String?
                var suffix: String?
                var ignoreCase = true
            }
            var name = ":authority"
            var stringMatch: Matcher
        }
        var header: Header
    }

    struct Rules: Encodable {
        struct Policy: Encodable {
            struct Principal: Encodable { var any = true }
            var permissions: [Permission]
            var principals = [Principal()]
        }
        var action = "ALLOW"
        var policies: [String: Policy]
    }

    var rules: Rules
}

/// `LocalReplyConfig` of the connection manager.
struct LocalReplies: Encodable {
    struct Mapper: Encodable {
        struct Filter: Encodable { var extensionFilter: Extension }
        var filter: Filter
        var statusCode: Int
        var body: DataSource
    }
    var mappers: [Mapper]
}

/// `envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter`
struct ExpressionFilter: EnvoyMessage {
    static let messageName = "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter"
    var expression: String
}
