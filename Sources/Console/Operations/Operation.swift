package import ControlPlane
package import EdgeModel
internal import EdgePlan
package import MailRouting

/// Something an operator can do here. One value is behind the key, the command bar, the dialog, the log and the undo,
/// and every operation has its command.
package struct Operation: Hashable, Sendable {
    package enum Act: Hashable, Sendable {
        /// Changes what the edge serves: planned, reviewed, applied, acknowledged.
        case change(ChangeRequest)
        case lock(Place.VersionLabel)
        case createVersion(of: ResourceName, from: Int)
        /// Opens the content in the editor; a locked version gets a draft copy.
        case edit(Place.VersionLabel)
        case changeRule(Place.VersionLabel, ref: String, RuleEdit)
        /// A rule of mail in the draft of that domain.
        case blockSender(MailSender, String)
        /// What its command does, given to the command line.
        case command
    }

    /// A change of one rule of a draft, in place.
    package enum RuleEdit: Hashable, Sendable {
        case setEnabled(Bool)
        /// By so many places, within its phase.
        case move(Int)
    }

    package var act: Act
    /// What it does, as a sentence without its end: `roll back shop in production`.
    package var title: String
    /// The command that does the same, without the program's name.
    package var words: [String]
    package var risk: Risk

    package init(_ act: Act, _ title: String, words: [String], risk: Risk) {
        self.act = act
        self.title = title
        self.words = words
        self.risk = risk
    }
}

/// How much stands between a key and its effect. It comes from what is done, never from the key.
package enum Risk: Hashable, Sendable {
    /// Nothing that is served changes: done at once.
    case none
    /// Easily taken back, and no traffic of production: done at once, with a word on how to take it back. What stands
    /// against its plan makes it a ``review``.
    case undo
    /// Shown with all that it changes; one more key, which is not the one that started it.
    case review
    /// Nothing that is served changes yet: one more key, after this was read.
    case ask(String)
    /// Cannot be taken back: this has to be typed.
    case typed(String)
}

// MARK: what there is

extension Operation {
    package static func promote(_ application: ResourceName, to environment: ResourceName) -> Operation {
        Operation(
            .change(.promote(application: application, to: environment)), "promote \(application) to \(environment)",
            words: ["promote", "\(application)", "--to", "\(environment)"], risk: .review)
    }

    /// - Parameter number: nil: the distinct version before the present one.
    package static func rollback(
        _ application: ResourceName, in environment: ResourceName, to number: Int? = nil
    ) -> Operation {
        Operation(
            .change(.rollback(application: application, environment: environment, to: number)),
            "roll back \(application) in \(environment)" + (number.map { " to \(application)@\($0)" } ?? ""),
            words: ["rollback", "\(application)", "--env", "\(environment)"]
                + (number.map { ["--to", "\($0)"] } ?? []),
            risk: .review)
    }

    package static func assign(_ label: Place.VersionLabel, to environment: ResourceName) -> Operation {
        Operation(
            .change(.assign(application: label.application, version: label.number, environment: environment)),
            "put \(label) into \(environment)", words: ["env", "assign", "\(environment)", "\(label)"], risk: .undo)
    }

    /// - Parameter id: nil: the newest deployment.
    package static func undo(_ id: Int?) -> Operation {
        Operation(
            .change(.undo(id)), id.map { "undo deployment \($0)" } ?? "undo the last deployment",
            words: ["undo"] + (id.map { ["\($0)"] } ?? []), risk: .review)
    }

    package static func setEnabled(_ rule: ResourceName, _ enabled: Bool) -> Operation {
        let verb = enabled ? "enable" : "disable"
        return Operation(
            .change(.routing(.setEnabled(rule, enabled))), "\(verb) routing rule \(rule)",
            words: ["rule", verb, "\(rule)"], risk: .review)
    }

    /// - Parameter neighbour: the rule it changes places with.
    package static func move(_ rule: ResourceName, past neighbour: ResourceName, up: Bool) -> Operation {
        let place: RoutingEdit.Place = up ? .before(neighbour) : .after(neighbour)
        return Operation(
            .change(.routing(.move(rule, place))), "move routing rule \(rule) \(up ? "before" : "after") \(neighbour)",
            words: ["rule", "move", "\(rule)", up ? "--before" : "--after", "\(neighbour)"], risk: .review)
    }

    package static func release(_ address: String, holder: String) -> Operation {
        Operation(
            .change(.reservation(.release(address: address, holder: holder, anyway: false))),
            "give back staging address \(address)", words: ["staging", "release", address], risk: .undo)
    }

    package static func lock(_ label: Place.VersionLabel) -> Operation {
        Operation(
            .lock(label), "lock \(label) for good", words: ["version", "lock", "\(label)"], risk: .typed("\(label)"))
    }

    package static func createVersion(of application: ResourceName, from number: Int) -> Operation {
        Operation(
            .createVersion(of: application, from: number), "make a draft of \(application)@\(number)",
            words: ["version", "create", "\(application)", "--from", "\(application)@\(number)"], risk: .none)
    }

    package static func command(_ title: String, _ words: [String], _ risk: Risk) -> Operation {
        Operation(.command, title, words: words, risk: risk)
    }

    package static func edit(_ label: Place.VersionLabel) -> Operation {
        Operation(.edit(label), "edit \(label)", words: ["version", "edit", "\(label)"], risk: .none)
    }

    /// Of a draft; its content is written as a whole, so the command names the text it is read from.
    package static func change(_ label: Place.VersionLabel, ref: String, _ edit: RuleEdit) -> Operation {
        let title =
            switch edit {
            case .setEnabled(let enabled): "\(enabled ? "enable" : "disable") \(ref) in \(label)"
            case .move(let steps): "move \(ref) \(steps < 0 ? "up" : "down") in \(label)"
            }
        return Operation(
            .changeRule(label, ref: ref, edit), title, words: ["version", "apply", "\(label)", "-f", "FILE"],
            risk: .none)
    }
}

extension Operation {
    /// What takes it back, of what is done at once without a plan; nil: nothing does.
    var inverse: Operation? {
        guard case .changeRule(let label, let ref, let edit) = act else { return nil }
        switch edit {
        case .setEnabled(let enabled): return .change(label, ref: ref, .setEnabled(!enabled))
        case .move(let steps): return .change(label, ref: ref, .move(-steps))
        }
    }
}

extension Operation.RuleEdit {
    /// The configuration with the rule changed; nil when there is no such rule or no such place.
    package func applied(to configuration: Configuration, ref: String) -> Configuration? {
        var result = configuration
        for phase in Phase.allCases {
            guard let index = result.rules(in: phase).firstIndex(where: { $0.ref == ref }) else { continue }
            var rules = result.rules(in: phase)
            switch self {
            case .setEnabled(let enabled):
                guard rules[index].enabled != enabled else { return nil }
                rules[index].enabled = enabled
            case .move(let steps):
                let target = index + steps
                guard rules.indices.contains(target), target != index else { return nil }
                rules.insert(rules.remove(at: index), at: target)
            }
            result.rules[phase] = rules
            return result
        }
        return nil
    }
}
