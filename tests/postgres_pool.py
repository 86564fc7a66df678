"""One PostgreSQL database for all tests of a run, emptied before each.

Making a database from a template takes many times as long as deleting the few rows of a test.
"""

import uuid

from sqlalchemy import Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

SCHEMA = """
SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
  SELECT concat(attrelid::regclass, attname, atttypid) AS line FROM pg_attribute
    WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
  UNION ALL SELECT concat(tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT version_num FROM alembic_version) AS lines
"""
EMPTY = """
DO $do$ DECLARE name text; BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR name IN SELECT quote_ident(tablename) FROM pg_tables
      WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
      EXECUTE 'DELETE FROM ' || name;
    END LOOP;
  ELSE
    -- The owner of the tables may put the trail's guards aside; nothing else gets past them.
    ALTER TABLE events DISABLE TRIGGER USER;
    FOR name IN SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables
      WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
      EXECUTE 'TRUNCATE ' || name || ' CASCADE';
    END LOOP;
    ALTER TABLE events ENABLE TRIGGER USER;
  END IF;
  FOR name IN SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE 'ALTER SEQUENCE ' || name || ' RESTART';
  END LOOP;
END $do$
"""


class PostgresPool:
    """Hands out the address of an empty database; one whose schema a test changed is made anew."""

    def __init__(self, template: str) -> None:
        self._template = make_url(template)
        self._server = create_engine(
            self._template.set(database="postgres"),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
        )
        self._engine: Engine | None = None
        self._sound: str | None = None

    def empty(self) -> str:
        """The address; whoever still is connected from the test before is cut off."""
        if self._engine is None or not self._is_sound(self._engine):
            self.close()
            self._engine = self._make()
        with self._engine.connect() as connection:
            connection.execute(text(EMPTY))
        return self._engine.url.render_as_string(hide_password=False)

    def close(self) -> None:
        """Drop the database."""
        if self._engine is not None:
            self._engine.dispose()
            name = self._engine.url.database
            with self._server.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            self._engine = None

    def _make(self) -> Engine:
        name = f"annotator_{uuid.uuid4().hex[:12]}"
        with self._server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {self._template.database}"))
        engine = create_engine(self._template.set(database=name), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            self._sound = connection.scalar(text(SCHEMA))
        return engine

    def _is_sound(self, engine: Engine) -> bool:
        try:
            with engine.connect() as connection:
                return connection.scalar(text(SCHEMA)) == self._sound
        except DBAPIError:
            return False
