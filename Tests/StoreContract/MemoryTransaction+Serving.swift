import EdgeModel
import EdgePlan

extension MemoryTransaction {
    func putRoutingRules(_ rules: [RoutingRule]) throws {
        if rules.isEmpty, state.rules.isEmpty { return }
        try change("routing rules") { state in
            guard Set(rules.map(\.name)).count == rules.count else {
                throw refuse("routing rules", "two rules have one name")
            }
            for rule in rules {
                let known = state.versions[rule.application] ?? [:]
                guard state.applications[rule.application] != nil, rule.pinned.map({ known[$0] != nil }) ?? true else {
                    throw refuse("routing rule \(rule.name)", "what it serves is not there")
                }
            }
            state.rules = rules
        }
    }

    func putEnvironment(_ environment: Environment) throws {
        let place = "environment \(environment.name)"
        try change(place) { state in
            guard !environment.isProduction || environment.filter == nil, environment.rank >= 0 else {
                throw refuse(place, "production has no filter, and a rank is not negative")
            }
            state.environments[environment.name] = environment
        }
    }

    func removeEnvironment(named name: ResourceName) throws {
        let place = "environment \(name)"
        try change(place) { state in
            guard let gone = state.environments.removeValue(forKey: name), !gone.isProduction,
                !state.assignments.keys.contains(where: { $0.environment == name })
            else { throw refuse(place, "it is not there, is production, or still serves") }
        }
    }

    func putAssignment(application: ResourceName, environment: ResourceName, version: Int?) throws {
        let place = "\(application) in environment \(environment)"
        let key = MemoryState.AssignmentKey(environment: environment, application: application)
        if version == nil, state.assignments[key] == nil { return }
        try change(place) { state in
            if let version {
                guard state.environments[environment] != nil, state.versions[application]?[version] != nil else {
                    throw refuse(place, "the environment or the version is not there")
                }
            }
            state.assignments[key] = version
        }
    }

    func append(_ deployment: Deployment) throws {
        let place = "deployment \(deployment.id)"
        try change(place) { state in
            let before = state.deployments.last { $0.stream == deployment.stream }
            guard deployment.id == (state.deployments.last?.id ?? 0) + 1,
                deployment.sequence == (before?.sequence ?? 0) + 1, deployment.previousHead == before?.head,
                !state.deployments.contains(where: { $0.head == deployment.head }),
                deployment.undoes.map({ id in state.deployments.contains { $0.id == id } }) ?? true
            else { throw refuse(place, "the journal goes on otherwise") }
            state.deployments.append(deployment)
        }
    }

    func append(_ entry: AuditEntry) throws {
        let place = "audit entry \(entry.sequence)"
        try change(place) { state in
            let before = state.audit.last
            guard entry.sequence == (before?.sequence ?? 0) + 1, entry.previousHead == before?.head,
                !state.audit.contains(where: { $0.head == entry.head })
            else { throw refuse(place, "the audit goes on otherwise") }
            state.audit.append(entry)
        }
    }

    func putAcknowledgement(_ acknowledgement: Acknowledgement) throws {
        let place = "acknowledgement of deployment \(acknowledgement.deployment) by \(acknowledgement.node)"
        try change(place) { state in
            guard state.deployments.contains(where: { $0.id == acknowledgement.deployment }) else {
                throw refuse(place, "there is no such deployment")
            }
            state.acknowledgements[acknowledgement.deployment, default: [:]][acknowledgement.node] = acknowledgement.at
        }
    }

    func putNode(_ node: Node) throws {
        try change("node \(node.name)") { $0.nodes[node.name] = node }
    }

    func removeNode(named name: ResourceName) throws {
        try change("node \(name)") { state in
            guard state.nodes.removeValue(forKey: name) != nil else {
                throw refuse("node \(name)", "there is no node \(name)")
            }
            state.statuses[name] = nil
        }
    }

    func putNodeStatus(_ json: String, of node: ResourceName) throws {
        try change("node \(node)") { state in
            guard state.nodes[node] != nil else { throw refuse("node \(node)", "there is no node \(node)") }
            state.statuses[node] = json
        }
    }

    func putSetting(_ key: String, _ value: String?) throws {
        if value == nil, state.settings[key] == nil { return }
        try change("setting \(key)") { state in
            guard value == nil || !key.isEmpty else { throw refuse("setting", "a setting has a name") }
            state.settings[key] = value
        }
    }
}
