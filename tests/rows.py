"""Everything that a database holds, to see that a refused request changed nothing."""

import hashlib
from typing import Any

from sqlalchemy import Table, func, select

from annotator.storage.engine import Database
from annotator.storage.tables import Base


def fingerprint(database: Database) -> str:
    """A hash of all rows of all tables."""
    digest = hashlib.sha256()
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            rows = session.execute(select(table).order_by(*table.primary_key.columns))
            digest.update(table.name.encode())
            for row in rows:
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def count(database: Database, entity: type[Base], *conditions: Any) -> int:
    """How many rows of a table meet the conditions."""
    with database.read() as session:
        query = select(func.count()).select_from(entity).where(*conditions)
        return session.scalar(query) or 0


def counts(database: Database) -> dict[str, int]:
    """Rows by table, empty tables left out."""
    with database.read() as session:
        found = {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
    return {name: number for name, number in found.items() if number}


def table(name: str) -> Table:
    """The table ``name``."""
    return Base.metadata.tables[name]
