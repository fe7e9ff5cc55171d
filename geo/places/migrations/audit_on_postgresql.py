"""Step 0001 as PostgreSQL says it: the same rules and the same words as on SQLite."""

from __future__ import annotations

from typing import Final

_TABLES: Final = (
    "CREATE TABLE never (one integer PRIMARY KEY CHECK (false))",
    r"""
    CREATE TABLE edit (
        serial bigint PRIMARY KEY,
        who text NOT NULL CHECK (btrim(who) <> ''),
        at text NOT NULL CHECK (at ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$'),
        source text NOT NULL CHECK (btrim(source) <> ''),
        open integer UNIQUE CHECK (open = 1) REFERENCES never (one) DEFERRABLE INITIALLY DEFERRED
    )""",
    """
    CREATE TABLE place (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL UNIQUE,
        version integer NOT NULL,
        doc jsonb NOT NULL CHECK (jsonb_typeof(doc) = 'object'),
        CHECK (doc ->> 'id' IS NOT DISTINCT FROM id),
        CHECK (jsonb_typeof(doc -> 'name') IS NOT DISTINCT FROM 'string'),
        CHECK (jsonb_typeof(doc -> 'lon') IS NOT DISTINCT FROM 'number' AND abs((doc ->> 'lon')::float8) <= 180),
        CHECK (jsonb_typeof(doc -> 'lat') IS NOT DISTINCT FROM 'number' AND abs((doc ->> 'lat')::float8) <= 90),
        CHECK (coalesce(jsonb_typeof(doc -> 'amenities'), 'object') = 'object'),
        CHECK (coalesce(jsonb_typeof(doc -> 'facts'), 'object') = 'object')
    )""",
    """
    CREATE TABLE audit (
        serial bigint PRIMARY KEY,
        edit bigint NOT NULL REFERENCES edit (serial),
        place text NOT NULL REFERENCES place (id),
        version integer NOT NULL,
        field text NOT NULL,
        before text,
        after text,
        UNIQUE (place, version, field)
    )""",
    "CREATE INDEX audit_of_field ON audit (place, field, serial)",
    "CREATE INDEX audit_of_edit ON audit (edit)",
)

_FIELDS: Final = """
    CREATE FUNCTION yizhan_fields(doc jsonb) RETURNS TABLE (field text, value jsonb)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT key, value FROM jsonb_each(coalesce(doc, '{}')) WHERE key NOT IN ('amenities', 'facts')
        UNION ALL SELECT 'amenities.' || key, value FROM jsonb_each(coalesce(doc -> 'amenities', '{}'))
        UNION ALL SELECT 'facts.' || key, value FROM jsonb_each(coalesce(doc -> 'facts', '{}'))
    $$"""

# One writer at a time, whoever it is: an edit must be open before anything is written, and the first thing it does is
# to take the lock. So serials have neither gaps nor races.
_EDITS: Final = """
    CREATE FUNCTION yizhan_edit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            PERFORM pg_advisory_xact_lock(5139, 7713);
            IF NEW.open IS DISTINCT FROM 1 OR EXISTS (SELECT FROM edit WHERE open = 1) THEN
                RAISE 'an edit begins open, while no other is open';
            END IF;
            NEW.serial := (SELECT coalesce(max(serial), 0) + 1 FROM edit);
        ELSIF TG_OP = 'UPDATE' THEN
            IF OLD.open IS NULL OR NEW.open IS NOT NULL
               OR (OLD.serial, OLD.who, OLD.at, OLD.source) IS DISTINCT FROM (NEW.serial, NEW.who, NEW.at, NEW.source)
            THEN
                RAISE 'an edit is never changed, only closed';
            END IF;
        ELSE
            RAISE 'an edit is never deleted';
        END IF;
        RETURN NEW;
    END $$"""

