internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// That a version was taken back where it was served last: whoever edits it may not mean to begin with it.
struct TakenBack {
    var version: Place.VersionLabel
    var entry: Deployment
    var environment: ResourceName
    /// What is served there now; nil: the zone's own configuration.
    var served: Place.VersionLabel?

    /// nil when it is served, never was, or was promoted again since.
    init?(_ version: Place.VersionLabel, in picture: Picture) {
        for environment in picture.environments.reversed().map(\.environment.name) {
            let served = picture.served(version.application, in: environment)
            let last = picture.deployments(of: version.application, in: environment).first { row in
                guard case .assignment(_, _, let from, let to) = row.deployment.change else { return false }
                return from == version.number || to == version.number
            }
            guard served != version.number, let entry = last?.deployment, [.rollback, .undo].contains(entry.kind),
                case .assignment(_, _, version.number, _) = entry.change
            else { continue }
            self.version = version
            self.entry = entry
            self.environment = environment
            self.served = served.map { Place.VersionLabel(version.application, $0) }
            return
        }
        return nil
    }
}

/// The question before a version is edited that was taken back. Its buttons have the names of the versions to begin with.
enum EditDialog {
    static func make(_ back: TakenBack, _ operation: Operation, _ around: ChangeDialog.Around, at now: Instant)
        -> Dialog
    {
        let (name, environment) = (Words.text("\(back.version)"), Words.name(back.environment))
        let what: TerminalText = back.entry.kind == .undo ? "taken back with undo" : "rolled back"
        let by: TerminalText =
            "by \(Words.text(back.entry.actor.label)), \(Words.ago(back.entry.at, at: around.time))"
        let why = back.entry.reason.map { [StyledLine("why: \(Words.text($0))", .text)] } ?? []
        var buttons = [button(back.version, "From @\(back.version.number)", key: "y")]
        if let served = back.served {
            buttons.insert(button(served, "From @\(served.number), which is served", key: "s"), at: 0)
        }
        let served = back.served.map { Words.text("\($0)") } ?? "the zone's own configuration"
        var dialog = Dialog(
            "edit", id: "edit",
            banner: [StyledLine(Words.text(operation.title), .textStrong, .bold), around.place],
            body: [
                StyledLine("\(name) was \(what) in \(environment) \(by)", .statusWarn)
            ] + why + [
                StyledLine("\(environment) serves \(served)", .text), StyledLine(),
                StyledLine("What is locked is copied into a new draft. Begin with which?", .text),
            ],
            buttons: buttons + [.cancel], openedAt: now, openedBy: around.key)
        dialog.resize(around.size)
        return dialog
    }

    private static func button(_ label: Place.VersionLabel, _ title: TerminalText, key: Unicode.Scalar) -> Dialog.Button
    {
        Dialog.Button("\(label)", title, key: .character(key))
    }
}
