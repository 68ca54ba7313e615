import PostfixEndpoints
import Testing

@Suite("Postfix settings")
struct PostfixSettingsTests {
    private static let present = [
        "smtpd_relay_restrictions": "permit_mynetworks, check_client_access hash:/etc/x, reject_unauth_destination",
        "smtpd_milters": "inet:127.0.0.1:11332", "virtual_alias_maps": "hash:/etc/postfix/virtual",
        "transport_maps": "hash:/etc/postfix/transport", "maillog_file": "/var/log/mail.log",
    ]

    private static func values(_ settings: PostfixSettings) -> [String: String] {
        Dictionary(uniqueKeysWithValues: settings.parameters.map { ($0.name, $0.value) })
    }

    @Test func whatOthersHaveSetStays() {
        let values = Self.values(PostfixSettings(sockets: "signalbox", present: Self.present))
        #expect(
            values["smtpd_relay_restrictions"]?.hasSuffix(
                "} }, reject_unlisted_recipient, permit_mynetworks, check_client_access hash:/etc/x, reject_unauth_destination"
            ) == true)
        #expect(values["smtpd_milters"]?.hasPrefix("inet:127.0.0.1:11332, { unix:signalbox/milter, ") == true)
        #expect(values["virtual_alias_maps"] == "socketmap:unix:signalbox/map:alias, hash:/etc/postfix/virtual")
        #expect(values["transport_maps"]?.hasSuffix(", hash:/etc/postfix/transport") == true)
        #expect(values["maillog_file"] == nil)
    }

    @Test func miltersThatVerifyStandBeforeOurs() {
        func milters(_ present: String) -> String {
            Self.values(PostfixSettings(sockets: "signalbox", present: ["smtpd_milters": present]))["smtpd_milters"]
                ?? ""
        }
        let ours = milters("")
        #expect(!PostfixSettings.hasMilterBefore(ours) && !PostfixSettings.hasMilterBefore(""))
        // Whoever put one behind ours has it moved.
        let after = milters("\(ours), inet:127.0.0.1:8891 unix:opendmarc/sock")
        #expect(after == "inet:127.0.0.1:8891, unix:opendmarc/sock, \(ours)")
        #expect(PostfixSettings.hasMilterBefore(after))
        #expect(!PostfixSettings.hasMilterBefore("\(ours), inet:127.0.0.1:8891"), "behind ours it is too late")
    }

    @Test func appliedTwiceItIsTheSame() {
        let once = Self.values(PostfixSettings(sockets: "signalbox", present: Self.present))
        let twice = Self.values(
            PostfixSettings(sockets: "signalbox", present: Self.present.merging(once) { $1 }))
        #expect(once == twice)
        let moved = Self.values(
            PostfixSettings(sockets: "/run/signalbox", present: Self.present.merging(once) { $1 }))
        #expect(moved["virtual_alias_maps"] == "socketmap:unix:/run/signalbox/map:alias, hash:/etc/postfix/virtual")
    }

    @Test func unlistedRecipientsOfOthersAreRefusedAsTheyWere() {
        func relay(_ present: [String: String]) -> String? {
            Self.values(PostfixSettings(sockets: "signalbox", present: present))["smtpd_relay_restrictions"]
        }
        let on = ["smtpd_relay_restrictions": "reject_unauth_destination", "smtpd_reject_unlisted_recipient": "yes"]
        #expect(relay(on)?.hasSuffix("} }, reject_unlisted_recipient, reject_unauth_destination") == true)
        // Whoever had switched it off wants it nowhere; whoever has it somewhere keeps it there.
        let off = on.merging(["smtpd_reject_unlisted_recipient": "no"]) { $1 }
        #expect(relay(off)?.hasSuffix("} }, reject_unauth_destination") == true)
        let own = "permit_mynetworks, reject_unlisted_recipient, reject_unauth_destination"
        #expect(relay(["smtpd_relay_restrictions": own])?.hasSuffix("} }, " + own) == true)
    }

    @Test func nobodyElsesMailIsEverRelayed() {
        let bare = Self.values(PostfixSettings(sockets: "signalbox", present: ["smtpd_relay_restrictions": ""]))
        #expect(bare["smtpd_relay_restrictions"]?.hasSuffix(", reject_unauth_destination") == true)
    }

    @Test func listsAreReadAsPostfixReadsThem() {
        #expect(PostfixList.elements("a, b  c,{ d e, f={ g } } ,") == ["a", "b", "c", "{ d e, f={ g } }"])
        #expect(PostfixList.restrictions("check_x hash:/a, reject") == ["check_x hash:/a", "reject"])
    }
}
