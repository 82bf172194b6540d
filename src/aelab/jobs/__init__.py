"""Slow work, done by worker processes and told in folders.

A job's truth is its folder: `job.json` (what), `status.json` (how it stands, replaced whole),
`log.txt`, a lock held while the worker lives, a `STOP` file to cancel.  Whoever looks only reads; a
restart of the server loses nothing.
"""
