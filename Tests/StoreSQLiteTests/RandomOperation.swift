import EdgeModel
import EdgePlan
import StoreContract

/// A write on few names, so that writes meet: conflicts, references to what is gone, ids taken before.
enum RandomOperation {
    case zone(String, id: Int, content: Int)
    case removeZone(String)
    case application(String)
    case removeApplication(String)
    case version(String, Int, id: Int, base: Int?, locked: Bool, content: Int, tags: [String])
    case update(String, Int, locked: Bool, tags: [String])
    case rules([(String, Int?)])
    case environment(String, rank: Int, filter: Bool)
    case removeEnvironment(String)
    case assign(String, String, Int?)
    case deploy(String, wrongHead: Bool, undoes: Int?)
    case audit(wrong: Bool)
    case acknowledge(Int, String)
    case node(String)
    case removeNode(String)
    case status(String)
    case setting(String, String?)
    case list(String, ListKind, [String])
    case removeList(String)
    case nextID

    init(using random: inout some RandomNumberGenerator) {
        func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random)] }
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        let (zones, applications) = (["a.example", "b.example"], ["shop", "blog"])
        let lists = ["office", "bots"]
        let environments = ["staging", "qa", "production"]
        let tags = number(0...3) == 0 ? [pick(["spring", "autumn"])] : []
        switch number(0...27) {
        case 0...1: self = .zone(pick(zones), id: number(99...130), content: number(1...9))
        case 2: self = .removeZone(pick(zones))
        case 3...5: self = .application(pick(applications))
        case 6: self = .removeApplication(pick(applications))
        case 7...10:
            let base = number(0...3)
            self = .version(
                pick(applications), number(1...3), id: number(99...130), base: base == 0 ? nil : base,
                locked: number(0...3) == 0, content: number(1...3), tags: tags)
        case 11...12: self = .update(pick(applications), number(1...3), locked: number(0...2) == 0, tags: tags)
        case 13:
            self = .rules((0..<number(0...3)).map { _ in (pick(applications), pick([nil, nil, 1, 2])) })
        case 14...15: self = .environment(pick(environments), rank: number(-1...3), filter: number(0...3) == 0)
        case 16: self = .removeEnvironment(pick(environments))
        case 17...18: self = .assign(pick(applications), pick(environments), pick([nil, 1, 2, 3]))
        case 19: self = .deploy(pick(environments), wrongHead: number(0...5) == 0, undoes: pick([nil, nil, 1, 40]))
        case 20: self = .audit(wrong: number(0...5) == 0)
        case 21: self = .acknowledge(number(1...8), pick(["fra1", "hil1"]))
        case 22: self = pick([.node("fra1"), .node("hil1"), .removeNode("fra1")])
        case 23: self = .status(pick(["fra1", "hil1"]))
        case 24...25:
            self = .list(
                pick(lists), pick(ListKind.allCases), (0..<number(0...3)).map { _ in pick(["1", "2", "3", ""]) })
        case 26: self = .removeList(pick(lists))
        default: self = pick([.setting("a", "1"), .setting("a", nil), .setting("b", ""), .nextID])
        }
    }

    func apply(to tx: any StoreWriting) throws {
        switch self {
        case .zone(let name, let id, let content):
            let id = try tx.zone(named: name)?.id.rawValue ?? id
            try tx.putZone(Sample.zone(name, id: id, content: content), configuration: Sample.document(content))
        case .removeZone(let name): try tx.removeZone(named: name)
        case .application(let name): try tx.putApplication(Sample.application(name))
        case .removeApplication(let name): try tx.removeApplication(named: Sample.name(name))
        case .version(let name, let number, let id, let base, let locked, let content, let tags):
            let version = try Sample.version(
                name, number, id: id, base: base, state: locked ? .locked : .draft, content: content, tags: tags)
            try tx.putVersion(version, configuration: Sample.document(content))
        case .update(let name, let number, let locked, let tags):
            guard var version = try tx.version(number, of: Sample.name(name)) else { return }
            version.state = locked ? .locked : version.state
            version.tags = try tags.map(Sample.name)
            version.note += "!"
            try tx.updateVersion(version)
        case .rules(let rules):
            try tx.putRoutingRules(
                rules.enumerated().map { try Sample.rule("rule-\($0.offset)", $0.element.0, pinned: $0.element.1) })
        case .environment(let name, let rank, let filter):
            try tx.putEnvironment(Sample.environment(name, rank: rank, filter: filter ? "true" : nil))
        case .removeEnvironment(let name): try tx.removeEnvironment(named: Sample.name(name))
        case .assign(let application, let environment, let version):
            try tx.putAssignment(
                application: Sample.name(application), environment: Sample.name(environment), version: version)
        case .deploy(let stream, let wrongHead, let undoes):
            var entry = try Sample.deployment(stream, after: tx, undoes: undoes)
            if wrongHead { entry.previousHead = Sample.digest(1) }
            try tx.append(entry)
        case .audit(let wrong):
            var entry = try Sample.audit(after: tx)
            if wrong { entry.sequence += 1 }
            try tx.append(entry)
        case .acknowledge(let deployment, let node):
            try tx.putAcknowledgement(
                Acknowledgement(deployment: deployment, node: Sample.name(node), at: Sample.time))
        case .node(let name): try tx.putNode(Sample.node(name))
        case .removeNode(let name): try tx.removeNode(named: Sample.name(name))
        case .status(let name): try tx.putNodeStatus("{}", of: Sample.name(name))
        case .setting(let key, let value): try tx.putSetting(key, value)
        case .list(let name, let kind, let values):
            try tx.putList(Sample.list(name, kind), items: values.map { ListItem($0) })
        case .removeList(let name): try tx.removeList(named: Sample.listName(name))
        case .nextID: _ = try tx.nextConfigurationID()
        }
    }
}
