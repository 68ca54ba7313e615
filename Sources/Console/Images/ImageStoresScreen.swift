internal import EdgeModel
internal import ImageSourcing
internal import TerminalUI

/// Where images come from, or where they go to: the place says which.
enum ImageStoresScreen: ListScreen {
    static func role(_ place: Place) -> ImageStore.Role {
        if case .added("targets", _) = place { .target } else { .source }
    }

    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("name", role(context.place) == .source ? "SOURCE" : "TARGET", .content(6, 32), priority: 9),
            Column("kind", "KIND", .content(4, 10), priority: 6),
            Column("place", "PLACE", .rest(12), priority: 9),
            Column("endpoint", "ENDPOINT", .content(8, 40), priority: 3),
            Column("region", "REGION", .content(6, 16), priority: 2),
            Column("credentials", "CREDENTIALS", .content(11, 32), priority: 4),
            Column("last", "LAST RUN", .content(13, 24), priority: 8),
            Column("changed", "CHANGED", .content(4, 7), right: true, priority: 2),
            Column("author", "BY", .content(4, 16), priority: 1),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        guard let images = context.content?.images else { return [] }
        let role = role(context.place)
        return (role == .source ? images.sources : images.targets).map { store in
            let last = images.runs.first { (role == .source ? $0.run.source : $0.run.target) == store.name }
            var bucket: ImageStore.Bucket?
            if case .s3(let found) = store.place { bucket = found }
            let changed = Timestamp(milliseconds: store.updatedAt)
            return Row(
                store.name,
                [
                    StyledLine(Words.text(store.name), .textStrong), StyledLine(store.kind, .textMuted),
                    StyledLine(Words.text(store.address), .text),
                    StyledLine(Words.text(bucket?.endpoint ?? ""), .text),
                    StyledLine(Words.text(bucket?.region ?? ""), .textMuted),
                    StyledLine(store.shownCredentials, .textMuted), lastRun(last),
                    StyledLine(Words.age(changed, at: context.now), .textMuted),
                    StyledLine(Words.text(store.author), .textMuted),
                ], keys: [nil, nil, nil, nil, nil, nil, last.map { Double($0.run.id) }, Double(-store.updatedAt)])
        }
    }

    private static func lastRun(_ run: ImagesContent.Run?) -> StyledLine {
        guard let run else { return StyledLine("never", .textMuted) }
        var line = StyledLine("\(run.run.id) ", .textNumber) + StyledLine(Words.text(run.state), run.ink)
        if let failed = run.facts.tally?.failed.objects, failed > 0 { line.append(" \(failed) failed", .statusBad) }
        return line
    }

    /// Its runs.
    static func inner(_ id: String, _ context: ScreenContext) -> Place? {
        .added(role(context.place) == .source ? "sources" : "targets", item: id)
    }

    static func form(_ context: ScreenContext) -> EntryForm? {
        let images = context.content?.images
        let (sources, targets) = (images?.sources.map(\.name) ?? [], images?.targets.map(\.name) ?? [])
        // What follows is a survey, as soon as there are both ends.
        guard role(context.place) == .source else {
            return form(.target) { values in
                sources.last.map { ImageOffers.form(["source": $0, "to": values["name"] ?? ""]) }
            }
        }
        return form(.source) { values in
            let source = values["name"] ?? ""
            if !targets.isEmpty {
                return ImageOffers.form(["source": source, "to": targets.count == 1 ? targets[0] : ""])
            }
            return form(.target) { ImageOffers.form(["source": source, "to": $0["name"] ?? ""]) }
        }
    }

    private static func form(
        _ role: ImageStore.Role, next: @escaping @Sendable ([String: String]) -> EntryForm?
    ) -> EntryForm {
        var places = [
            EntryForm.Field(
                id: "s3", label: "bucket", placeholder: "s3://bucket/path/", option: "--s3", isNeeded: false),
            EntryForm.Field(
                id: "directory", label: "or directory", placeholder: "/srv/photos", option: "--directory",
                isNeeded: false),
        ]
        if role == .target {
            places.append(
                EntryForm.Field(
                    id: "cloudflare", label: "or account", placeholder: "of Cloudflare Images", option: "--cloudflare",
                    isNeeded: false))
        }
        return EntryForm(
            role == .source ? "name a source of images" : "name a target of images",
            ["images", role.rawValue, "add"],
            [
                EntryForm.Field(id: "name", label: "name", placeholder: role == .source ? "press" : "media")
            ] + places + [
                EntryForm.Field(
                    id: "endpoint", label: "endpoint", placeholder: "Amazon's, or https://s3.example.com",
                    option: "--endpoint", isNeeded: false),
                EntryForm.Field(
                    id: "region", label: "region", placeholder: "us-east-1", option: "--region", isNeeded: false),
                EntryForm.Field(
                    id: "credentials", label: "credentials", placeholder: "where they are: env:NAME or file:PATH",
                    option: "--credentials", isNeeded: false),
            ], next: next)
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        guard context.content != nil else { return [StyledLine("reading…", .textMuted)] }
        let isSource = role(context.place) == .source
        let example: TerminalText =
            isSource ? "source add press --directory /srv/photos" : "target add media --directory /srv/media"
        return [
            StyledLine(isSource ? "No source of images." : "No target for images.", .textStrong), StyledLine(),
            StyledLine("  :images \(example)", .textKey), StyledLine(),
            StyledLine("\(context.keys.key(.add)) asks for the words.", .textMuted),
        ]
    }
}
