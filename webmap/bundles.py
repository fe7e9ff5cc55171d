"""Our scripts and styles as browsers get them: without comments, and what a page needs at once in few files.

Modules that the same pages need are one file, a *bundle*. Each becomes a function in it that gives what it exports, so
no name of one meets a name of another, and nothing is renamed. A bundled module stays at its own address too: there it
hands on what is in the bundle, so that a script that is loaded later shares its state with the page.

Only what our scripts use of the module syntax is understood; all else is an error that names the line.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import Final

from geo.errors import YizhanError

#: Page -> the modules that it imports at once; what these import comes with them.
PAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "finder": ("js/basemap.js", "js/finder.js"),
    "embed": ("js/basemap.js", "js/embed_frame.js"),
    "plan": ("js/basemap.js", "js/plan.js"),
}
#: What is loaded later, when it is first used -> the modules that are imported then.
LATER: Final[Mapping[str, tuple[str, ...]]] = {
    "tiles": ("js/basetiles.js",),
    "going": ("js/go/going.js",),
    "tell": ("js/tell/tell.js",),
    "offline": ("js/offline/start.js",),
    "spare": ("js/offline/spare.js",),
    "pocket": ("js/pocket/pocket.js",),
}

_PATH: Final = r'"(?P<path>\.{1,2}/[\w./-]+\.js)"'
_IMPORT: Final = re.compile(
    rf"^import (?:(?:\{{(?P<names>[^}}]*)\}}|\* as (?P<all>[\w$]+)) from )?{_PATH};?(?: *//.*)?$", re.M
)
_EXPORT: Final = re.compile(r"^export (?=(?:async function|function\*?|class|const) (?P<name>[\w$]+))", re.M)
_EXPORTS: Final = re.compile(r"^export ?\{(?P<names>[^}]*)\};?$", re.M)
_OTHER: Final = re.compile(r"^(?:import\b(?!\s*[(.])|export\b).*", re.M)
_LATER: Final = re.compile(rf"\bimport\({_PATH}\)")
#: Where bundles lie: a file beside them, to reckon relative addresses from.
_HOME: Final = "js/x"
_META: Final = re.compile(r"\bimport\.meta\.url\b")
_CSS_STRING: Final = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CSS_STRING_OR_COMMENT: Final = re.compile(rf"{_CSS_STRING}|/\*.*?\*/", re.S)


class ScriptError(YizhanError, ValueError):
    """A script of ours uses the module syntax in a way that bundling does not understand."""


@dataclass(frozen=True)
class Bundles:
    """What is served in place of our scripts.

    Attributes
    ----------
    files
        File below ``static`` -> its text: every module, and the bundles.
    of_page
        Page, or what is loaded later -> its bundles, those that others build on first.
    of_module
        Bundled module -> its bundle.
    """

    files: Mapping[str, str]
    of_page: Mapping[str, tuple[str, ...]]
    of_module: Mapping[str, str]


def without_comments(script: str) -> str:
    r"""Return a script without comments that have lines of their own, and without indentation.

    A script with a text of several lines stays as it is, since a line of that text may look like a comment.

    Examples
    --------
    >>> without_comments("// why\nif (a) {\n  b(); // how\n}\n")
    'if (a) {\nb(); // how\n}\n'
    """
    kept: list[str] = []
    inside = False
    for line in script.splitlines():
        text = line.strip()
        if inside or text.startswith("/*"):
            inside = "*/" not in text
            if not inside and not text.endswith("*/"):
                return script  # code behind a comment: rare, and not worth a rule
        elif text and not text.startswith("//"):
            if text.count("`") % 2:
                return script
            kept.append(text)
    return "\n".join(kept) + "\n"


def without_blanks(sheet: str) -> str:
    r"""Return a style sheet of ours without comments and needless blanks.

    Examples
    --------
    >>> without_blanks("/* why */\na > b,\nc {\n  margin: calc(1px + 2px) 0;\n}\n")
    'a > b,c{margin:calc(1px + 2px) 0}'
    """
    parts = re.split(_CSS_STRING, _CSS_STRING_OR_COMMENT.sub(lambda match: match[1] or "", sheet))
    return "".join(part if number % 2 else _tight(part) for number, part in enumerate(parts)).strip()


def _tight(css: str) -> str:
    """Return a piece of a style sheet that holds no strings, without needless blanks."""
    text = re.sub(r" ?([{};,]) ?", r"\1", re.sub(r"\s+", " ", css))
    # A colon before a name may begin a selector (`a :hover`), so only the blank after a property's name goes.
    return re.sub(r"(?<=[{;])([\w-]+): ", r"\1:", text).replace(";}", "}")


def bundled(
    modules: Mapping[str, str],
    pages: Mapping[str, tuple[str, ...]] = PAGES,
    later: Mapping[str, tuple[str, ...]] = LATER,
) -> Bundles:
    """Put modules together.

    Parameters
    ----------
    modules
        File below ``static`` -> its text; all our scripts, those that are no modules too.
    pages
        Page -> the modules that it imports at once.
    later
        What is loaded later -> its modules, likewise; what a page needs at once is not put there again.

    Raises
    ------
    ScriptError
        Modules import each other in a circle, or use a form that is not understood.
    """
    texts = {path: without_comments(text) for path, text in modules.items()}
    imports = {
        # what is not there breaks the pages that need it, in the browser, and a test; no other page
        path: [found for match in _IMPORT.finditer(text) if (found := _beside(path, match["path"])) in texts]
        for path, text in texts.items()
    }
    at_once, needed_later = (
        {use: _reached([path for path in starts if path in texts], imports) for use, starts in uses.items()}
        for uses in (pages, later)
    )
    in_order = _in_order({path: imports[path] for path in set().union(*at_once.values(), *needed_later.values())})
    of_module: dict[str, str] = {}
    for path in in_order:
        users = sorted(page for page, reached in at_once.items() if path in reached)
        users = users or ["later", *sorted(use for use, reached in needed_later.items() if path in reached)]
        of_module[path] = f"js/bundle.{'.'.join(users)}.js"
    exports = {path: _exports(path, texts[path]) for path in in_order}
    files = {bundle: _bundle(bundle, texts, exports, of_module) for bundle in dict.fromkeys(of_module.values())}
    for path, text in texts.items():
        if path in of_module:
            files[path] = _handing_on(path, list(exports[path]), of_module)
        else:
            files[path] = _with_imports(path, text, path, of_module)
    of_page = {
        page: tuple(dict.fromkeys(of_module[path] for path in in_order if path in reached))
        for page, reached in (at_once | needed_later).items()
    }
    return Bundles(files, of_page, of_module)


def taken(path: str, names: str, address: str) -> str:
    """Return the statements that take names out of a bundled module whose bundle has this address."""
    return f'import {{ {_variable(path)} }} from "{address}"; const {{ {names} }} = {_variable(path)};'


def _beside(importer: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(importer), path))


def _reached(starts: list[str], imports: Mapping[str, list[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = list(starts)
    while ahead:
        path = ahead.pop()
        if path not in reached:
            reached.add(path)
            ahead += imports[path]
    return reached


def _in_order(imports: Mapping[str, list[str]]) -> list[str]:
    """Return modules, each after those that it imports; equal for equal modules."""
    try:
        return list(TopologicalSorter({path: sorted(imports[path]) for path in sorted(imports)}).static_order())
    except CycleError as error:
        raise ScriptError(f"modules import each other: {' -> '.join(error.args[1])}; take one import away") from error


def _exports(path: str, text: str) -> dict[str, str]:
    """Return the exported names of a module -> their names in it."""
    found = {match["name"]: match["name"] for match in _EXPORT.finditer(text)}
    for match in _EXPORTS.finditer(text):
        for each in filter(None, (part.strip() for part in match["names"].split(","))):
            own, _, told = each.partition(" as ")
            found[told or own] = own
    rest = _OTHER.search(_IMPORT.sub("", _EXPORTS.sub("", _EXPORT.sub("", text))))
    if rest:
        raise ScriptError(
            f"{path}: {rest[0][:80]!r} is not understood; write import {{ a, b as c }} from './d.js' on one line, and "
            "export before a function, a class or a const"
        )
    return found


def _bundle(
    bundle: str, texts: Mapping[str, str], exports: Mapping[str, Mapping[str, str]], of_module: Mapping[str, str]
) -> str:
    own = [path for path, at in of_module.items() if at == bundle]
    from_others: dict[str, dict[str, None]] = {}
    parts = []
    for path in own:
        for match in _IMPORT.finditer(texts[path]):
            imported = _beside(path, match["path"])
            if of_module.get(imported, bundle) != bundle:
                from_others.setdefault(of_module[imported], {})[_variable(imported)] = None
        inner = _EXPORT.sub("", _EXPORTS.sub("", _IMPORT.sub(partial(_destructured, path), texts[path])))
        inner = _LATER.sub(partial(_taken_later, path, of_module), inner)
        inner = _META.sub(f'new URL("{_relative(path, _HOME)}", import.meta.url).href', inner)
        given = ", ".join(told if told == name else f"{told}: {name}" for told, name in exports[path].items())
        parts.append(f"const {_variable(path)} = (() => {{\n{inner}return {{ {given} }};\n}})();\n")
    head = [
        f'import {{ {", ".join(names)} }} from "./{posixpath.basename(at)}";\n' for at, names in from_others.items()
    ]
    return "".join([*head, *parts, f"export {{ {', '.join(_variable(path) for path in own)} }};\n"])


def _destructured(importer: str, match: re.Match[str]) -> str:
    """Return what stands for an import, where the module's own variable is in sight."""
    variable = _variable(_beside(importer, match["path"]))
    if match["all"]:
        return f"const {match['all']} = {variable};"
    return f"const {{ {match['names'].strip().replace(' as ', ': ')} }} = {variable};" if match["names"] else ""


