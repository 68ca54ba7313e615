/// The tables of a ledger.
enum LedgerSchema {
    /// "SIGL" (`PRAGMA application_id`).
    static let applicationID = 0x5349_474C
    /// 2: what earlier runs did not import.
    static let version = 2

    /// About 90 bytes an object. The index holds what waits and nothing else: it is empty most of the time.
    static let tables = """
        CREATE TABLE run (
            id INTEGER PRIMARY KEY,
            pass INTEGER NOT NULL,
            position BLOB,
            is_listed INTEGER NOT NULL,
            claimed BLOB,
            progress BLOB NOT NULL
        ) STRICT;
        CREATE TABLE object (
            key BLOB NOT NULL PRIMARY KEY,
            etag BLOB,
            size INTEGER,
            modified INTEGER,
            fate INTEGER NOT NULL,
            flaw_offset INTEGER,
            format INTEGER NOT NULL,
            flags INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            run INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX object_waiting ON object (run, key) WHERE fate = 0;
        CREATE TABLE tally (
            run INTEGER NOT NULL,
            fate INTEGER NOT NULL,
            objects INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            PRIMARY KEY (run, fate)
        ) STRICT, WITHOUT ROWID
        """

    /// What earlier runs did not import, as far as a later one has listed it again. Step 2.
    static let past = """
        CREATE TABLE past (
            run INTEGER NOT NULL,
            key BLOB NOT NULL,
            etag BLOB,
            size INTEGER,
            modified INTEGER,
            fate INTEGER NOT NULL,
            flaw_offset INTEGER,
            format INTEGER NOT NULL,
            flags INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            PRIMARY KEY (run, key)
        ) STRICT, WITHOUT ROWID
        """
}
