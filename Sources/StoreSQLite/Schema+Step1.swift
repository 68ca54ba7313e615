extension Schema {
    /// The first schema. Times are milliseconds since 1970, digests lower-case hexadecimal, lists JSON arrays.
    /// The domain's rules are checked above; constraints and triggers here are the last line, also against other tools.
    static let step1 = """
        CREATE TABLE account (
            only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
            id INTEGER NOT NULL CHECK (id > 0),
            revision INTEGER NOT NULL CHECK (revision >= 0)
        ) STRICT;
        CREATE TRIGGER account_revision BEFORE UPDATE ON account
        WHEN NEW.revision IS NOT OLD.revision + 1 OR NEW.id IS NOT OLD.id
        BEGIN SELECT RAISE(ABORT, 'the revision only grows by one, and the account never changes'); END;
        CREATE TRIGGER account_kept BEFORE DELETE ON account
        BEGIN SELECT RAISE(ABORT, 'the account cannot be removed'); END;

        -- Every id ever given, and what got it, so that none is given twice or means two things.
        CREATE TABLE configuration_id (
            id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0),
            owner TEXT
        ) STRICT;
        INSERT INTO sqlite_sequence (name, seq) VALUES ('configuration_id', 100);
        CREATE TRIGGER configuration_id_once BEFORE UPDATE ON configuration_id
        WHEN OLD.owner IS NOT NULL OR NEW.id IS NOT OLD.id
        BEGIN SELECT RAISE(ABORT, 'a configuration id means one thing for ever'); END;
        CREATE TRIGGER configuration_id_kept BEFORE DELETE ON configuration_id
        BEGIN SELECT RAISE(ABORT, 'a configuration id is never given back'); END;

        CREATE TABLE configuration (
            id INTEGER PRIMARY KEY REFERENCES configuration_id (id),
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
            document TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER configuration_locked BEFORE UPDATE ON configuration WHEN OLD.locked = 1
        BEGIN SELECT RAISE(ABORT, 'the content of a locked version never changes'); END;

        CREATE TABLE zone (
            name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
            configuration INTEGER NOT NULL UNIQUE REFERENCES configuration (id),
            hosts TEXT NOT NULL CHECK (json_type(hosts) = 'array'),
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            author TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- The zone an application came from may be gone: no reference.
        CREATE TABLE application (
            name TEXT NOT NULL PRIMARY KEY,
            zone TEXT NOT NULL,
            purpose TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            author TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE version (
            application TEXT NOT NULL REFERENCES application (name),
            number INTEGER NOT NULL CHECK (number > 0),
            configuration INTEGER NOT NULL UNIQUE REFERENCES configuration (id),
            base INTEGER CHECK (base < number),
            state TEXT NOT NULL CHECK (state IN ('draft', 'locked')),
            note TEXT NOT NULL,
            author TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (application, number),
            FOREIGN KEY (application, base) REFERENCES version (application, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX version_by_base ON version (application, base);
        CREATE TRIGGER version_locked BEFORE UPDATE ON version WHEN OLD.state = 'locked' AND NEW.state <> 'locked'
        BEGIN SELECT RAISE(ABORT, 'a locked version stays locked'); END;

        CREATE TABLE version_tag (
            application TEXT NOT NULL,
            tag TEXT NOT NULL,
            number INTEGER NOT NULL,
            PRIMARY KEY (application, tag),
            FOREIGN KEY (application, number) REFERENCES version (application, number) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX version_tag_by_number ON version_tag (application, number);

        CREATE TABLE environment (
            name TEXT NOT NULL PRIMARY KEY,
            rank INTEGER NOT NULL CHECK (rank >= 0),
            filter TEXT CHECK (filter IS NULL OR name <> 'production'),
            staging_addresses TEXT NOT NULL CHECK (json_type(staging_addresses) = 'array'),
            lock_on_deploy INTEGER NOT NULL CHECK (lock_on_deploy IN (0, 1))
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER environment_production BEFORE DELETE ON environment WHEN OLD.name = 'production'
        BEGIN SELECT RAISE(ABORT, 'production cannot be removed'); END;

        CREATE TABLE assignment (
            environment TEXT NOT NULL REFERENCES environment (name),
            application TEXT NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (environment, application),
            FOREIGN KEY (application, version) REFERENCES version (application, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX assignment_by_version ON assignment (application, version);

        CREATE TABLE routing_rule (
            position INTEGER PRIMARY KEY CHECK (position >= 0),
            name TEXT NOT NULL UNIQUE,
            expression TEXT NOT NULL,
            application TEXT NOT NULL REFERENCES application (name),
            pinned INTEGER,
            enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
            description TEXT NOT NULL,
            FOREIGN KEY (application, pinned) REFERENCES version (application, number)
        ) STRICT;
        CREATE INDEX routing_rule_by_version ON routing_rule (application, pinned);

        -- The journal. Streams and applications it names may be gone: no references but to itself.
        CREATE TABLE deployment (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            stream TEXT NOT NULL,
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            kind TEXT NOT NULL,
            change TEXT NOT NULL CHECK (json_type(change) = 'object'),
            at INTEGER NOT NULL,
            actor_name TEXT NOT NULL,
            actor_uid INTEGER NOT NULL,
            actor_sudo_user TEXT,
            actor_ssh_client TEXT,
            actor_claimed TEXT,
            reason TEXT,
            plan_checksum TEXT CHECK (length(plan_checksum) = 64),
            production TEXT CHECK (length(production) = 64),
            lower TEXT CHECK (length(lower) = 64),
            evidence TEXT NOT NULL CHECK (json_type(evidence) = 'object'),
            undoes INTEGER REFERENCES deployment (id) CHECK (undoes < id),
            previous_head TEXT CHECK (length(previous_head) = 64),
            head TEXT NOT NULL UNIQUE CHECK (length(head) = 64),
            UNIQUE (stream, sequence),
            CHECK ((sequence = 1) = (previous_head IS NULL))
        ) STRICT;
        CREATE TRIGGER deployment_unchanged BEFORE UPDATE ON deployment
        BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
        CREATE TRIGGER deployment_kept BEFORE DELETE ON deployment
        BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;

        CREATE TABLE acknowledgement (
            deployment INTEGER NOT NULL REFERENCES deployment (id),
            node TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (deployment, node)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
            at INTEGER NOT NULL,
            actor_name TEXT NOT NULL,
            actor_uid INTEGER NOT NULL,
            actor_sudo_user TEXT,
            actor_ssh_client TEXT,
            actor_claimed TEXT,
            action TEXT NOT NULL,
            resource TEXT NOT NULL,
            summary TEXT NOT NULL,
            reason TEXT,
            previous_head TEXT CHECK (length(previous_head) = 64),
            head TEXT NOT NULL UNIQUE CHECK (length(head) = 64),
            CHECK ((sequence = 1) = (previous_head IS NULL))
        ) STRICT;
        CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
        CREATE TRIGGER audit_kept BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;

        CREATE TABLE node (
            name TEXT NOT NULL PRIMARY KEY,
            region TEXT NOT NULL,
            token_digest TEXT NOT NULL CHECK (length(token_digest) = 64),
            created_at INTEGER NOT NULL,
            author TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE node_status (
            node TEXT NOT NULL PRIMARY KEY REFERENCES node (name) ON DELETE CASCADE,
            status TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE setting (
            key TEXT NOT NULL PRIMARY KEY CHECK (key <> ''),
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
