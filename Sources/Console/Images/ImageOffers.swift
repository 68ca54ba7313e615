internal import EdgeModel
internal import ImageSourcing
internal import TerminalUI

/// What can be done with a migration: each is a verb of `signalbox images`, and given as that.
enum ImageOffers {
    /// - Parameter reason: only objects that failed for it are tried again.
    static func offer(_ action: Action, _ run: ImagesContent.Run, reason: Reason? = nil, _ keys: Keymap<KeyCommand>)
        -> Offer
    {
        let id = run.run.id
        switch action {
        case .toggle:
            guard run.run.canGoOn else { return .unavailable("run \(id) is \(Words.text(run.state))") }
            return .operation(
                run.facts.isRunning
                    ? .command("pause run \(id)", ["images", "pause", "\(id)"], .none)
                    : .command("go on with run \(id)", ["images", "resume", "\(id)"], .none))
        case .abort:
            guard run.run.canGoOn else { return .unavailable("run \(id) is \(Words.text(run.state))") }
            return .operation(
                .command("abort run \(id)", ["images", "abort", "\(id)"], .typed("run \(id)")))
        case .retry:
            guard !run.facts.isRunning else {
                return .unavailable("run \(id) is under way; \(keys.key(.toggle)) pauses it")
            }
            let failed = reason.map { run.facts.tally?[ObjectFate($0)].objects } ?? run.facts.tally?.failed.objects
            guard failed ?? 0 > 0 else { return .unavailable("no object of run \(id) failed") }
            return .operation(
                .command(
                    "try the objects of run \(id) again that failed",
                    ["images", "retry", "\(id)"]
                        + (reason.map { ["--reason", $0.rawValue] } ?? []), .none))
        default: return .none
        }
    }

    /// A migration is not switched on and off.
    static func label(_ action: Action) -> TerminalText? { action == .toggle ? "pause/resume" : nil }

    /// Asks for a survey or a migration, of the place as far as it is one of a source or target.
    static func form(_ context: ScreenContext) -> EntryForm {
        let images = context.content?.images
        var source = images?.sources.count == 1 ? images?.sources[0].name : nil
        var target = images?.targets.count == 1 ? images?.targets[0].name : nil
        switch context.place {
        case .added("sources", let name?): source = name
        case .added("targets", let name?): target = name
        default: break
        }
        return form(["source": source ?? "", "to": target ?? ""])
    }

    /// A survey first, and with the same words the migration.
    /// - Parameter values: what is known, by field.
    static func form(_ values: [String: String]) -> EntryForm {
        func field(
            _ id: String, _ label: TerminalText, _ placeholder: TerminalText, option: String? = nil,
            isNeeded: Bool = true, usually: String = ""
        ) -> EntryForm.Field {
            EntryForm.Field(
                id: id, label: label, placeholder: placeholder, text: values[id] ?? usually, option: option,
                isNeeded: isNeeded)
        }
        return EntryForm(
            "survey or migrate images", ["images"],
            [
                field("verb", "verb", "survey or migrate", usually: "survey"), field("source", "source", "press"),
                field("to", "target", "media", option: "--to"),
                field("prefix", "only below", "2024/", option: "--prefix", isNeeded: false),
                field("include", "only like", "*.jpg", option: "--include", isNeeded: false),
                field("exclude", "but not", "draft-*", option: "--exclude", isNeeded: false),
                field("since", "changed since", "7d or 2026-01-31T00:00:00Z", option: "--since", isNeeded: false),
                field("overwrite", "overwrite", "never, always or if-changed", option: "--overwrite", usually: "never"),
            ],
            next: { values in
                guard values["verb"] == "survey" else { return nil }
                return form(values.merging(["verb": "migrate"]) { $1 })
            })
    }
}