def _with_imports(path: str, text: str, home: str, of_module: Mapping[str, str]) -> str:
    """Return a module that is not bundled, with its imports taken from the bundles themselves."""

    def replaced(match: re.Match[str]) -> str:
        imported = _beside(path, match["path"])
        if imported not in of_module:
            return match[0]
        address = _relative(of_module[imported], home)
        return f'import {{ {_variable(imported)} }} from "{address}"; {_destructured(path, match)}'

    return _IMPORT.sub(replaced, text)


def _taken_later(path: str, of_module: Mapping[str, str], match: re.Match[str]) -> str:
    """Return what stands for an import at a later time in a bundle, whatever folder the module itself is in."""
    imported = _beside(path, match["path"])
    if imported in of_module:
        return f'import("{_relative(of_module[imported], _HOME)}").then((m) => m.{_variable(imported)})'
    return f'import("{_relative(imported, _HOME)}")'


def _handing_on(path: str, names: list[str], of_module: Mapping[str, str]) -> str:
    """Return what is at the address of a bundled module: the same module, in whichever way it is loaded."""
    address = _relative(of_module[path], path)
    if not names:
        return f'import "{address}";\n'
    return f'import {{ {_variable(path)} as m }} from "{address}";\nexport const {{ {", ".join(names)} }} = m;\n'


def _relative(path: str, home: str) -> str:
    found = posixpath.relpath(path, posixpath.dirname(home))
    return found if found.startswith(".") else f"./{found}"


def _variable(path: str) -> str:
    return "$" + re.sub(r"\W", "_", path.removeprefix("js/").removesuffix(".js"))
