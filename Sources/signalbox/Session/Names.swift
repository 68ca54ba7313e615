internal import ControlPlane
internal import EdgeModel

/// Text of arguments to names, with the words of a failure that says what is wrong and where to look.
enum Names {
    static func resource(_ text: String, _ kind: String, list: String) throws -> ResourceName {
        guard let name = ResourceName(rawValue: text) else {
            throw ErrorReport(
                .usage, at: "\(kind) '\(text)'", ResourceName.problem(with: text) ?? "that is no name", remedy: list)
        }
        return name
    }

    static func application(_ text: String) throws -> ResourceName {
        try resource(text, "application", list: "signalbox app list")
    }

    static func environment(_ text: String) throws -> ResourceName {
        try resource(text, "environment", list: "signalbox env list")
    }

    static func rule(_ text: String) throws -> ResourceName {
        try resource(text, "routing rule", list: "signalbox rule list")
    }

    static func node(_ text: String) throws -> ResourceName { try resource(text, "node", list: "signalbox node list") }

    static func tag(_ text: String) throws -> ResourceName {
        try resource(text, "tag", list: "signalbox version tag --help")
    }

    static func version(_ text: String) throws -> VersionReference {
        guard let reference = VersionReference(text) else {
            throw ErrorReport(
                .usage, at: "version '\(text)'",
                "write APP@NUMBER, or APP@ with latest, draft, an environment, a tag or -1",
                remedy: "signalbox version list --help")
        }
        return reference
    }

    static func zone(_ text: String) throws -> String {
        guard let name = HostName.normalized(text, wildcard: false) else {
            throw ErrorReport(
                .usage, at: "zone '\(text)'", "that is no domain name; write the A-label form of it",
                remedy: "signalbox zone list")
        }
        return name
    }

    static func list(_ text: String) throws -> ListName {
        guard let name = ListName(rawValue: text) else {
            throw ErrorReport(
                .usage, at: "list '\(text)'", ListName.problem(with: text) ?? "that is no name",
                remedy: "signalbox list list")
        }
        return name
    }

    static func digest(_ text: String) -> String { text.lowercased() }
}
