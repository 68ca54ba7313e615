package import ControlPlane
internal import EdgeModel
internal import ImageSourcing
internal import MailRouting

extension CommandArgument.Subject {
    /// The names that no picture has.
    package static func names(_ plane: ControlPlane) throws -> [Self: [String]] {
        var names: [Self: [String]] = [
            .list: try plane.lists().map(\.list.name.rawValue),
            .run: try plane.imageRuns().suffix(50).reversed().map { "\($0.id)" },
            .source: try plane.imageStores(.source).map(\.name),
            .target: try plane.imageStores(.target).map(\.name),
        ]
        guard let store = plane.store as? any MailStore else { return names }
        let mail = MailControl(store: store, plane: plane)
        names[.domain] = try mail.domains().map { "\($0.domain.name)" }
        names[.destination] = try mail.destinations().map { "\($0.destination.address)" }
        names[.worker] = try mail.workers().map { "\($0.name)" }
        return names
    }
}
