import EdgeModel

/// Refusals of single changes, told for the resource they concern.
extension StoreError {
    static func nothing(at place: String) -> StoreError {
        refusal(place, "there is no \(place)", remedy: "List what there is, and repeat with one of those.")
    }

    static func lockedVersion(_ version: Version) -> StoreError {
        refusal(
            "version \(version.label)", "the version is locked: its content never changes, and it stays locked",
            remedy: "Make a new version from it.")
    }

    static func tagTaken(_ version: Version, tag: ResourceName, by other: Int) -> StoreError {
        refusal(
            "version \(version.label)", "the tag '\(tag)' is on \(version.application)@\(other)",
            remedy: "Take it off there first.")
    }

    static func inUse(_ place: String, environments: [String], rules: [String]) -> StoreError {
        let users = environments.map { "environment \($0)" } + rules.map { "routing rule \($0)" }
        return refusal(
            place, "it is in use by \(users.joined(separator: ", "))", remedy: "Take it out of those first.")
    }
}
