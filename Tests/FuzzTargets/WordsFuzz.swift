import EdgeModel
import EdgePlan
import RulesLanguage

/// Short texts that people and nodes write: what is understood is printed so that it is understood alike.
enum WordsFuzz {
    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        same(text, ListenAddress(text)) { ListenAddress($0.description) }
        same(text, JournalPosition(text)) { JournalPosition($0.description) }
        same(text, ResourceName(rawValue: text)) { ResourceName(rawValue: $0.description) }
        same(text, Timestamp(rfc3339: text)) { Timestamp(rfc3339: $0.description) }
        same(text, IPAddress(text)) { IPAddress($0.description) }
        same(text, IPRange(text)) { IPRange($0.description) }
        same(text, Digest(rawValue: text)) { Digest(rawValue: $0.description) }
        same(text, HostName.normalized(text)) { HostName.normalized($0) }
        same(text, DurationText.milliseconds(text)) { DurationText.milliseconds(DurationText.text($0)) }
        same(text, StagingReservation(key: "staging.reservation.127.0.0.2", stored: text)) {
            StagingReservation(key: StagingReservation.key(of: $0.address), stored: $0.stored)
        }
        _ = (VersionReference(text), EdgeSettings.network(text))
        if let address = ListenAddress(text) {
            hold(IPAddress(address.address) != nil, "what is listened on is an address: \(text.debugDescription)")
        }
    }

    private static func same<Value: Equatable>(_ text: String, _ value: Value?, _ again: (Value) -> Value?) {
        guard let value else { return }
        hold(again(value) == value, "\(Value.self) of \(text.debugDescription) is printed as it is: \(value)")
    }
}
