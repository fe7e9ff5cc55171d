"""0002: places are found by box and by text; indexes follow each write, and hold what was there before them.

Texts are compared as :func:`geo.places.searching.plain` makes them: ASCII made plain, what is in ``_DROPPED`` left out.
"""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0002"
down_revision = "0001"

_SEARCHED: Final = ("name", "name_en", "address", "district", "subdistrict", "community", "host")
#: Ranges of code points; a line end, 10, keeps the fields apart.
_DROPPED: Final = (
    (0, 9), (11, 47), (58, 64), (91, 96), (123, 0xBF), (0x2000, 0x206F), (0x2400, 0x243F), (0x3000, 0x3004),
    (0x3008, 0x303F), (0xFE10, 0xFE1F), (0xFE30, 0xFE6F), (0xFF5F, 0xFF65),
)  # fmt: skip


def upgrade() -> None:
    """Make the indexes and fill them."""
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _on_sqlite() -> tuple[str, ...]:
    """R*Tree keeps 32-bit numbers, rounded outwards; FTS5 keeps each letter as a word, so that any two are found.

    ``json_each`` of as many zeros as the text has letters counts them; nothing else counts in a trigger.
    """
    text = " || char(10) || ".join(f"coalesce(NEW.doc ->> '$.{name}', '')" for name in _SEARCHED)
    dropped = " OR ".join(f"code BETWEEN {first} AND {last}" for first, last in _DROPPED)
    words = """(
        SELECT group_concat(CASE code WHEN 10 THEN char(0x2424) ELSE char(code) END, ' ')
          FROM (SELECT CASE WHEN code BETWEEN 0xFF01 AND 0xFF5E THEN code - 0xFEE0 ELSE code END AS code
                  FROM (SELECT unicode(substr(text, key + 1, 1)) AS code
                          FROM (SELECT TEXT AS text),
                               json_each('[0' || replace(hex(zeroblob(length(text) - 1)), '00', ',0') || ']')))
         WHERE NOT (DROPPED))""".replace("TEXT", text).replace("DROPPED", dropped)
    box = "NEW.doc ->> '$.lon', NEW.doc ->> '$.lon', NEW.doc ->> '$.lat', NEW.doc ->> '$.lat'"
    write = """
        INSERT INTO place_box (number, west, east, south, north) VALUES (NEW.number, BOX);
        INSERT INTO place_text (rowid, words) VALUES (NEW.number, WORDS);""".replace("BOX", box).replace("WORDS", words)
    fill = """
        CREATE TRIGGER place_is_filled INSTEAD OF INSERT ON place_again BEGIN WRITE
        END""".replace("WRITE", write)
    return (
        "CREATE VIRTUAL TABLE place_box USING rtree (number, west, east, south, north)",
        "CREATE VIRTUAL TABLE place_text USING fts5 (words, tokenize = 'ascii')",
        "CREATE TRIGGER place_is_indexed AFTER INSERT ON place BEGIN WRITE\n    END".replace("WRITE", write),
        """
        CREATE TRIGGER place_is_indexed_again AFTER UPDATE ON place BEGIN
        DELETE FROM place_box WHERE number = OLD.number;
        DELETE FROM place_text WHERE rowid = OLD.number;WRITE
        END""".replace("WRITE", write),
        "CREATE VIEW place_again AS SELECT number, doc FROM place",
        fill,
        "INSERT INTO place_again SELECT number, doc FROM place",
        "DROP VIEW place_again",
    )


def _on_postgresql() -> tuple[str, ...]:
    """Generated columns hold the point and the text; GiST finds the one, GIN over pairs of letters the other."""
    text = " || E'\\n' || ".join(f"coalesce(doc ->> '{name}', '')" for name in _SEARCHED)
    wide = range(0xFF01, 0xFF5F)
    capitals = range(ord("A"), ord("Z") + 1)
    given = "".join(map(chr, (*wide, *capitals))).replace("'", "''")
    made = "".join(chr(code - 0xFEE0 if code in wide else code) for code in (*wide, *capitals)).lower()
    # no text holds a NUL; the rest are written as escapes, which a class takes for what they are
    dropped = "".join(f"\\u{max(first, 1):04x}-\\u{last:04x}" for first, last in _DROPPED)
    plain = """
        CREATE FUNCTION yizhan_plain(doc jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT regexp_replace(translate(TEXT, 'GIVEN', 'MADE') COLLATE "C", '[DROPPED]', '', 'g')
        $$"""
    for name, value in (("TEXT", text), ("GIVEN", given), ("MADE", made.replace("'", "''")), ("DROPPED", dropped)):
        plain = plain.replace(name, value)
    return (
        "CREATE EXTENSION IF NOT EXISTS postgis",
        plain,
        """
        CREATE FUNCTION yizhan_grams(plain text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT coalesce(array_agg(DISTINCT substr(plain, first, size)), '{}')
              FROM generate_series(1, length(plain)) AS first, generate_series(1, 2) AS size
        $$""",
        """
        ALTER TABLE place
            ADD COLUMN entrance geometry(Point, 4326) GENERATED ALWAYS AS (
                ST_SetSRID(ST_MakePoint((doc ->> 'lon')::float8, (doc ->> 'lat')::float8), 4326)) STORED,
            ADD COLUMN plain text GENERATED ALWAYS AS (yizhan_plain(doc)) STORED""",
        "CREATE INDEX place_box ON place USING gist (entrance)",
        "CREATE INDEX place_text ON place USING gin (yizhan_grams(plain))",
    )
