extension Schema {
    /// Named lists of the account, figures of the traffic in time, and what happened at nodes.
    static let step3 = """
        CREATE TABLE list (
            name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
            kind TEXT NOT NULL CHECK (kind IN ('ip', 'text', 'integer')),
            description TEXT NOT NULL,
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            author TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER list_kind BEFORE UPDATE ON list WHEN NEW.kind <> OLD.kind
        BEGIN SELECT RAISE(ABORT, 'the kind of a list never changes'); END;

        CREATE TABLE list_item (
            list TEXT NOT NULL REFERENCES list (name) ON DELETE CASCADE,
            value TEXT NOT NULL CHECK (value <> ''),
            comment TEXT,
            PRIMARY KEY (list, value)
        ) STRICT, WITHOUT ROWID;

        -- What was served in each ten seconds (bucket: unix seconds of its start), by version, zone, node, origin or in
        -- total. Observation, not decision: it may be thrown away at any time. The primary key begins with the bucket, so
        -- what is old is deleted by it; the index is for one subject's way through time.
        CREATE TABLE figures (
            bucket INTEGER NOT NULL CHECK (bucket >= 0 AND bucket % 10 = 0),
            kind TEXT NOT NULL CHECK (kind IN ('version', 'zone', 'node', 'origin', 'total')),
            subject TEXT NOT NULL,
            requests INTEGER NOT NULL CHECK (requests >= 0),
            status_1xx INTEGER NOT NULL DEFAULT 0 CHECK (status_1xx >= 0),
            status_2xx INTEGER NOT NULL DEFAULT 0 CHECK (status_2xx >= 0),
            status_3xx INTEGER NOT NULL DEFAULT 0 CHECK (status_3xx >= 0),
            status_4xx INTEGER NOT NULL DEFAULT 0 CHECK (status_4xx >= 0),
            status_5xx INTEGER NOT NULL DEFAULT 0 CHECK (status_5xx >= 0),
            bytes_in INTEGER CHECK (bytes_in >= 0),
            bytes_out INTEGER CHECK (bytes_out >= 0),
            -- Of an origin: answers with 5xx, requests sent to it again, and its endpoints at their worst.
            failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
            retries INTEGER NOT NULL DEFAULT 0 CHECK (retries >= 0),
            endpoints INTEGER CHECK (endpoints >= 0),
            healthy INTEGER CHECK (healthy >= 0),
            -- A histogram in the compact form of whoever fills it.
            latency BLOB CHECK (length(latency) <= 4096),
            PRIMARY KEY (bucket, kind, subject)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX figures_by_subject ON figures (kind, subject, bucket);

        -- What happened at nodes, the newest of it: observation like the figures.
        CREATE TABLE fleet_note (
            id INTEGER NOT NULL PRIMARY KEY,
            at INTEGER NOT NULL,
            node TEXT NOT NULL,
            kind TEXT NOT NULL,
            text TEXT NOT NULL CHECK (length(text) <= 4096),
            severity TEXT NOT NULL,
            plan TEXT CHECK (length(plan) = 64)
        ) STRICT;
        """
}
