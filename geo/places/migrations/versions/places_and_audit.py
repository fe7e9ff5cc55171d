"""0001: places, edits, and the audit that the database itself writes.

Every rule is kept by triggers, so that no path past the program avoids it:

- a place is written only while an edit is open, which says who, when and from what source;
- an edit must be closed before the transaction ends: an open one refers to a row of the table ``never``, which has
  none, and that reference is checked at the commit;
- each field that a write changes makes one audit row; versions rise by one;
- audit rows and edits are neither changed nor deleted, and a row that is not what just happened is refused;
- a place is never deleted: it is retired.
"""

from __future__ import annotations

from alembic import op

from geo.places.migrations import audit_on_postgresql, audit_on_sqlite

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables and triggers."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (audit_on_sqlite if on_sqlite else audit_on_postgresql).STATEMENTS:
        op.execute(statement)
