import EdgeModel
import EdgePlan
import FoundationEssentials
import StoreSQLite
import TestKit

/// Puts many zones into a state at once. The way in from outside judges the whole plan for each of them: with ten
/// thousand that takes hours, and how long it takes is not what is measured here.
enum ManyZones {
    /// Zones like one that is there, under names with other numbers. Nobody else may have the state open.
    static func put(_ numbers: Range<Int>, like first: String, named name: (Int) -> String, into state: String) throws {
        let store = try SQLiteStore.open(path: state, mode: .readWrite)
        try store.write { tx in
            guard let model = try tx.zone(named: first), let configuration = try tx.configuration(model.id) else {
                throw Missing(zone: first)
            }
            for number in numbers {
                var zone = model
                zone.id = try tx.nextConfigurationID()
                zone.name = name(number)
                zone.hosts = [zone.name, "www." + zone.name]
                try tx.putZone(zone, configuration: configuration)
            }
            // Whatever becomes of zones is in the journal, which is how others hear of it.
            guard var entry = try tx.deployments(stream: nil, last: nil).last(where: Self.isOfZone) else { return }
            let last = try tx.deployments(stream: nil, last: 1).last
            (entry.id, entry.sequence, entry.previousHead) = ((last?.id ?? 0) + 1, entry.sequence + 1, entry.head)
            entry.head = entry.computedHead
            try tx.append(entry)
        }
        try store.close()
    }

    private static func isOfZone(_ entry: Deployment) -> Bool {
        if case .zone = entry.change { true } else { false }
    }

    struct Missing: Error {
        let zone: String
    }
}