_PLACES: Final = """
    CREATE FUNCTION yizhan_place() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP NOT IN ('INSERT', 'UPDATE') THEN
            RAISE 'a place is never deleted: set its status to retired';
        END IF;
        IF NOT EXISTS (SELECT FROM edit WHERE open = 1) THEN
            RAISE 'no edit is open: insert into edit (who, at, source, open) in the same transaction first';
        END IF;
        IF TG_OP = 'INSERT' AND NEW.version <> 1 THEN
            RAISE 'a new place has version 1, and an id that no other has';
        END IF;
        IF TG_OP = 'UPDATE' AND (OLD.id <> NEW.id OR OLD.number <> NEW.number OR NEW.version <> OLD.version + 1
                                 OR OLD.doc = NEW.doc) THEN
            RAISE 'a change keeps the id, raises the version by one, and changes something';
        END IF;
        IF EXISTS (SELECT FROM yizhan_fields(NEW.doc) WHERE field !~ '^[a-z0-9_.]+$') THEN
            RAISE 'a field is named twice, or not in a-z, 0-9, _ and .';
        END IF;
        RETURN NEW;
    END $$"""

_AUDITS: Final = """
    CREATE FUNCTION yizhan_write_audit() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        was jsonb := CASE TG_OP WHEN 'UPDATE' THEN OLD.doc END;
    BEGIN
        INSERT INTO audit (edit, place, version, field, before, after)
        SELECT (SELECT serial FROM edit WHERE open = 1), NEW.id, NEW.version, field, o.value::text, n.value::text
          FROM yizhan_fields(was) AS o FULL JOIN yizhan_fields(NEW.doc) AS n USING (field)
         WHERE o.value IS DISTINCT FROM n.value
         ORDER BY field COLLATE "C";
        RETURN NULL;
    END $$"""

# before is the last row's after, after is what the place now says: of no row but the trigger's are both true
_AUDIT: Final = """
    CREATE FUNCTION yizhan_audit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            RAISE 'audit rows are never changed';
        ELSIF TG_OP <> 'INSERT' THEN
            RAISE 'audit rows are never deleted';
        END IF;
        IF NEW.before IS NOT DISTINCT FROM NEW.after
           OR NEW.before IS DISTINCT FROM (SELECT after FROM audit WHERE place = NEW.place AND field = NEW.field
                                            ORDER BY serial DESC LIMIT 1)
           OR NOT EXISTS (
               SELECT FROM place, edit
                WHERE place.id = NEW.place AND place.version = NEW.version AND edit.open = 1 AND edit.serial = NEW.edit
                  AND NEW.after IS NOT DISTINCT FROM CASE
                      WHEN NEW.field LIKE 'amenities.%' THEN doc -> 'amenities' -> substr(NEW.field, 11)
                      WHEN NEW.field LIKE 'facts.%' THEN doc -> 'facts' -> substr(NEW.field, 7)
                      ELSE doc -> NEW.field END::text)
        THEN
            RAISE 'audit rows are written by the register itself: change the place';
        END IF;
        NEW.serial := (SELECT coalesce(max(serial), 0) + 1 FROM audit);
        RETURN NEW;
    END $$"""

_TRIGGERS: Final = (
    "CREATE TRIGGER edit_guard BEFORE INSERT OR UPDATE OR DELETE ON edit FOR EACH ROW EXECUTE FUNCTION yizhan_edit()",
    "CREATE TRIGGER edit_stays BEFORE TRUNCATE ON edit EXECUTE FUNCTION yizhan_edit()",
    "CREATE TRIGGER place_guard BEFORE INSERT OR UPDATE OR DELETE ON place"
    " FOR EACH ROW EXECUTE FUNCTION yizhan_place()",
    "CREATE TRIGGER place_stays BEFORE TRUNCATE ON place EXECUTE FUNCTION yizhan_place()",
    "CREATE TRIGGER place_written AFTER INSERT OR UPDATE ON place FOR EACH ROW EXECUTE FUNCTION yizhan_write_audit()",
    "CREATE TRIGGER audit_guard BEFORE INSERT OR UPDATE OR DELETE ON audit"
    " FOR EACH ROW EXECUTE FUNCTION yizhan_audit()",
    "CREATE TRIGGER audit_stays BEFORE TRUNCATE ON audit EXECUTE FUNCTION yizhan_audit()",
)

STATEMENTS: Final = (*_TABLES, _FIELDS, _EDITS, _PLACES, _AUDITS, _AUDIT, *_TRIGGERS)
