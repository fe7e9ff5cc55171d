"""Step 0001 as SQLite says it.

Every refusal is a ``RAISE(ABORT, ...)``: a mere constraint inside a trigger would give way to ``UPDATE OR IGNORE``.
``INSERT OR REPLACE`` deletes without firing delete triggers, so each table looks for the row before it is inserted.
"""

from __future__ import annotations

from typing import Final

# A document's fields as rows (field, value as JSON). The value is taken by -> from the text: json_each itself gives
# numbers with 15 digits only.
_FIELDS: Final = """
    SELECT key AS field, DOC -> fullkey AS value FROM json_each(DOC) WHERE key NOT IN ('amenities', 'facts')
    UNION ALL SELECT 'amenities.' || key, DOC -> fullkey FROM json_each(DOC, '$.amenities')
    UNION ALL SELECT 'facts.' || key, DOC -> fullkey FROM json_each(DOC, '$.facts')"""
_NEW_FIELDS: Final = _FIELDS.replace("DOC", "NEW.doc")
_OLD_FIELDS: Final = _FIELDS.replace("DOC", "OLD.doc")
_DIFFERENCES: Final = """
    SELECT now.field, was.value AS before, now.value AS after
      FROM (NEW_FIELDS) AS now LEFT JOIN (OLD_FIELDS) AS was ON was.field = now.field
     WHERE was.value IS NOT now.value
    UNION ALL
    SELECT field, value, NULL FROM (OLD_FIELDS) WHERE field NOT IN (SELECT field FROM (NEW_FIELDS))
""".replace("NEW_FIELDS", _NEW_FIELDS).replace("OLD_FIELDS", _OLD_FIELDS)

_EDIT_IS_OPEN: Final = """
    SELECT RAISE(ABORT, 'no edit is open: insert into edit (who, at, source, open) in the same transaction first')
     WHERE NOT EXISTS (SELECT 1 FROM edit WHERE open = 1);"""
# A name twice, or one written with escapes, would be read differently here and there.
_DOCUMENT_IS_PLAIN: Final = """
    SELECT RAISE(ABORT, 'a field is named twice, or not in a-z, 0-9, _ and .')
     WHERE (SELECT sum(value IS NULL OR field GLOB '*[^a-z0-9_.]*') > 0 OR count(*) <> count(DISTINCT field)
              FROM (NEW_FIELDS));
""".replace("NEW_FIELDS", _NEW_FIELDS)

_TABLES: Final = (
    "CREATE TABLE never (one INTEGER PRIMARY KEY CHECK (0))",
    """
    CREATE TABLE edit (
        serial INTEGER PRIMARY KEY,
        who TEXT NOT NULL CHECK (trim(who) <> ''),
        at TEXT NOT NULL CHECK (
            at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].' ||
                    '[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND datetime(at) IS NOT NULL),
        source TEXT NOT NULL CHECK (trim(source) <> ''),
        open INTEGER UNIQUE CHECK (open = 1) REFERENCES never (one) DEFERRABLE INITIALLY DEFERRED
    )""",
    """
    CREATE TABLE place (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        version INTEGER NOT NULL,
        doc TEXT NOT NULL CHECK (json_valid(doc)),
        CHECK (doc ->> '$.id' IS id),
        CHECK (json_type(doc, '$.name') IS 'text'),
        CHECK (coalesce(json_type(doc, '$.lon'), '') IN ('real', 'integer') AND abs(doc ->> '$.lon') <= 180),
        CHECK (coalesce(json_type(doc, '$.lat'), '') IN ('real', 'integer') AND abs(doc ->> '$.lat') <= 90),
        CHECK (coalesce(json_type(doc, '$.amenities'), 'object') = 'object'),
        CHECK (coalesce(json_type(doc, '$.facts'), 'object') = 'object')
    )""",
    """
    CREATE TABLE audit (
        serial INTEGER PRIMARY KEY,
        edit INTEGER NOT NULL REFERENCES edit (serial),
        place TEXT NOT NULL REFERENCES place (id),
        version INTEGER NOT NULL,
        field TEXT NOT NULL,
        before TEXT,
        after TEXT,
        UNIQUE (place, version, field)
    )""",
    "CREATE INDEX audit_of_field ON audit (place, field, serial)",
    "CREATE INDEX audit_of_edit ON audit (edit)",
)

