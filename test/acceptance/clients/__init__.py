"""Programs for IBM's client, unmodified; each prints what it saw as one line of JSON."""
