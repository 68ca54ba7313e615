import EdgeModel
import EdgePlan

extension MemoryTransaction {
    func nextConfigurationID() throws -> ConfigurationID {
        try change("configuration ids") { state in
            state.lastConfigurationID += 1
            state.owners[ConfigurationID(rawValue: state.lastConfigurationID)] = .some(nil)
        }
        return ConfigurationID(rawValue: state.lastConfigurationID)
    }

    func putZone(_ zone: Zone, configuration: String) throws {
        let place = "zone \(zone.name)"
        try change(place) { state in
            guard !zone.name.isEmpty else { throw refuse(place, "a zone has a name") }
            if let old = state.zones[zone.name] {
                guard old.id == zone.id else { throw refuse(place, "the zone's id never changes") }
            } else {
                try claim(zone.id, for: place, again: true, in: &state)
            }
            state.configurations[zone.id] = configuration
            state.zones[zone.name] = zone
        }
    }

    func removeZone(named name: String) throws {
        try change("zone \(name)") { state in
            guard let zone = state.zones.removeValue(forKey: name) else {
                throw refuse("zone \(name)", "there is no zone \(name)")
            }
            state.configurations[zone.id] = nil
        }
    }

    func putApplication(_ application: HTTPApplication) throws {
        try change("application \(application.name)") { $0.applications[application.name] = application }
    }

    func removeApplication(named name: ResourceName) throws {
        let place = "application \(name)"
        try change(place) { state in
            guard state.applications.removeValue(forKey: name) != nil else {
                throw refuse(place, "there is no \(place)")
            }
            guard !state.rules.contains(where: { $0.application == name }),
                !state.assignments.keys.contains(where: { $0.application == name })
            else { throw refuse(place, "it is in use") }
            for version in (state.versions.removeValue(forKey: name) ?? [:]).values {
                state.configurations[version.id] = nil
            }
        }
    }

    func putVersion(_ version: Version, configuration: String) throws {
        let place = "version \(version.label)"
        try change(place) { state in
            guard state.applications[version.application] != nil else { throw refuse(place, "no such application") }
            guard version.number > 0 else { throw refuse(place, "versions count from 1") }
            if let base = version.base {
                guard base < version.number, state.versions[version.application]?[base] != nil else {
                    throw refuse(place, "its base is not there")
                }
            }
            if let old = state.versions[version.application]?[version.number] {
                guard old.id == version.id else { throw refuse(place, "the version's id never changes") }
                let same =
                    version.state == .locked && old.digest == version.digest && old.base == version.base
                    && state.configurations[old.id] == configuration
                guard old.state == .draft || same else { throw refuse(place, "the version is locked") }
            } else {
                try claim(version.id, for: place, again: false, in: &state)
            }
            state.configurations[version.id] = configuration
            try annotate(version, in: &state) { $0 = version }
        }
    }

    func updateVersion(_ version: Version) throws {
        let place = "version \(version.label)"
        try change(place) { state in
            guard let old = state.versions[version.application]?[version.number] else {
                throw refuse(place, "there is no \(place)")
            }
            guard old.state == .draft || version.state == .locked else { throw refuse(place, "the version is locked") }
            try annotate(version, in: &state) { kept in
                kept = old
                kept.state = version.state
                kept.note = version.note
            }
        }
    }

    private func annotate(_ version: Version, in state: inout MemoryState, _ edit: (inout Version) -> Void) throws {
        for other in (state.versions[version.application] ?? [:]).values where other.number != version.number {
            guard Set(other.tags).isDisjoint(with: version.tags) else {
                throw refuse("version \(version.label)", "a tag is on \(other.label)")
            }
        }
        var kept = version
        edit(&kept)
        kept.tags = Set(version.tags).sorted()
        state.versions[version.application, default: [:]][version.number] = kept
    }

    private func claim(_ id: ConfigurationID, for place: String, again: Bool, in state: inout MemoryState) throws {
        guard id.rawValue > 0 else { throw refuse(place, "a configuration id is positive") }
        if let given = state.owners[id], let owner = given, !(again && owner == place) {
            throw refuse(place, "configuration id \(id) was used before")
        }
        state.owners[id] = .some(place)
        state.lastConfigurationID = max(state.lastConfigurationID, id.rawValue)
    }
}
