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
    3: """
    CREATE TABLE usage (
        instance TEXT NOT NULL,
        minute TEXT NOT NULL,
        seconds REAL NOT NULL,
        PRIMARY KEY (instance, minute)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO usage
        SELECT instance, substr(finished, 1, 16), sum(seconds)
        FROM (
            SELECT instance, finished, CASE WHEN json_valid(row)
                THEN coalesce(row ->> '$.quantum_seconds', row ->> '$.busy_seconds', 0.0) ELSE 0.0 END AS seconds
            FROM jobs
            WHERE finished IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM workloads WHERE workloads.id = jobs.workload_id
                AND CASE WHEN json_valid(workloads.row) THEN workloads.row ->> '$.mode' END = 'dedicated'
            )
            UNION ALL
            SELECT row ->> '$.instance', coalesce(closed, row ->> '$.last_job_completed', row ->> '$.created'),
                row ->> '$.usage_seconds'
            FROM workloads
            WHERE CASE WHEN json_valid(row) THEN row ->> '$.mode' END = 'dedicated'
        )
        GROUP BY 1, 2;
    """,
}
"""What makes a file of version ``n - 1`` one of version ``n``: statements, with semicolons between them and nowhere else."""

VERSION = max(STEPS)
"""``PRAGMA user_version`` of the files this version writes."""
