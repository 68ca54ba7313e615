import Console

extension CommandVerb {
    /// Some of the command line's verbs; that all are there is proven where the parser is.
    static let some = CommandVerb(
        "signalbox",
        below: [
            group("app", reading: ["list", "show"], changing: ["create", "remove"], takes: .application),
            group("config", reading: ["show"], changing: ["set"]),
            CommandVerb("doctor", .reads),
            group("email", reading: ["activity"], changing: ["block", "promote", "undo"], takes: .domain),
            CommandVerb(
                "env",
                below: [
                    CommandVerb("list", .reads),
                    verb("assign", CommandArgument(subject: .environment), CommandArgument(subject: .version)),
                ]),
            CommandVerb(
                "history", below: [CommandVerb("list", .reads), CommandVerb("show", .reads)], usual: "list"),
            group("images", reading: ["status", "survey"], changing: ["pause", "abort"], takes: .run),
            group("list", reading: ["list", "show"], changing: ["create", "add"], takes: .list),
            group("node", reading: ["list", "show"], changing: ["create", "remove"], takes: .node),
            verb(
                "promote", CommandArgument(subject: .application), CommandArgument(["--to"], subject: .environment),
                CommandArgument(["--reason"])),
            verb(
                "rollback", CommandArgument(subject: .application), CommandArgument(["--env"], subject: .environment),
                CommandArgument(["--to"], subject: .versionNumber), CommandArgument(["--reason"]),
                CommandArgument(["--force"], takesValue: false)),
            CommandVerb(
                "rule",
                below: [
                    CommandVerb("list", .reads), verb("add"), verb("enable", CommandArgument(subject: .rule)),
                    verb("pin", CommandArgument(subject: .rule), CommandArgument(subject: .version)),
                ]),
            CommandVerb("serve", .stays),
            CommandVerb("status", .reads),
            CommandVerb("theme", below: [CommandVerb("list", .reads)]),
            CommandVerb("trace", .reads),
            verb("undo", CommandArgument(subject: .deployment)),
            CommandVerb(
                "version",
                below: [
                    CommandVerb("edit", .edits), verb("lock", CommandArgument(subject: .version)),
                    CommandVerb("show", .reads),
                ]),
            group("zone", reading: ["list", "export", "example"], changing: ["import"], takes: .zone),
        ])

    private static func verb(_ name: String, _ arguments: CommandArgument...) -> CommandVerb {
        CommandVerb(name, arguments: { arguments })
    }

    private static func group(
        _ name: String, reading: [String], changing: [String], takes subject: CommandArgument.Subject? = nil
    ) -> CommandVerb {
        let arguments = subject.map { [CommandArgument(subject: $0)] } ?? []
        return CommandVerb(
            name,
            below: reading.map { CommandVerb($0, .reads, arguments: { arguments }) }
                + changing.map { CommandVerb($0, arguments: { arguments }) })
    }
}
