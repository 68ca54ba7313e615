extension Schema {
    /// The mail journal also holds domains switched, destinations, workers and what was undone, and its rules may be none;
    /// mail is counted by time too.
    static let step5 = """
        CREATE TABLE mail_journal (
            id INTEGER NOT NULL PRIMARY KEY CHECK (id > 0),
            -- A domain, which has a dot, or 'destinations' or 'workers'.
            stream TEXT NOT NULL,
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            kind TEXT NOT NULL,
            from_version INTEGER CHECK (from_version > 0),
            to_version INTEGER CHECK (to_version > 0),
            -- Null: of versions of rules.
            change TEXT CHECK (change IS NULL OR json_type(change) = 'object'),
            at INTEGER NOT NULL,
            actor_name TEXT NOT NULL,
            actor_uid INTEGER NOT NULL,
            actor_sudo_user TEXT,
            actor_ssh_client TEXT,
            actor_claimed TEXT,
            reason TEXT,
            plan TEXT CHECK (length(plan) = 64),
            undoes INTEGER CHECK (undoes < id),
            previous_head TEXT CHECK (length(previous_head) = 64),
            head TEXT NOT NULL UNIQUE CHECK (length(head) = 64),
            UNIQUE (stream, sequence),
            CHECK ((sequence = 1) = (previous_head IS NULL))
        ) STRICT;
        INSERT INTO mail_journal (id, stream, sequence, kind, from_version, to_version, at, actor_name, actor_uid,
                actor_sudo_user, actor_ssh_client, actor_claimed, reason, plan, previous_head, head)
            SELECT id, domain, sequence, kind, from_version, to_version, at, actor_name, actor_uid, actor_sudo_user,
                actor_ssh_client, actor_claimed, reason, plan, previous_head, head FROM mail_deployment;
        DROP TRIGGER mail_deployment_kept;
        DROP TRIGGER mail_deployment_stays;
        DROP TABLE mail_deployment;
        CREATE TRIGGER mail_journal_kept BEFORE UPDATE ON mail_journal
        BEGIN SELECT RAISE(ABORT, 'the mail journal never changes'); END;
        CREATE TRIGGER mail_journal_stays BEFORE DELETE ON mail_journal
        BEGIN SELECT RAISE(ABORT, 'the mail journal never changes'); END;

        -- What a rule did in each five minutes (bucket: unix seconds of its start). It may be thrown away at any time. The
        -- primary key begins with the bucket, so what is old is deleted by it.
        CREATE TABLE mail_counter_in_time (
            bucket INTEGER NOT NULL CHECK (bucket >= 0 AND bucket % 300 = 0),
            domain TEXT NOT NULL,
            rule TEXT NOT NULL,
            matched INTEGER NOT NULL DEFAULT 0,
            forwarded INTEGER NOT NULL DEFAULT 0,
            dropped INTEGER NOT NULL DEFAULT 0,
            rejected INTEGER NOT NULL DEFAULT 0,
            deferred_here INTEGER NOT NULL DEFAULT 0,
            to_worker INTEGER NOT NULL DEFAULT 0,
            worker_failures INTEGER NOT NULL DEFAULT 0,
            delivered INTEGER NOT NULL DEFAULT 0,
            deferred INTEGER NOT NULL DEFAULT 0,
            bounced INTEGER NOT NULL DEFAULT 0,
            last_at INTEGER,
            PRIMARY KEY (bucket, domain, rule)
        ) STRICT, WITHOUT ROWID;
        """
}
