internal import ControlPlane
internal import EdgeModel

/// What may come next in the command bar: verbs below a verb, values of an option, names that there are, options.
struct CommandCompletion {
    let commands: CommandVerb
    let picture: Picture?
    let themes: [String]
    /// What no picture has.
    let others: [CommandArgument.Subject: [String]]

    /// - Parameter words: those that are whole.
    func candidates(after words: [String]) -> [String] {
        let (verb, rest) = commands.verb(for: words)
        // Where a verb below may be said it is, also when one is meant without.
        let named = words.isEmpty ? commands : exact(words)
        if let named, !named.below.isEmpty, rest.isEmpty || named.usual == nil { return below(named) }
        let arguments = verb.arguments()
        if let option = rest.last.flatMap({ word in arguments.first { $0.names.contains(word) } }), option.takesValue {
            return values(option, given: rest)
        }
        let given = Set(rest)
        let places = arguments.filter(\.names.isEmpty)
        let count = places.isEmpty ? 0 : plain(rest, arguments).count
        let place = count < places.count ? places[count] : places.last.flatMap { $0.isRepeating ? $0 : nil }
        let names = place.map { values($0, given: rest).filter { !given.contains($0) } } ?? []
        let options = arguments.filter { $0.isRepeating || given.isDisjoint(with: $0.names) }.compactMap(\.names.first)
        return names + options.sorted()
    }

    /// The verb that these words name, and nothing else.
    private func exact(_ words: [String]) -> CommandVerb? {
        words.reduce(commands as CommandVerb?) { verb, word in verb?.below.first { $0.name == word } }
    }

    private func below(_ verb: CommandVerb) -> [String] { verb.below.map(\.name).sorted() }

    /// Words that are neither options nor their values.
    private func plain(_ words: [String], _ arguments: [CommandArgument]) -> [String] {
        var plain: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-") else {
                plain.append(word)
                continue
            }
            if arguments.contains(where: { $0.takesValue && $0.names.contains(word) }) { _ = rest.popFirst() }
        }
        return plain
    }

    private func values(_ argument: CommandArgument, given words: [String]) -> [String] {
        if !argument.values.isEmpty { return argument.values }
        return (argument.subject.map { names($0, given: words) } ?? []).sorted()
    }

    private func names(_ subject: CommandArgument.Subject, given words: [String]) -> [String] {
        if subject == .theme { return themes }
        guard let picture else { return [] }
        let versions = picture.versions.values.lazy.flatMap(\.self).map(\.version)
        switch subject {
        case .application: return picture.status.applications.map(\.application.name.rawValue)
        case .deployment: return picture.deployments.prefix(50).map { "\($0.deployment.id)" }
        case .environment: return environments(picture)
        case .node: return picture.status.nodes.map(\.node.name.rawValue)
        case .rule: return picture.routing.map(\.name.rawValue)
        case .stream: return Set(picture.deployments.map(\.deployment.stream.rawValue) + environments(picture)).sorted()
        case .tag: return Set(versions.flatMap(\.tags).map(\.rawValue)).sorted()
        case .theme: return themes
        case .version: return versions.map(\.label)
        case .versionNumber:
            let name = words.lazy.compactMap { ResourceName(rawValue: $0) }.first { picture.versions[$0] != nil }
            return name.flatMap { picture.versions[$0] }?.map { "\($0.version.number)" } ?? []
        case .zone: return picture.zones.map(\.name)
        case .destination, .domain, .list, .run, .source, .target, .worker: return others[subject] ?? []
        }
    }

    private func environments(_ picture: Picture) -> [String] { picture.environments.map(\.environment.name.rawValue) }
}