_EDITS: Final = (
    """
    CREATE TRIGGER edit_begins BEFORE INSERT ON edit BEGIN
        SELECT RAISE(ABORT, 'an edit begins open, while no other is open')
         WHERE NEW.open IS NOT 1 OR EXISTS (SELECT 1 FROM edit WHERE open = 1 OR serial = NEW.serial);
    END""",
    """
    CREATE TRIGGER edit_has_begun AFTER INSERT ON edit BEGIN
        SELECT RAISE(ABORT, 'serials of edits have no gaps: leave the serial out')
         WHERE NEW.serial <> 1 AND NOT EXISTS (SELECT 1 FROM edit WHERE serial = NEW.serial - 1);
    END""",
    """
    CREATE TRIGGER edit_ends BEFORE UPDATE ON edit BEGIN
        SELECT RAISE(ABORT, 'an edit is never changed, only closed')
         WHERE OLD.open IS NULL OR NEW.open IS NOT NULL
            OR (OLD.serial, OLD.who, OLD.at, OLD.source) IS NOT (NEW.serial, NEW.who, NEW.at, NEW.source);
    END""",
    """
    CREATE TRIGGER edit_stays BEFORE DELETE ON edit BEGIN
        SELECT RAISE(ABORT, 'an edit is never deleted');
    END""",
)

_PLACES: Final = (
    """
    CREATE TRIGGER place_comes BEFORE INSERT ON place BEGIN
        EDIT_IS_OPEN
        SELECT RAISE(ABORT, 'a new place has version 1, and an id that no other has')
         WHERE NEW.version IS NOT 1 OR EXISTS (SELECT 1 FROM place WHERE id = NEW.id OR number = NEW.number);
        DOCUMENT_IS_PLAIN
    END""",
    """
    CREATE TRIGGER place_has_come AFTER INSERT ON place BEGIN
        INSERT INTO audit (edit, place, version, field, after)
        SELECT (SELECT serial FROM edit WHERE open = 1), NEW.id, NEW.version, field, value
          FROM (NEW_FIELDS) ORDER BY field;
    END""",
    """
    CREATE TRIGGER place_changes BEFORE UPDATE ON place BEGIN
        EDIT_IS_OPEN
        SELECT RAISE(ABORT, 'a change keeps the id, raises the version by one, and changes something')
         WHERE OLD.id IS NOT NEW.id OR OLD.number IS NOT NEW.number OR NEW.version IS NOT OLD.version + 1
            OR NOT EXISTS (DIFFERENCES);
        DOCUMENT_IS_PLAIN
    END""",
    """
    CREATE TRIGGER place_has_changed AFTER UPDATE ON place BEGIN
        INSERT INTO audit (edit, place, version, field, before, after)
        SELECT (SELECT serial FROM edit WHERE open = 1), NEW.id, NEW.version, field, before, after
          FROM (DIFFERENCES) ORDER BY field;
    END""",
    """
    CREATE TRIGGER place_stays BEFORE DELETE ON place BEGIN
        SELECT RAISE(ABORT, 'a place is never deleted: set its status to retired');
    END""",
)

_AUDIT: Final = (
    # before is the last row's after, after is what the place now says: of no row but the triggers' are both true
    """
    CREATE TRIGGER audit_is_true BEFORE INSERT ON audit BEGIN
        SELECT RAISE(ABORT, 'audit rows are written by the register itself: change the place')
         WHERE NEW.before IS NEW.after
            OR NEW.before IS NOT (SELECT after FROM audit WHERE place = NEW.place AND field = NEW.field
                                   ORDER BY serial DESC LIMIT 1)
            OR NOT EXISTS (
               SELECT 1 FROM place, edit
                WHERE place.id = NEW.place AND place.version = NEW.version AND edit.open = 1 AND edit.serial = NEW.edit
                  AND NEW.after IS doc -> CASE
                      WHEN NEW.field GLOB 'amenities.*' THEN '$.amenities."' || substr(NEW.field, 11) || '"'
                      WHEN NEW.field GLOB 'facts.*' THEN '$.facts."' || substr(NEW.field, 7) || '"'
                      ELSE '$."' || NEW.field || '"' END)
            OR EXISTS (SELECT 1 FROM audit WHERE serial = NEW.serial);
    END""",
    """
    CREATE TRIGGER audit_is_whole AFTER INSERT ON audit BEGIN
        SELECT RAISE(ABORT, 'serials of the audit have no gaps')
         WHERE NEW.serial <> 1 AND NOT EXISTS (SELECT 1 FROM audit WHERE serial = NEW.serial - 1);
    END""",
    """
    CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN
        SELECT RAISE(ABORT, 'audit rows are never changed');
    END""",
    """
    CREATE TRIGGER audit_remains BEFORE DELETE ON audit BEGIN
        SELECT RAISE(ABORT, 'audit rows are never deleted');
    END""",
)

STATEMENTS: Final = tuple(
    statement.replace("EDIT_IS_OPEN", _EDIT_IS_OPEN)
    .replace("DOCUMENT_IS_PLAIN", _DOCUMENT_IS_PLAIN)
    .replace("NEW_FIELDS", _NEW_FIELDS)
    .replace("DIFFERENCES", _DIFFERENCES)
    for statement in (*_TABLES, *_EDITS, *_PLACES, *_AUDIT)
)
