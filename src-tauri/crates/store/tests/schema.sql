CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE conversation (
    seq             INTEGER PRIMARY KEY,
    id              BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    title           TEXT    NOT NULL,
    title_is_custom INTEGER NOT NULL CHECK (title_is_custom IN (0, 1)),
    model           TEXT,
    draft           TEXT    NOT NULL,
    created_ms      INTEGER NOT NULL,
    updated_ms      INTEGER NOT NULL,
    activity        INTEGER NOT NULL,
    deleted_ms      INTEGER
) STRICT;
CREATE INDEX conversation_by_activity ON conversation (activity);
CREATE INDEX conversation_deleted ON conversation (deleted_ms) WHERE deleted_ms IS NOT NULL;
CREATE TABLE message (
    seq            INTEGER PRIMARY KEY,
    id             BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    conversation   BLOB    NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    parent         BLOB,
    role           TEXT    NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
    status         TEXT    NOT NULL CHECK (status IN
        ('queued', 'streaming', 'complete', 'stopped', 'interrupted', 'failed')),
    text           TEXT    NOT NULL,
    thinking       TEXT    NOT NULL,
    model          TEXT,
    created_ms     INTEGER NOT NULL,
    finished_ms    INTEGER,
    first_token_ms INTEGER,
    thinking_ms    INTEGER,
    finish_reason  TEXT,
    usage          TEXT,
    request_id     TEXT,
    error          TEXT, connection TEXT,
    UNIQUE (conversation, id),
    FOREIGN KEY (conversation, parent) REFERENCES message (conversation, id)
) STRICT;
CREATE INDEX message_unfinished ON message (status) WHERE status IN ('queued', 'streaming');
CREATE TABLE delta (
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    seq     INTEGER NOT NULL,
    kind    TEXT    NOT NULL CHECK (kind IN ('text', 'thinking')),
    text    TEXT    NOT NULL,
    PRIMARY KEY (message, seq, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE document (
    message INTEGER PRIMARY KEY REFERENCES message (seq) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    shown   TEXT    NOT NULL,
    blocks  TEXT    NOT NULL
) STRICT;
CREATE INDEX message_shape ON message (conversation, parent, id, role, status);
CREATE TABLE "account" (
    seq         INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    name        TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    protocol    TEXT    NOT NULL,
    region      TEXT,
    origin      TEXT    NOT NULL,
    key_hint    TEXT,
    key_place   TEXT    NOT NULL CHECK (key_place IN ('keychain', 'session', 'file', 'none')),
    model_count INTEGER,
    created_ms  INTEGER NOT NULL
) STRICT;
