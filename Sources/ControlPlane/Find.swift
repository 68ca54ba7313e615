internal import EdgeModel

/// Look-ups that fail in the same words everywhere.
enum Find {
    static func application(_ name: ResourceName, in tx: any StoreReading) throws -> HTTPApplication {
        guard let application = try tx.application(named: name) else {
            throw ControlPlaneError(
                .notFound, at: "application \(name)", "there is no application '\(name)'", remedy: "signalbox app list")
        }
        return application
    }

    static func version(_ number: Int, of name: ResourceName, in tx: any StoreReading) throws -> Version {
        _ = try application(name, in: tx)
        guard let version = try tx.version(number, of: name) else {
            throw ControlPlaneError(
                .notFound, at: "version \(name)@\(number)", "there is no version \(number) of \(name)",
                remedy: "signalbox version list \(name)")
        }
        return version
    }

    static func environment(_ name: ResourceName, in tx: any StoreReading) throws -> Environment {
        guard let environment = try tx.environments().first(where: { $0.name == name }) else {
            throw ControlPlaneError(
                .notFound, at: "environment \(name)", "there is no environment '\(name)'", remedy: "signalbox env list")
        }
        return environment
    }

    static func zone(_ name: String, in tx: any StoreReading) throws -> Zone {
        guard let zone = try tx.zone(named: name) else { throw noZone(name) }
        return zone
    }

    static func noZone(_ name: String) -> ControlPlaneError {
        ControlPlaneError(.notFound, at: "zone \(name)", "there is no zone '\(name)'", remedy: "signalbox zone list")
    }
}
