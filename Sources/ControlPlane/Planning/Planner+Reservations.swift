internal import EdgeModel

extension Planner {
    func reservation(_ edit: ReservationEdit) throws -> Intent {
        let held = StagingReservation.all(in: try tx.settings())
        switch edit {
        case .reserve(let application, let version, let environment, let address, let holder, let until):
            let version = try Find.version(version, of: application, in: tx)
            let wanted = StagingReservation(
                address: try self.address(
                    address, for: version, in: try Find.environment(environment, in: tx), holder, held),
                application: application, version: version.number, holder: holder, until: until)
            let before = held.first { $0.address == wanted.address }
            guard before != wanted else {
                throw ControlPlaneError(
                    .refused, at: "staging address \(wanted.address)", "that changes nothing",
                    remedy: "signalbox staging list")
            }
            var intent = Intent(
                stream: try Stream.name(Stream.reservations),
                change: .reservation(address: wanted.address, before: before, after: wanted),
                title: "reserve \(wanted.address) for \(wanted.label) until \(until)", target: version.label)
            intent.contents = ["\(version.label) \(version.digest)"]
            return intent
        case .release(let address, let holder, let anyway):
            guard let before = held.first(where: { $0.address == address }) else {
                throw ControlPlaneError(
                    .notFound, at: "staging address \(address)", "nobody has reserved it",
                    remedy: "signalbox staging list")
            }
            guard anyway || before.holder == holder || before.isOver(at: now) else {
                throw ControlPlaneError(
                    .refused, at: "staging address \(address)", Self.sentence(before),
                    remedy: "signalbox staging release \(address) --force")
            }
            return Intent(
                stream: try Stream.name(Stream.reservations),
                change: .reservation(address: address, before: before, after: nil),
                title: "release \(address) (now \(before.label) of \(before.holder))")
        }
    }

    /// The address that the version gets: the one asked for, the one its holder has for it already, or the first free
    /// one. One address always stays the environment's own, or what it serves could not be tried any more.
    private func address(
        _ asked: String?, for version: Version, in environment: Environment, _ holder: String,
        _ held: [StagingReservation]
    ) throws -> String {
        let place = "environment \(environment.name)"
        let all = environment.stagingAddresses
        let here = held.filter { all.contains($0.address) }
        let own = all.filter { address in !here.contains { $0.address == address } }
        func another() -> ControlPlaneError {
            let addresses = (all + ["ADDRESS"]).joined(separator: " --staging-address ")
            return ControlPlaneError(
                .refused, at: place,
                all.isEmpty ? "it has no staging address" : "its last address without a reservation stays its own",
                remedy: "signalbox env change \(environment.name) --staging-address \(addresses)",
                details: here.map(Self.sentence))
        }
        if let asked {
            guard all.contains(asked) else {
                throw ControlPlaneError(
                    .notFound, at: "staging address \(asked)", "\(environment.name) has no such address",
                    remedy: "signalbox staging list")
            }
            guard let taken = here.first(where: { $0.address == asked }) else {
                guard own.count > 1 else { throw another() }
                return asked
            }
            guard taken.holder == holder || taken.isOver(at: now) else { throw Self.conflict(taken) }
            return asked
        }
        let mine = here.first {
            $0.holder == holder && $0.application == version.application && $0.version == version.number
        }
        if let mine { return mine.address }
        // The first one is what people know as the environment's.
        if own.count > 1, let free = own.last { return free }
        if let over = here.first(where: { $0.isOver(at: now) }) { return over.address }
        if let next = here.min(by: { $0.until < $1.until }) { throw Self.conflict(next, others: here) }
        throw another()
    }

    private static func sentence(_ held: StagingReservation) -> String {
        "\(held.address) is \(held.holder)'s for \(held.label) until \(held.until)"
    }

    private static func conflict(_ held: StagingReservation, others: [StagingReservation] = []) -> ControlPlaneError {
        ControlPlaneError(
            .conflict, at: "staging address \(held.address)", sentence(held),
            remedy: "signalbox staging list; ask \(held.holder), or wait until then",
            details: others.filter { $0 != held }.map(sentence))
    }
}
