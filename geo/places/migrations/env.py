"""What Alembic runs to bring the database of a connection up to date."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    transactional_ddl=True,  # on SQLite too: a step is done whole or not at all
)
context.run_migrations()
