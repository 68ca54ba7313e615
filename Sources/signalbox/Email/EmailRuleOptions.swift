internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import MailRouting

/// What a rule does, as options; the same for rules and the catch-all.
struct EmailActionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Forward to this destination; repeatable.", valueName: "address")) var forward:
        [String] = []
    @Flag(help: "Accept and discard.") var drop = false
    @Option(help: ArgumentHelp("Refuse for good, with this text.", valueName: "text")) var reject: String?
    @Option(name: .customLong("defer"), help: ArgumentHelp("Refuse for now, with this text.", valueName: "text"))
    var later: String?
    @Option(help: ArgumentHelp("Let this worker decide.", valueName: "worker")) var worker: String?

    /// `action` and what belongs to it, as in a document; empty when nothing was chosen.
    var members: [[DocumentMember]] {
        func action(_ kind: MailAction.Kind, _ more: DocumentMember...) -> [DocumentMember] {
            [DocumentMember("action", .string(kind.rawValue))] + more
        }
        var chosen: [[DocumentMember]] = []
        if !forward.isEmpty {
            chosen.append(action(.forward, DocumentMember("destinations", .array(forward.map { .string($0) }))))
        }
        if drop { chosen.append(action(.drop)) }
        if let reject { chosen.append(action(.reject, DocumentMember("text", .string(reject)))) }
        if let later { chosen.append(action(.defer, DocumentMember("text", .string(later)))) }
        if let worker { chosen.append(action(.worker, DocumentMember("worker", .string(worker)))) }
        return chosen
    }
}

/// A rule as options.
struct EmailRuleOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Address it is about; the domain may be left out.", valueName: "address")) var to:
        String?
    @Option(help: ArgumentHelp("Sender it is about, or @domain for all of one.", valueName: "address")) var from:
        String?
    @Option(name: .customLong("if"), help: ArgumentHelp("Condition it is about.", valueName: "expression"))
    var condition: String?
    @OptionGroup var action: EmailActionOptions
    @Option(help: ArgumentHelp("Add this X- header and go on, as 'X-Name: value'.", valueName: "header")) var tag:
        String?
    @Flag(help: "Only count, and go on.") var observe = false
    @Option(help: ArgumentHelp("Name of the rule (default: made of what it is about).", valueName: "ref")) var ref:
        String?
    @Option(help: ArgumentHelp("What it is for.", valueName: "text")) var description: String?
    @Option(help: ArgumentHelp("From then on it counts as disabled.", valueName: "time")) var expires: String?
    @Flag(help: "Switched off.") var disabled = false

    private var matchers: [DocumentMember] {
        [("to", to), ("from", from), ("if", condition)].compactMap { key, value in
            value.map { DocumentMember(key, .string($0)) }
        }
    }

    private func actions() throws -> [[DocumentMember]] {
        var chosen = action.members
        if let tag {
            let parts = tag.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
            guard parts.count == 2 else {
                throw ErrorReport(
                    .usage, at: "--tag '\(tag)'", "a header is written 'X-Name: value'",
                    remedy: "signalbox email rule add --help")
            }
            chosen.append([
                DocumentMember("action", .string("tag")), DocumentMember("header", .string(String(parts[0]))),
                DocumentMember("value", .string(String(parts[1]))),
            ])
        }
        if observe { chosen.append([DocumentMember("action", .string("observe"))]) }
        guard chosen.count <= 1 else {
            throw ErrorReport(
                .usage, at: "rule", "it can have one action only", remedy: "signalbox email rule add --help")
        }
        return chosen
    }

    private var rest: [DocumentMember] {
        (description.map { [DocumentMember("description", .string($0))] } ?? [])
            + (disabled ? [DocumentMember("enabled", .bool(false))] : [])
            + (expires.map { [DocumentMember("expires", .string($0))] } ?? [])
    }

    /// A new rule.
    func made(in ruleset: MailRuleset) throws -> MailRule {
        // The matcher is read first, so that the ref can be made of it.
        let members = matchers + (try actions().first ?? []) + rest
        let probe = DocumentValue.object([DocumentMember("ref", .string(ref ?? "new"))] + members)
        var rule = try Self.read(probe, ruleset.domain)
        if ref == nil { rule.ref = MailControl.ref(for: rule.matcher, in: ruleset) }
        return rule
    }

    /// A rule with what was named changed.
    func changed(_ old: MailRule, in domain: String) throws -> MailRule {
        if let ref, ref != old.ref {
            throw ErrorReport(
                .usage, at: "--ref \(ref)", "a rule keeps its ref: its counters and its history hang on it",
                remedy: "signalbox email rule add --help")
        }
        guard case .object(var members) = old.document else { return old }
        func replace(_ keys: [String], with new: [DocumentMember]) {
            guard !new.isEmpty else { return }
            members = members.filter { !keys.contains($0.key) } + new
        }
        replace(["to", "from", "if"], with: matchers)
        replace(["action", "destinations", "text", "worker", "header", "value"], with: try actions().first ?? [])
        for member in rest { replace([member.key], with: [member]) }
        return try Self.read(.object(members), domain)
    }

    static func read(_ value: DocumentValue, _ domain: String) throws -> MailRule {
        let (rule, findings) = MailRule.read(DocumentNode(value), at: "rule", domain: domain)
        guard let rule else {
            throw ErrorReport(
                .invalid, at: "email rule", "the rule cannot be used",
                remedy: "mend what the findings name; nothing was changed", findings: findings)
        }
        return rule
    }
}

/// Where a rule goes.
struct EmailPlaceOptions: ParsableArguments {
    @Flag(help: "Before all others.") var first = false
    @Flag(help: "After all others.") var last = false
    @Option(help: ArgumentHelp("Right before this rule.", valueName: "ref")) var before: String?
    @Option(help: ArgumentHelp("Right after this rule.", valueName: "ref")) var after: String?

    var chosen: MailRulesetEdit.Place? {
        get throws {
            let all: [MailRulesetEdit.Place] =
                (first ? [.first] : []) + (last ? [.last] : []) + (before.map { [.before($0)] } ?? [])
                + (after.map { [.after($0)] } ?? [])
            guard all.count <= 1 else {
                throw ErrorReport(
                    .usage, at: "place", "it can go to one place only", remedy: "signalbox email rule move --help")
            }
            return all.first
        }
    }
}
