extension Schema {
    /// Email routing: domains, versions of their rules, destinations, workers and the mail journal; and beside them what
    /// happened: activity, deliveries and counters.
    static let step4 = """
        CREATE TABLE mail_domain (
            name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
            enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
            live INTEGER CHECK (live > 0),
            checked_at INTEGER,
            problems TEXT CHECK (problems IS NULL OR json_type(problems) = 'array'),
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            author TEXT NOT NULL,
            CHECK ((checked_at IS NULL) = (problems IS NULL))
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE mail_version (
            domain TEXT NOT NULL REFERENCES mail_domain (name) ON DELETE CASCADE,
            number INTEGER NOT NULL CHECK (number > 0),
            base INTEGER CHECK (base > 0),
            state TEXT NOT NULL CHECK (state IN ('draft', 'locked')),
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            note TEXT NOT NULL,
            author TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            ruleset TEXT NOT NULL CHECK (json_type(ruleset) = 'object'),
            PRIMARY KEY (domain, number)
        ) STRICT;
        CREATE TRIGGER mail_version_locked BEFORE UPDATE ON mail_version
        WHEN OLD.state = 'locked' AND (NEW.state <> 'locked' OR NEW.ruleset <> OLD.ruleset OR NEW.digest <> OLD.digest)
        BEGIN SELECT RAISE(ABORT, 'a locked version never changes'); END;
        CREATE UNIQUE INDEX mail_version_one_draft ON mail_version (domain) WHERE state = 'draft';

        CREATE TABLE mail_destination (
            -- Folded; spelled is as it was given.
            address TEXT NOT NULL PRIMARY KEY CHECK (address <> ''),
            spelled TEXT NOT NULL,
            verified_at INTEGER,
            code_digest TEXT CHECK (length(code_digest) = 64),
            code_expires INTEGER,
            failed_tries INTEGER NOT NULL CHECK (failed_tries >= 0),
            created_at INTEGER NOT NULL,
            author TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE mail_worker (
            name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
            definition TEXT NOT NULL CHECK (json_type(definition) = 'object')
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE mail_deployment (
            id INTEGER NOT NULL PRIMARY KEY CHECK (id > 0),
            domain TEXT NOT NULL,
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            kind TEXT NOT NULL,
            from_version INTEGER,
            to_version INTEGER NOT NULL CHECK (to_version > 0),
            at INTEGER NOT NULL,
            actor_name TEXT NOT NULL,
            actor_uid INTEGER NOT NULL,
            actor_sudo_user TEXT,
            actor_ssh_client TEXT,
            actor_claimed TEXT,
            reason TEXT,
            plan TEXT CHECK (length(plan) = 64),
            previous_head TEXT CHECK (length(previous_head) = 64),
            head TEXT NOT NULL UNIQUE CHECK (length(head) = 64),
            UNIQUE (domain, sequence)
        ) STRICT;
        CREATE TRIGGER mail_deployment_kept BEFORE UPDATE ON mail_deployment
        BEGIN SELECT RAISE(ABORT, 'the mail journal never changes'); END;
        CREATE TRIGGER mail_deployment_stays BEFORE DELETE ON mail_deployment
        BEGIN SELECT RAISE(ABORT, 'the mail journal never changes'); END;

        -- What happened: observation, which may be thrown away at any time except for the counters.
        CREATE TABLE mail_passage (
            id INTEGER NOT NULL PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            at INTEGER NOT NULL,
            instance TEXT,
            queue_id TEXT,
            recipient TEXT NOT NULL,
            domain TEXT NOT NULL,
            version INTEGER NOT NULL,
            rule TEXT,
            outcome TEXT NOT NULL,
            detail TEXT NOT NULL,
            passed TEXT NOT NULL CHECK (json_type(passed) = 'array'),
            sender TEXT NOT NULL,
            client TEXT NOT NULL,
            helo TEXT NOT NULL,
            subject TEXT,
            size INTEGER,
            spf TEXT,
            dkim TEXT,
            dmarc TEXT
        ) STRICT;
        CREATE INDEX mail_passage_by_time ON mail_passage (at);
        CREATE INDEX mail_passage_by_queue ON mail_passage (queue_id, recipient) WHERE queue_id IS NOT NULL;
        CREATE INDEX mail_passage_by_instance ON mail_passage (instance) WHERE instance IS NOT NULL;

        CREATE TABLE mail_delivery (
            key TEXT NOT NULL PRIMARY KEY,
            at INTEGER NOT NULL,
            queue_id TEXT NOT NULL,
            recipient TEXT NOT NULL,
            destination TEXT NOT NULL,
            status TEXT NOT NULL,
            code TEXT NOT NULL,
            relay TEXT NOT NULL,
            answer TEXT NOT NULL,
            -- Whether its rule's counters know it: not before the decision is known.
            counted INTEGER NOT NULL CHECK (counted IN (0, 1))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX mail_delivery_by_queue ON mail_delivery (queue_id, recipient);
        CREATE INDEX mail_delivery_by_time ON mail_delivery (at);

        CREATE TABLE mail_worker_run (
            key TEXT NOT NULL PRIMARY KEY,
            at INTEGER NOT NULL,
            instance TEXT,
            queue_id TEXT,
            recipient TEXT NOT NULL,
            worker TEXT NOT NULL,
            rule TEXT NOT NULL,
            verdict TEXT,
            failure TEXT,
            milliseconds INTEGER NOT NULL CHECK (milliseconds >= 0)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX mail_worker_run_by_recipient ON mail_worker_run (recipient, at);
        CREATE INDEX mail_worker_run_by_time ON mail_worker_run (at);

        CREATE TABLE mail_counter (
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
            PRIMARY KEY (domain, rule)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE mail_destination_figures (
            destination TEXT NOT NULL PRIMARY KEY,
            delivered INTEGER NOT NULL DEFAULT 0,
            deferred INTEGER NOT NULL DEFAULT 0,
            bounced INTEGER NOT NULL DEFAULT 0,
            delivered_at INTEGER,
            failed_at INTEGER,
            failure TEXT
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE mail_reader (
            name TEXT NOT NULL PRIMARY KEY,
            position TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
