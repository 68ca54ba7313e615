PRAGMA application_id = 1397311298;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE account (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    id INTEGER NOT NULL CHECK (id > 0),
    revision INTEGER NOT NULL CHECK (revision >= 0)
) STRICT;
INSERT INTO account VALUES(1,777,2);
CREATE TABLE configuration_id (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0),
    owner TEXT
) STRICT;
INSERT INTO configuration_id VALUES(101,'zone example.com');
INSERT INTO configuration_id VALUES(102,'version shop@1');
INSERT INTO configuration_id VALUES(103,'version shop@2');
CREATE TABLE configuration (
    id INTEGER PRIMARY KEY REFERENCES configuration_id (id),
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
    document TEXT NOT NULL
) STRICT;
INSERT INTO configuration VALUES(101,'0100000001000000010000000100000001000000010000000100000001000000',0,'{"content":1,"text":"Ünïcode \u2028"}');
INSERT INTO configuration VALUES(102,'0100000001000000010000000100000001000000010000000100000001000000',1,'{"content":1,"text":"Ünïcode \u2028"}');
INSERT INTO configuration VALUES(103,'0200000002000000020000000200000002000000020000000200000002000000',0,'{"content":2,"text":"Ünïcode \u2028"}');
CREATE TABLE zone (
    name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
    configuration INTEGER NOT NULL UNIQUE REFERENCES configuration (id),
    hosts TEXT NOT NULL CHECK (json_type(hosts) = 'array'),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    author TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO zone VALUES('example.com',101,'["example.com","*.example.com"]',1795260600250,1795260600251,'ada');
CREATE TABLE application (
    name TEXT NOT NULL PRIMARY KEY,
    zone TEXT NOT NULL,
    purpose TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    author TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO application VALUES('shop','example.com','sells; it''s "shop"',1795260600250,'ada');
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
INSERT INTO version VALUES('shop',1,102,NULL,'locked','note 1','ada',1795260600250,1795260600250);
INSERT INTO version VALUES('shop',2,103,1,'draft','note 2','ada',1795260600250,1795260600250);
CREATE TABLE version_tag (
    application TEXT NOT NULL,
    tag TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (application, tag),
    FOREIGN KEY (application, number) REFERENCES version (application, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO version_tag VALUES('shop','spring',2);
CREATE TABLE environment (
    name TEXT NOT NULL PRIMARY KEY,
    rank INTEGER NOT NULL CHECK (rank >= 0),
    filter TEXT CHECK (filter IS NULL OR name <> 'production'),
    staging_addresses TEXT NOT NULL CHECK (json_type(staging_addresses) = 'array'),
    lock_on_deploy INTEGER NOT NULL CHECK (lock_on_deploy IN (0, 1))
) STRICT, WITHOUT ROWID;
INSERT INTO environment VALUES('production',1,NULL,'[]',1);
INSERT INTO environment VALUES('staging',0,'staging_address','["127.0.0.20","::1"]',0);
CREATE TABLE assignment (
    environment TEXT NOT NULL REFERENCES environment (name),
    application TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (environment, application),
    FOREIGN KEY (application, version) REFERENCES version (application, number)
) STRICT, WITHOUT ROWID;
INSERT INTO assignment VALUES('production','shop',1);
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
INSERT INTO routing_rule VALUES(0,'all-shop','zone.name == "example.com" and path != "a\"b"','shop',NULL,1,'why');
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
INSERT INTO deployment VALUES(1,'staging',1,'promote','{"assignment":{"application":"shop","environment":"staging","to":1}}',1795260600251,'root',0,'ada','192.0.2.7 51022','ci','because','e9030000e9030000e9030000e9030000e9030000e9030000e9030000e9030000','d1070000d1070000d1070000d1070000d1070000d1070000d1070000d1070000',NULL,'{"canary":"3 of 3","note":"\"quoted\""}',NULL,NULL,'b90b0000b90b0000b90b0000b90b0000b90b0000b90b0000b90b0000b90b0000');
INSERT INTO deployment VALUES(2,'production',1,'promote','{"assignment":{"application":"shop","environment":"production","to":2}}',1795260600252,'root',0,'ada','192.0.2.7 51022','ci',NULL,'ea030000ea030000ea030000ea030000ea030000ea030000ea030000ea030000','d2070000d2070000d2070000d2070000d2070000d2070000d2070000d2070000',NULL,'{"canary":"3 of 3","note":"\"quoted\""}',NULL,NULL,'ba0b0000ba0b0000ba0b0000ba0b0000ba0b0000ba0b0000ba0b0000ba0b0000');
INSERT INTO deployment VALUES(3,'routing',1,'promote','{"routing":{"after":[{"application":"shop","description":"why","enabled":true,"expression":"zone.name == \"example.com\" and path != \"a\\\"b\"","name":"all-shop"}],"before":[]}}',1795260600253,'root',0,'ada','192.0.2.7 51022','ci','because','eb030000eb030000eb030000eb030000eb030000eb030000eb030000eb030000','d3070000d3070000d3070000d3070000d3070000d3070000d3070000d3070000',NULL,'{"canary":"3 of 3","note":"\"quoted\""}',NULL,NULL,'bb0b0000bb0b0000bb0b0000bb0b0000bb0b0000bb0b0000bb0b0000bb0b0000');
INSERT INTO deployment VALUES(4,'zones',1,'promote','{"zone":{"before":{"configuration":"{\"content\":1,\"text\":\"Ünïcode \\u2028\"}","digest":"0100000001000000010000000100000001000000010000000100000001000000","hosts":["example.com"],"id":101},"name":"example.com"}}',1795260600254,'root',0,'ada','192.0.2.7 51022','ci',NULL,'ec030000ec030000ec030000ec030000ec030000ec030000ec030000ec030000','d4070000d4070000d4070000d4070000d4070000d4070000d4070000d4070000',NULL,'{"canary":"3 of 3","note":"\"quoted\""}',NULL,NULL,'bc0b0000bc0b0000bc0b0000bc0b0000bc0b0000bc0b0000bc0b0000bc0b0000');
INSERT INTO deployment VALUES(5,'environments',1,'promote','{"environment":{"after":{"filter":"true","lockOnDeploy":false,"name":"staging","rank":0,"stagingAddresses":["127.0.0.20","::1"]}}}',1795260600255,'root',0,'ada','192.0.2.7 51022','ci','because','ed030000ed030000ed030000ed030000ed030000ed030000ed030000ed030000','d5070000d5070000d5070000d5070000d5070000d5070000d5070000d5070000',NULL,'{"canary":"3 of 3","note":"\"quoted\""}',1,NULL,'bd0b0000bd0b0000bd0b0000bd0b0000bd0b0000bd0b0000bd0b0000bd0b0000');
CREATE TABLE acknowledgement (
    deployment INTEGER NOT NULL REFERENCES deployment (id),
    node TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (deployment, node)
) STRICT, WITHOUT ROWID;
INSERT INTO acknowledgement VALUES(2,'fra1',1795260600250);
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
INSERT INTO audit VALUES(1,1795260600251,'ada',1000,NULL,NULL,NULL,'version.create','version/shop@1','made',NULL,NULL,'0100000001000000010000000100000001000000010000000100000001000000');
INSERT INTO audit VALUES(2,1795260600252,'ada',1000,NULL,NULL,NULL,'version.create','version/shop@2','made',NULL,'0100000001000000010000000100000001000000010000000100000001000000','0200000002000000020000000200000002000000020000000200000002000000');
CREATE TABLE node (
    name TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    token_digest TEXT NOT NULL CHECK (length(token_digest) = 64),
    created_at INTEGER NOT NULL,
    author TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO node VALUES('fra1','fra','0700000007000000070000000700000007000000070000000700000007000000',1795260600250,'ada');
CREATE TABLE node_status (
    node TEXT NOT NULL PRIMARY KEY REFERENCES node (name) ON DELETE CASCADE,
    status TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO node_status VALUES('fra1','{"digest":1}');
CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY CHECK (key <> ''),
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO setting VALUES('edge.trusted','10.0.0.0/8');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('configuration_id',103);
CREATE TRIGGER account_revision BEFORE UPDATE ON account
WHEN NEW.revision IS NOT OLD.revision + 1 OR NEW.id IS NOT OLD.id
BEGIN SELECT RAISE(ABORT, 'the revision only grows by one, and the account never changes'); END;
CREATE TRIGGER account_kept BEFORE DELETE ON account
BEGIN SELECT RAISE(ABORT, 'the account cannot be removed'); END;
CREATE TRIGGER configuration_id_once BEFORE UPDATE ON configuration_id
WHEN OLD.owner IS NOT NULL OR NEW.id IS NOT OLD.id
BEGIN SELECT RAISE(ABORT, 'a configuration id means one thing for ever'); END;
CREATE TRIGGER configuration_id_kept BEFORE DELETE ON configuration_id
BEGIN SELECT RAISE(ABORT, 'a configuration id is never given back'); END;
CREATE TRIGGER configuration_locked BEFORE UPDATE ON configuration WHEN OLD.locked = 1
BEGIN SELECT RAISE(ABORT, 'the content of a locked version never changes'); END;
CREATE INDEX version_by_base ON version (application, base);
CREATE TRIGGER version_locked BEFORE UPDATE ON version WHEN OLD.state = 'locked' AND NEW.state <> 'locked'
BEGIN SELECT RAISE(ABORT, 'a locked version stays locked'); END;
CREATE INDEX version_tag_by_number ON version_tag (application, number);
CREATE TRIGGER environment_production BEFORE DELETE ON environment WHEN OLD.name = 'production'
BEGIN SELECT RAISE(ABORT, 'production cannot be removed'); END;
CREATE INDEX assignment_by_version ON assignment (application, version);
CREATE INDEX routing_rule_by_version ON routing_rule (application, pinned);
CREATE TRIGGER deployment_unchanged BEFORE UPDATE ON deployment
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER deployment_kept BEFORE DELETE ON deployment
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
COMMIT;
