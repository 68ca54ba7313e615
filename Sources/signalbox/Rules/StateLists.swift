internal import ControlPlane
internal import EdgeModel
internal import RulesLanguage

/// The lists that an expression given on the command line asks for: those of `--list`, and those of the state for an
/// expression that names one. There need be no state; then nothing is known of any list.
enum StateLists {
    /// nil: neither is there.
    static func known(
        for texts: [String], given: [String: ListContents] = [:], _ session: Session
    ) throws -> [String: ListContents]? {
        guard texts.contains(where: { $0.utf8.contains(UInt8(ascii: "$")) }) else { return given }
        do {
            return try session.plane(.reading).knownLists().contents.merging(given) { _, given in given }
        } catch let error as StoreError where error.code == .missing {
            return given.isEmpty ? nil : given
        }
    }
}
