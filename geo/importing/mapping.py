"""What a clerk says once about a list that comes every month: a mapping file in TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

import tomli_w

from geo.datums import DATUMS, Datum
from geo.errors import ListRefusedError
from geo.importing.columns import Columns
from geo.places.model import SERVICES, ServiceKind

_KEYS: Final = ("datum", "kind", "columns", "kinds")
_MAX_BYTES: Final = 100_000


@dataclass(frozen=True)
class ListMapping:
    """What is said about a list.

    Attributes
    ----------
    columns
        Field -> names of columns.
    datum
        Of its coordinates; None is to be found out.
    kind
        Service of rows that name none that is known.
    kinds
        The list's own words -> service.
    """

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    datum: Datum | None = None
    kind: ServiceKind | None = None
    kinds: Mapping[str, ServiceKind] = field(default_factory=lambda: MappingProxyType({}))

    def over(self, other: ListMapping) -> ListMapping:
        """Return this mapping, completed from another."""
        return ListMapping(
            MappingProxyType({**other.columns, **self.columns}),
            self.datum or other.datum,
            self.kind or other.kind,
            MappingProxyType({**other.kinds, **self.kinds}),
        )

    def with_columns(self, columns: Columns) -> ListMapping:
        """Return this mapping with the columns as they were found."""
        found = {name: tuple(columns.names(name)) for name in columns.of_field}
        ignored = {name: names for name, names in self.columns.items() if not names}
        return ListMapping(MappingProxyType({**found, **ignored}), self.datum, self.kind, self.kinds)


def read_mapping(path: Path) -> ListMapping:
    """Read a mapping file.

    Raises
    ------
    ListRefusedError
        It cannot be read, or says something that is not known.
    """
    try:
        with path.open("rb") as file:
            values = tomllib.loads(file.read(_MAX_BYTES).decode("utf-8"))
    except (OSError, ValueError) as error:
        raise _refused(path, str(error)) from error
    if unknown := [key for key in values if key not in _KEYS]:
        raise _refused(path, f"{unknown[0]}: {', '.join(_KEYS)}")
    kinds = _table(path, values, "kinds")
    columns = {name: _names(path, name, given) for name, given in _table(path, values, "columns").items()}
    return ListMapping(
        MappingProxyType(columns),
        cast(Datum | None, _word(path, "datum", values.get("datum"), DATUMS)),
        cast(ServiceKind | None, _word(path, "kind", values.get("kind"), SERVICES)),
        MappingProxyType({word: cast(ServiceKind, _word(path, word, kind, SERVICES)) for word, kind in kinds.items()}),
    )


def write_mapping(path: Path, mapping: ListMapping) -> None:
    """Write a mapping file that :func:`read_mapping` reads."""
    values: dict[str, Any] = {
        name: value for name, value in (("datum", mapping.datum), ("kind", mapping.kind)) if value is not None
    }
    values["columns"] = {name: names[0] if len(names) == 1 else list(names) for name, names in mapping.columns.items()}
    if mapping.kinds:
        values["kinds"] = dict(mapping.kinds)
    try:
        path.write_text(tomli_w.dumps(values), encoding="utf-8")
    except OSError as error:
        raise _refused(path, error.strerror or str(error)) from error


def read_map_options(options: Sequence[str]) -> ListMapping:
    """Read ``field=column`` as the command line has it; several columns of a field are given one by one.

    Examples
    --------
    >>> dict(read_map_options(["name=站点名称", "note=备注", "note=#9", "phone="]).columns)
    {'name': ('站点名称',), 'note': ('备注', '#9'), 'phone': ()}
    """
    columns: dict[str, tuple[str, ...]] = {}
    for option in options:
        name, equals, column = option.partition("=")
        if not equals:
            raise ListRefusedError(
                zh=f"--map {option[:60]}：要写成 字段=列名，如 name=站点名称",
                en=f"--map {option[:60]!r} must be FIELD=COLUMN, e.g. name=站点名称",
                parameter="map",
            )
        columns[name.strip()] = (*columns.get(name.strip(), ()), *([column.strip()] if column.strip() else []))
    return ListMapping(MappingProxyType(columns))


def _table(path: Path, values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = values.get(name, {})
    if not isinstance(table, dict):
        raise _refused(path, f"[{name}]")
    return table


def _names(path: Path, name: str, given: Any) -> tuple[str, ...]:
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise _refused(path, f"columns.{name}")
    return tuple(one for one in names if one)


def _word(path: Path, name: str, word: Any, known: Sequence[str]) -> str | None:
    if word is None or word in known:
        return cast(str | None, word)
    raise _refused(path, f"{name} = {str(word)[:40]!r}: {', '.join(known)}")


def _refused(path: Path, why: str) -> ListRefusedError:
    return ListRefusedError(
        zh=f"映射文件 {path}：{why}", en=f"mapping file {path}: {why}; mend it or save a new one with --save-mapping"
    )
