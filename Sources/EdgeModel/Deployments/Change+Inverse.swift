extension Change {
    /// The change that puts everything back.
    package var inverse: Change {
        switch self {
        case .assignment(let application, let environment, let from, let to):
            .assignment(application: application, environment: environment, from: to, to: from)
        case .routing(let before, let after): .routing(before: after, after: before)
        case .zone(let name, let before, let after): .zone(name: name, before: after, after: before)
        case .environment(let before, let after): .environment(before: after, after: before)
        case .settings(let before, let after): .settings(before: after, after: before)
        case .reservation(let address, let before, let after):
            .reservation(address: address, before: after, after: before)
        case .list(let change): .list(change.inverse)
        }
    }

    /// Whether two changes concern the same thing, so that reversing one would undo part of the other.
    package func touchesSame(as other: Change) -> Bool {
        switch (self, other) {
        case (.assignment(let a, let e, _, _), .assignment(let b, let f, _, _)): a == b && e == f
        case (.routing, .routing): true
        case (.zone(let a, _, _), .zone(let b, _, _)): a == b
        case (.environment, .environment): true
        case (.settings, .settings): true
        case (.reservation(let a, _, _), .reservation(let b, _, _)): a == b
        case (.list(let a), .list(let b)): a.name == b.name
        default: false
        }
    }

    /// For people: `shop: shop@1 → shop@2 in production`.
    package var sentence: String {
        switch self {
        case .assignment(let application, let environment, let from, let to):
            let old = from.map { "\(application)@\($0)" } ?? "zone's own"
            let new = to.map { "\(application)@\($0)" } ?? "zone's own"
            return "\(old) → \(new) in \(environment)"
        case .routing(let before, let after):
            let gone = before.filter { !after.contains($0) }.map(\.name.rawValue)
            let come = after.filter { !before.contains($0) }.map(\.name.rawValue)
            if gone.isEmpty, come.isEmpty { return "routing rules reordered" }
            return "routing rules changed: " + Set(gone + come).sorted().joined(separator: ", ")
        case .zone(let name, let before, let after):
            return before == nil
                ? "zone \(name) created" : after == nil ? "zone \(name) removed" : "zone \(name) changed"
        case .environment(let before, let after):
            let name = (after ?? before)?.name.rawValue ?? ""
            return before == nil
                ? "environment \(name) created"
                : after == nil ? "environment \(name) removed" : "environment \(name) changed"
        case .settings(let before, let after):
            return after.stored.keys.sorted().filter { before.stored[$0] != after.stored[$0] }.map { key in
                let (old, new) = (before.stored[key] ?? nil, after.stored[key] ?? nil)
                return "\(key): \(old ?? "none") → \(new ?? "none")"
            }.joined(separator: ", ")
        case .reservation(let address, let before, let after):
            let (old, new) = (before?.label ?? "the environment's", after?.label ?? "the environment's")
            return "\(old) → \(new) on \(address)" + (after.map { " until \($0.until)" } ?? "")
        case .list(let change): return change.sentence
        }
    }
}
