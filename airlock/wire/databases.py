"""A database that a test gives: the answer gets a copy of it, in memory."""

import sqlite3
from typing import Any


def reduced(connection: sqlite3.Connection) -> tuple[Any, ...]:
    """For a pickle: what makes a connection to a copy."""
    named = connection.row_factory is sqlite3.Row
    return connect, (connection.serialize(), named)


def connect(content: bytes, named: bool) -> sqlite3.Connection:
    """A connection to a database with this content; ``named``: its rows know their columns."""
    made = sqlite3.connect(":memory:", check_same_thread=False)
    made.deserialize(content)
    if named:
        made.row_factory = sqlite3.Row
    return made
