import EdgeModel
import Glibc

/// Who may read and write the state, as modes of its directory and files.
///
/// SQLite gives `-wal` and `-shm` the mode of the database file whatever the umask, so the file's mode settles it.
package struct StatePermissions: Hashable, Sendable {
    package var directoryMode: UInt32
    package var fileMode: UInt32
    /// Group of the directory; nil: the creating process's.
    package var group: UInt32?

    package init(directoryMode: UInt32, fileMode: UInt32, group: UInt32? = nil) {
        self.directoryMode = directoryMode
        self.fileMode = fileMode
        self.group = group
    }

    /// Nobody but the owner.
    package static let owner = StatePermissions(directoryMode: 0o700, fileMode: 0o600)

    /// Every member of a group may read and write; the directory is setgid, so new files stay the group's.
    package static func group(_ group: UInt32) -> StatePermissions {
        StatePermissions(directoryMode: 0o2770, fileMode: 0o660, group: group)
    }

    /// What a new file in an existing directory gets: the group's when the directory is setgid and group-writable.
    init(inheritedFrom directory: String) {
        var status = stat()
        let shared = mode_t(S_ISGID | S_IWGRP)
        if stat(directory, &status) == 0, status.st_mode & shared == shared {
            self = .group(status.st_gid)
        } else {
            self = .owner
        }
    }
}
