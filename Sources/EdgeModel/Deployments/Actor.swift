/// Who did something, as the operating system knows it; a claimed name is kept apart and marked as claimed.
package struct Actor: Hashable, Sendable, Codable {
    package var name: String
    package var uid: Int
    package var sudoUser: String?
    package var sshClient: String?
    /// What `--as` said; nobody verified it.
    package var claimed: String?

    package init(name: String, uid: Int, sudoUser: String? = nil, sshClient: String? = nil, claimed: String? = nil) {
        self.name = name
        self.uid = uid
        self.sudoUser = sudoUser
        self.sshClient = sshClient
        self.claimed = claimed
    }

    /// `ada`, `root (sudo by ada)`, `ci (claimed; really root)`
    package var label: String {
        let real = sudoUser.map { "\(name) (sudo by \($0))" } ?? name
        return claimed.map { "\($0) (claimed; really \(real))" } ?? real
    }
}
