internal import EdgePlan

/// What a rule of `http_config_settings` sets. Of Cloudflare's settings one is carried out here; turning one of the
/// others off says what is so in any case, turning it on would say what is not.
package struct ConfigurationSettings: Hashable, Sendable {
    /// Whether pictures are refused to pages of other sites.
    package var hotlinkProtection: Bool?
    /// Settings that change nothing, sorted by key.
    package var withoutEffect: [DocumentMember]

    package var document: DocumentValue {
        var members = withoutEffect
        if let hotlinkProtection { members.append(DocumentMember("hotlink_protection", .bool(hotlinkProtection))) }
        return .object(members.sorted { $0.key < $1.key })
    }
}

/// The action's parameters → `ConfigurationSettings`.
enum ConfigurationSettingsReader {
    private static let hotlinks = "hotlink_protection"
    /// Settings of things that this edge does not have, with the value that says so.
    private static let absent: [String: DocumentValue] = [
        "automatic_https_rewrites": .bool(false), "bic": .bool(false), "content_converter": .bool(false),
        "disable_apps": .bool(true), "disable_rum": .bool(true), "disable_zaraz": .bool(true),
        "email_obfuscation": .bool(false), "fonts": .bool(false), "mirage": .bool(false),
        "opportunistic_encryption": .bool(false), "polish": .string("off"),
        "redirects_for_ai_training": .bool(false), "request_body_buffering": .string("none"),
        "response_body_buffering": .string("none"), "rocket_loader": .bool(false),
        "server_side_excludes": .bool(false), "sxg": .bool(false),
    ]
    private static let keys = (absent.keys + [hotlinks, "autominify", "security_level", "ssl"]).sorted()

    static func read(_ reader: inout DocumentReader) -> ConfigurationSettings {
        var settings = ConfigurationSettings(hotlinkProtection: reader.bool(hotlinks), withoutEffect: [])
        for key in keys where key != hotlinks {
            guard let value = reader.node(key)?.value else { continue }
            if isOff(key, value) {
                reader.note(key, "'\(key)' changes nothing: this edge has no such thing to turn off")
                settings.withoutEffect.append(DocumentMember(key, value.sorted))
            } else {
                refuse(key, value, &reader)
            }
        }
        reader.finish(known: keys)
        if settings.hotlinkProtection == nil, settings.withoutEffect.isEmpty, reader.findings.isEmpty {
            reader.report("missing-key", hotlinks, "set_config needs a setting, such as '\(hotlinks)'")
        }
        return settings
    }

    private static func isOff(_ key: String, _ value: DocumentValue) -> Bool {
        switch (key, value) {
        case ("autominify", .object(let parts)): parts.allSatisfy { $0.value == .bool(false) }
        case ("security_level", .string(let level)): level == "off" || level == "essentially_off"
        default: absent[key] == value
        }
    }

    private static func refuse(_ key: String, _ value: DocumentValue, _ reader: inout DocumentReader) {
        let word = value.leafText
        switch key {
        case "ssl":
            reader.report(
                "not-carried-out", key,
                "'ssl: \(word)' is not carried out by rules: each origin says how it is reached",
                remedy: "set 'tls' of the origin, and send these requests there with a rule of "
                    + Phase.origin.rawValue)
        case "security_level":
            reader.report(
                "not-carried-out", key,
                "'security_level: \(word)' is not carried out: this edge asks nobody for a proof",
                remedy: "block or limit what must be kept out with rules of \(Phase.firewallCustom.rawValue) and "
                    + Phase.rateLimit.rawValue)
        default:
            reader.report(
                "not-carried-out", key, "'\(key): \(word)' is not carried out: this edge has no such thing",
                remedy: "leave it out\(absent[key].map { ", or say \($0.leafText)" } ?? ""); or disable the rule")
        }
    }
}
