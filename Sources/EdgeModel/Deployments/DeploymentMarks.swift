/// How far the journal reaches in what is published, and how far it goes forward there: enough to tell whether one
/// publication differs from another only by ways back.
package struct DeploymentMarks: Hashable, Sendable, Codable {
    /// Number of the newest deployment; 0: there is none.
    package var newest: Int
    /// Number of the newest one that is no way back; 0: there is none.
    package var newestForward: Int

    package init(newest: Int = 0, newestForward: Int = 0) {
        self.newest = newest
        self.newestForward = newestForward
    }

    /// Whether something was done since a publication that reached so far, and nothing but going back.
    package func onlyGoesBack(since deployment: Int) -> Bool { newest > deployment && newestForward <= deployment }
}
