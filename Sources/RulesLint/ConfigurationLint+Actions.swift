internal import EdgeModel
internal import EdgePlan
internal import RulesLanguage
internal import RulesReasoning

/// What rules do: redirects that come back, cache rules that disagree, skips of nothing, origins that nobody uses.
extension ConfigurationLint {
    // MARK: redirects

    mutating func redirects() {
        for entry in entries[.dynamicRedirect] ?? [] {
            guard case .redirect(let target, _, _) = entry.action else { continue }
            switch target {
            case .value(let text):
                if text.hasPrefix("http://") {
                    report(
                        .insecureRedirect, entry, "it sends clients to '\(text)'",
                        remedy: "write https:// if the target answers there")
                }
                fixedTarget(text, entry)
            case .expression(let text): sameAddress(text, entry)
            }
        }
    }

    /// A target that matches the rule itself.
    private mutating func fixedTarget(_ target: String, _ entry: Entry) {
        guard let known = RedirectTarget(target), isServedHere(known.host) else { return }
        guard case .always(true) = entry.condition.partiallyEvaluated(known: known.fields) else { return }
        report(
            .redirectLoop, entry, "its target '\(target)' matches it again",
            remedy: "leave the target out of the condition, such as and not http.request.uri.path eq \"\(known.path)\"")
    }

    private func isServedHere(_ host: String?) -> Bool {
        guard let host else { return true }
        return hosts.contains { HostPattern.rank($0, for: host) != nil }
    }

    /// `concat("https://", http.host, http.request.uri.path)`: the same address again unless the scheme decides.
    private mutating func sameAddress(_ text: String, _ entry: Entry) {
        guard let value = try? Expression(text, mode: .value), case .call(.concat, let parts) = value.root.kind,
            parts.count >= 3, case .literal(.bytes(let scheme)) = parts[0].kind,
            parts[1].kind == .field(.httpHost)
        else { return }
        let rest = parts.dropFirst(2).map(\.kind)
        guard rest.first == .field(.uri) || rest.first == .field(.path) else { return }
        let isTLS: Bool
        switch String(decoding: scheme, as: UTF8.self) {
        case "https://": isTLS = true
        case "http://": isTLS = false
        default: return
        }
        let again: Bool
        switch entry.condition.partiallyEvaluated(known: [.ssl: .bool(isTLS)]) {
        case .always(let holds): again = holds
        case .simplified(let condition):
            again = prover.implies(condition, entry.condition) == .proven || !readsScheme(entry)
        }
        guard again else { return }
        let kind: LintKind = readsScheme(entry) ? .redirectToItself : .redirectLoop
        report(
            kind, entry, "the target is the address that was asked for, so it matches again",
            remedy: isTLS ? "add: and not ssl" : "add: and ssl")
    }

    private func readsScheme(_ entry: Entry) -> Bool {
        !Set(entry.condition.usedFields).isDisjoint(with: [.ssl, .fullURI, .rawFullURI])
    }

    // MARK: cache

    /// Rules of which neither is within the other, that match some requests together and disagree on whether to cache.
    mutating func caches() {
        let rules = (entries[.cacheSettings] ?? []).compactMap { entry -> (Entry, Bool)? in
            guard case .cache(let settings) = entry.action, let eligible = settings.eligible else { return nil }
            return (entry, eligible)
        }
        guard rules.count <= 200 else { return }
        for (index, (later, eligible)) in rules.enumerated() {
            // One rule it disagrees with is enough to go and look.
            for (earlier, other) in rules[..<index] where other != eligible {
                guard case .overlapping(let witness) = prover.relation(earlier.condition, later.condition) else {
                    continue
                }
                report(
                    .conflictingCache, later,
                    "rule '\(earlier.rule.ref)' says the opposite where both match, such as \(witness.description())",
                    remedy: "make the conditions exclude each other, or keep the order as it is: the later wins")
                break
            }
        }
    }

    // MARK: skips and origins

    mutating func skips() {
        for (phase, rules) in entries.sorted(by: { $0.key.order < $1.key.order }) {
            for (number, entry) in rules.enumerated() {
                guard case .skip(let rest, let phases) = entry.action else { continue }
                let skipsOwn = rest && number < rules.count - 1
                let skipsOthers = phases.contains { !(entries[$0] ?? []).isEmpty && $0.order > phase.order }
                if !skipsOwn, !skipsOthers {
                    report(
                        .skipWithoutEffect, entry, "there is no enabled rule for it to skip",
                        remedy: "move it before the rules it is to skip, or remove it")
                }
            }
        }
    }

    mutating func origins() {
        var used = Set([configuration.setting(.defaultOrigin)].compactMap { $0 })
        var routes = 0
        for entry in entries[.origin] ?? [] {
            guard case .route(_, let origin, _, _) = entry.action else { continue }
            routes += 1
            if let origin { used.insert(origin) }
        }
        // The only origin needs no name.
        guard configuration.origins.count > 1 || !used.isEmpty else { return }
        for origin in configuration.origins where !used.contains(origin.name) {
            findings.append(
                LintKind.unusedOrigin.finding(
                    at: "\(label): origins.\(origin.name)", "nothing is sent to origin '\(origin.name)'",
                    remedy: "remove it, or name it in a rule of \(Phase.origin.rawValue)"))
        }
    }
}

/// What is known of the request that follows a redirect to a fixed target.
struct RedirectTarget {
    /// Nil: the host that was asked for.
    var host: String?
    var path: String
    var fields: [FieldID: Literal]

    init?(_ target: String) {
        var rest = Substring(target)
        var scheme: String?
        for known in ["https://", "http://"] where rest.hasPrefix(known) {
            scheme = known
            rest = rest.dropFirst(known.count)
        }
        if scheme != nil {
            let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
            let authority = rest[..<end].lowercased()
            // Other ports may be other servers.
            guard !authority.contains(":"), !authority.isEmpty else { return nil }
            host = authority
            rest = rest[end...]
        }
        rest = rest.prefix { $0 != "#" }
        let mark = rest.firstIndex(of: "?")
        path = String(rest[..<(mark ?? rest.endIndex)])
        if path.isEmpty { path = "/" }
        guard path.hasPrefix("/"), !path.hasPrefix("//"), !path.contains("%"), !path.contains("/.") else { return nil }
        let query = mark.map { String(rest[rest.index(after: $0)...]) } ?? ""
        let uri = query.isEmpty ? path : "\(path)?\(query)"
        fields = [
            .path: .string(path), .rawPath: .string(path), .query: .string(query), .rawQuery: .string(query),
            .uri: .string(uri), .rawURI: .string(uri),
        ]
        if let host, let scheme {
            fields[.httpHost] = .string(host)
            fields[.ssl] = .bool(scheme == "https://")
            fields[.fullURI] = .string("\(scheme)\(host)\(uri)")
            fields[.rawFullURI] = fields[.fullURI]
        }
    }
}
