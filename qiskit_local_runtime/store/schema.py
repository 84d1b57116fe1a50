"""The tables of an SQLite store, and how older ones become newer ones."""

from __future__ import annotations

STEPS: dict[int, str] = {
    1: """
    CREATE TABLE jobs (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        created TEXT NOT NULL,
        status TEXT NOT NULL,
        backend_name TEXT NOT NULL,
        routine TEXT NOT NULL,
        instance TEXT NOT NULL,
        workload_id TEXT,
        queue TEXT NOT NULL,
        finished TEXT,
        tags TEXT NOT NULL,
        row TEXT NOT NULL
    ) STRICT;
    CREATE INDEX jobs_by_time ON jobs (created, number);
    CREATE INDEX jobs_by_status ON jobs (status, queue, created);
    CREATE INDEX jobs_by_backend ON jobs (backend_name, created);
    CREATE INDEX jobs_by_workload ON jobs (workload_id, created) WHERE workload_id IS NOT NULL;
    CREATE INDEX jobs_by_end ON jobs (finished) WHERE finished IS NOT NULL;
    CREATE TABLE blobs (
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        data BLOB,
        PRIMARY KEY (id, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE workloads (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        closed TEXT,
        row TEXT NOT NULL
    ) STRICT;
    CREATE TABLE messages (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        queue TEXT NOT NULL,
        kind TEXT NOT NULL,
        target TEXT NOT NULL
    ) STRICT;
    """,
    2: """
    CREATE INDEX jobs_by_instance ON jobs (instance, created);
    """,
}
"""What makes a file of version ``n - 1`` one of version ``n``: statements, with semicolons between them and nowhere else."""

VERSION = max(STEPS)
"""``PRAGMA user_version`` of the files this version writes."""
