"""Bundles: what a page needs at once in few files, which do what the modules did, and nothing twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import webmap
from webmap.bundles import LATER, PAGES, ScriptError, bundled, without_blanks, without_comments

STATIC = Path(webmap.__file__).parent / "static"
OURS = {
    path.relative_to(STATIC).as_posix(): path.read_text("utf-8")
    for path in STATIC.rglob("*.js")
    if "vendor" not in path.parts
}
_STATIC_IMPORT = re.compile(r'^import\b[^"(]*"(\.[^"]+)"', re.M)

MODULES = {
    "js/a.js": 'import { b as renamed, c } from "./b.js";\nexport const a = renamed + c;\n',
    "js/b.js": 'import "./side.js";\nexport const b = 1;\nconst local = 2;\nexport { local as c };\n',
    "js/side.js": "globalThis.seen = true;\n",
    "js/deep/late.js": 'import * as all from "../b.js";\nexport const at = import.meta.url;\nimport("./other.js");\n',
    "js/deep/other.js": 'import { at } from "./late.js";\nexport const x = at;\n',
    "js/plain.js": 'import { a } from "./a.js";\nconsole.log(a);\n',
}


def test_what_two_pages_need_is_one_file_and_what_one_needs_another() -> None:
    made = bundled(MODULES, {"one": ("js/a.js",), "two": ("js/b.js",)}, {})
    assert made.of_page == {
        "one": ("js/bundle.one.two.js", "js/bundle.one.js"),
        "two": ("js/bundle.one.two.js",),
    }
    assert made.of_module == {
        "js/side.js": "js/bundle.one.two.js",
        "js/b.js": "js/bundle.one.two.js",
        "js/a.js": "js/bundle.one.js",
    }


def test_a_module_takes_what_it_imports_from_the_bundle() -> None:
    files = bundled(MODULES, {"one": ("js/a.js",), "two": ("js/b.js",)}, {}).files
    one = files["js/bundle.one.js"]
    assert 'import { $b } from "./bundle.one.two.js";' in one
    assert "const { b: renamed, c } = $b;" in one
    assert "return { a };" in one
    assert "return { b, c: local };" in files["js/bundle.one.two.js"]
    # whoever asks for the module itself gets the same one
    assert files["js/b.js"] == 'import { $b as m } from "./bundle.one.two.js";\nexport const { b, c } = m;\n'
    assert files["js/side.js"] == 'import "./bundle.one.two.js";\n'
    assert files["js/plain.js"].startswith('import { $a } from "./bundle.one.js"; const { a } = $a;')


def test_what_is_loaded_later_is_a_file_of_its_own_without_what_the_page_has() -> None:
    made = bundled(MODULES, {"one": ("js/a.js",)}, {"later": ("js/deep/late.js",)})
    late = made.files["js/bundle.later.later.js"]
    assert "const all = $b;" in late
    assert "const b = 1" not in late
    # as if it were in its own folder still
    assert 'new URL("./deep/late.js", import.meta.url).href' in late
    assert 'import("./deep/other.js")' in late
    assert made.files["js/deep/other.js"].startswith('import { $deep_late } from "../bundle.later.later.js";')


def test_a_later_import_of_what_is_bundled_gets_the_module_itself() -> None:
    modules = {"js/a.js": 'export const go = () => import("./late.js");\n', "js/late.js": "export const b = 1;\n"}
    made = bundled(modules, {"one": ("js/a.js",)}, {"l": ("js/late.js",)})
    assert 'import("./bundle.later.l.js").then((m) => m.$late)' in made.files["js/bundle.one.js"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("export default 1;\n", "no name to hand on"),
        ("export let a = 1;\n", "who took it would not see it change"),
        ('export * from "./b.js";\n', "names that are not written"),
        ('import d from "./b.js";\n', "a default"),
        ("import { a } from './b.js';\n", "other quotes: one form is enough"),
        ("export var a = 1;\n", "old"),
        ("export const { a } = {};\n", "names inside a pattern"),
    ],
)
def test_forms_that_are_not_understood_are_refused(text: str, why: str) -> None:
    with pytest.raises(ScriptError, match=r"js/a\.js"):
        bundled({"js/a.js": text, "js/b.js": ""}, {"one": ("js/a.js",)}, {})


def test_modules_that_import_each_other_are_refused() -> None:
    circle = {"js/a.js": 'import { b } from "./b.js";\nexport const a = 1;\n', "js/b.js": 'import "./a.js";\n'}
    with pytest.raises(ScriptError, match="import each other"):
        bundled(circle, {"one": ("js/a.js",)}, {})


def test_equal_modules_are_equal_bundles() -> None:
    again = dict(reversed(OURS.items()))
    assert bundled(OURS).files == bundled(again).files


# --- our own ---


def test_everything_that_is_imported_is_there() -> None:
    for path, text in OURS.items():
        for target in re.findall(r'(?:^import\b[^"(]*|\bimport\()"(\.[^"]+)"', text, re.M):
            assert (STATIC / path).parent.joinpath(target).resolve().is_file(), f"{path} imports {target}"


def test_the_pages_and_what_is_loaded_later_are_all_bundled() -> None:
    made = bundled(OURS)
    for modules in (*PAGES.values(), *LATER.values()):
        assert all(module in made.of_module for module in modules)


def test_every_statement_of_a_module_is_in_one_bundle() -> None:
    """Lines are moved, not changed, but for imports, exports and what a module says of its own address."""
    made = bundled(OURS)
    for path, bundle in made.of_module.items():
        lines = [
            line for line in without_comments(OURS[path]).splitlines() if not re.match(r"import\b|export \{", line)
        ]
        for line in lines:
            if "import" not in line:
                assert line.removeprefix("export ") in made.files[bundle], f"{path}: {line}"


def test_a_page_loads_no_module_by_itself() -> None:
    made = bundled(OURS)
    for names in made.of_page.values():
        for name in names:
            targets = _STATIC_IMPORT.findall(made.files[name])
            assert all("bundle." in target for target in targets), f"{name} imports {targets}"


def test_no_text_of_several_lines_keeps_a_script_long() -> None:
    """Such a script would be served as it is."""
    assert [path for path, text in OURS.items() if "\n  " in without_comments(text)] == []


# --- styles ---


@pytest.mark.parametrize(
    ("sheet", "short"),
    [
        ("a { color : red }", "a{color : red}"),
        ('a { content: "x ; y , z"; }', 'a{content:"x ; y , z"}'),  # a text is a text
        ("a { content: '/* no */'; }", "a{content:'/* no */'}"),
        ("a :hover { b: c }", "a :hover{b:c}"),  # not a:hover
        ("a{}\n/* ; */\nb{}", "a{}b{}"),
        ("@media (min-width: 1px) and (x: y) { a { b: c; } }", "@media (min-width: 1px) and (x: y){a{b:c}}"),
        ("a { b: calc(1px + 2px - 3px) }", "a{b:calc(1px + 2px - 3px)}"),
        ("a > b ~ c { }", "a > b ~ c{}"),
    ],
)
def test_blanks_that_mean_nothing_go(sheet: str, short: str) -> None:
    assert without_blanks(sheet) == short
