"""Which layer may know which, and other rules that a machine can check."""

from __future__ import annotations

import ast
import contextlib
import os
import re
import runpy
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
HBGUI = SRC / "hbgui"

IMPORT_LAYER = """
import importlib, pkgutil, sys
count = 0
for name in sys.argv[1:]:
    layer = importlib.import_module(name)
    count += 1
    for module in pkgutil.walk_packages(getattr(layer, "__path__", []), name + "."):
        importlib.import_module(module.name)
        count += 1
print(count, *sorted(name for name in sys.modules if name.startswith("PySide6")))
"""


def loaded_by(*layers: str) -> tuple[int, set[str]]:
    """Import all modules of the layers in a new process: how many, and what of Qt that loads."""
    ran = subprocess.run(
        [sys.executable, "-c", IMPORT_LAYER, *layers],
        env={**os.environ, "PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    count, *modules = ran.stdout.split()
    return int(count), set(modules)


def python_files(layer: str) -> list[Path]:
    """The files of a layer, which is a package or a single module."""
    single = HBGUI / f"{layer}.py"
    files = [single] if single.is_file() else sorted((HBGUI / layer).rglob("*.py"))
    assert files, f"there is no layer {layer}"
    return files


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, at its top or inside of functions, with full name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            if node.module in ("PySide6", "hbgui"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_import_contracts() -> None:
    """The contracts of pyproject.toml hold."""
    tool = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert tool, "import-linter is not installed"
    ran = subprocess.run(
        [tool, "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_drawing_shows_the_contracts_and_imports() -> None:
    """`docs/draw_architecture.py` draws it anew."""
    script = runpy.run_path(str(ROOT / "docs" / "draw_architecture.py"))
    assert script["drawing"]() == script["DRAWING"].read_text("utf-8")


def test_the_architecture_page_names_files_that_exist() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_/]+\.py)`", page))
    there = [path.as_posix() for folder in (SRC, ROOT / "docs") for path in folder.rglob("*.py")]
    assert len(named) > 30
    assert not {name for name in named if not any(path.endswith(f"/{name}") for path in there)}


def test_core_and_adapters_load_no_qt() -> None:
    count, qt = loaded_by("hbgui.core", "hbgui.adapters", "hbgui.texts")
    assert count > 20, "some modules were not found"
    assert not qt


def test_simulator_loads_no_qt() -> None:
    _, qt = loaded_by("hbgui.simulator")
    assert not qt


def test_command_line_loads_no_window() -> None:
    _, qt = loaded_by("hbgui.cli")
    assert not qt & {"PySide6.QtWidgets", "PySide6.QtGui"}


@pytest.mark.parametrize(
    ("layer", "own"),
    [
        ("core", ("hbgui.core",)),
        ("texts", ("hbgui.texts", "hbgui.core")),
    ],
)
def test_pure_layers_import_the_standard_library_and_core_only(
    layer: str, own: tuple[str, ...]
) -> None:
    for path in python_files(layer):
        for name in imports(path):
            known = name.split(".")[0] in sys.stdlib_module_names or name.startswith(own)
            assert known, f"{path.name} imports {name}"


def test_runtime_knows_no_widgets() -> None:
    for path in python_files("runtime"):
        qt = {name for name in imports(path) if name.startswith("PySide6.")}
        assert qt <= {"PySide6.QtCore", "PySide6.QtNetwork"}, path.name


def test_no_http_debug_output() -> None:
    """It would print whole requests, and nothing could take the token out again."""
    for path in SRC.rglob("*.py"):
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
        found = {line for line in lines if "debuglevel" in line}
        assert found <= {"debuglevel = 0"}, path.name


def private(tree: ast.AST) -> Iterator[str]:
    """The private names of others that a program uses, also one that it holds as text."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ast.Name("self" | "cls") | ast.Call(ast.Name("super"))):
                names = []
            case ast.Attribute(_, name):
                names = [name]
            case ast.ImportFrom(_, aliases):
                names = [alias.name for alias in aliases]
            case ast.Call(
                ast.Attribute(_, "setattr") | ast.Name("getattr"), [_, ast.Constant(str(name)), *_]
            ):
                names = [name]
            case ast.Constant(str(text)) if text.startswith("hbgui."):
                names = text.split(".")
            case ast.Constant(str(text)) if "\n" in text:
                names = []
                # A text with a NUL is a ValueError in some versions of Python 3.11.
                with contextlib.suppress(SyntaxError, ValueError):
                    yield from private(ast.parse(text))
            case _:
                names = []
        # Documented, whatever they are called.
        public = {"_exit", "_replace"}
        yield from (
            n for n in names if n.startswith("_") and not n.endswith("__") and n not in public
        )


def test_tests_see_effects_only() -> None:
    """What a test knows of the inside cannot change without it."""
    for path in (ROOT / "tests").rglob("*.py"):
        found = set(private(ast.parse(path.read_text("utf-8"))))
        assert not found, f"{path.relative_to(ROOT)}: {sorted(found)}"


MODULES = {
    ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__"): path
    for path in HBGUI.rglob("*.py")
}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}
TOPICS = {name for name, path in MODULES.items() if path.stem != "__init__"}
SMALL = 60
"""Lines; a module that has fewer needs a reason to be one."""


def lines(name: str) -> int:
    return len(MODULES[name].read_text("utf-8").splitlines())


def in_ui(name: str) -> bool:
    """It is rebuilt, and the rules of the house come with it."""
    return name.startswith("hbgui.ui.")


OF_THE_WIRE = {"errnos.py", "fields.py"}
"""Their words are keyed by what a PBX sends."""


def test_every_sentence_has_a_code_that_the_program_makes() -> None:
    """Whole, or as two words with a line between them: f"{cause}_{code}"."""
    keys: set[str] = set()
    words: set[str] = set()
    for path in HBGUI.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        of_tables: set[int] = set()
        if path.is_relative_to(HBGUI / "texts"):
            tables = [getattr(each, "value", None) for each in tree.body]
            found = [key for table in tables if isinstance(table, ast.Dict) for key in table.keys]
            of_tables = {id(key) for key in found}
            if path.name not in OF_THE_WIRE:
                keys |= {str(key.value) for key in found if isinstance(key, ast.Constant)}
        words |= {
            node.value.strip("_{}")
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            if id(node) not in of_tables
        }
    assert len(keys) > 300

    def made(code: str) -> bool:
        lines = [at for at, letter in enumerate(code) if letter == "_"]
        return code in words or any(code[:at] in words and code[at + 1 :] in words for at in lines)

    assert {code for code in keys if not made(code)} == set()


def needs(node: ast.AST, name: str) -> bool:
    """Whether there is an import of that module in it."""
    package, _, own = name.rpartition(".")
    return any(
        each.module == name or (each.module == package and own in {a.name for a in each.names})
        for each in ast.walk(node)
        if isinstance(each, ast.ImportFrom)
    )


def loads_late(name: str) -> bool:
    """Whether somebody imports it inside of a function."""
    return any(
        isinstance(each, ast.FunctionDef) and needs(each, name)
        for tree in TREES.values()
        for each in ast.walk(tree)
    )


def test_no_test_imports_another() -> None:
    """What they share is in a module of helpers, where one looks for it."""
    for path in (ROOT / "tests").rglob("test_*.py"):
        found = [name for name in imports(path) if ".test_" in name or name.startswith("test_")]
        assert not found, f"{path.relative_to(ROOT)}: {found}"


def test_files_are_small() -> None:
    found = {name: lines(name) for name in MODULES}
    assert {name: n for name, n in found.items() if n > 400} == {}


def test_classes_are_small() -> None:
    found = {
        f"{name}.{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    assert {name: n for name, n in found.items() if n > 300} == {}


def test_folders_are_small() -> None:
    """What stands in one folder can be looked over."""
    found = Counter(name.rpartition(".")[0] for name in TOPICS if not in_ui(name))
    assert {name: n for name, n in found.items() if n > 20} == {}
    assert found["hbgui"] <= 3 + len(["hbgui.__main__"])


def test_few_modules_are_tiny() -> None:
    found = {name for name in TOPICS if not in_ui(name)}
    tiny = sorted(name for name in found if lines(name) < SMALL)
    assert len(tiny) <= len(found) / 10, tiny


def test_a_tiny_module_of_one_importer_is_part_of_it() -> None:
    """Who reads the one has to read the other, too. Layers keep others apart, and what is loaded
    late saves time at the start."""
    for name in sorted(n for n in TOPICS if lines(n) < SMALL and not in_ui(n)):
        importers = [other for other, tree in TREES.items() if needs(tree, name)]
        if len(importers) == 1 and not loads_late(name):
            assert importers[0].split(".")[1] != name.split(".")[1], f"{name} -> {importers[0]}"


def test_a_name_is_imported_from_where_it_is_defined() -> None:
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or node.module not in TREES:
                continue
            defined = set()
            for each in ast.walk(TREES[node.module]):
                match each:
                    case ast.Name(own, ast.Store()) | ast.ClassDef(own) | ast.FunctionDef(own):
                        defined.add(own)
            for alias in node.names:
                assert alias.name != alias.asname, f"{name} re-exports {alias.name}"
                known = alias.name in defined or f"{node.module}.{alias.name}" in MODULES
                assert known, f"{name} imports {alias.name} from {node.module}"


def test_no_package_registry_is_named() -> None:
    """Where packages come from is the user's own configuration."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    hosts = [f"{name}.org" for name in ("pypi", "pythonhosted", "deb.debian", "npmjs")]
    hosts += ["archive.ubuntu" + ".com", "crates" + ".io", "proxy.golang" + ".org"]
    names = listed.stdout.split("\0")[:-1]
    assert "pyproject.toml" in names
    for name in names:
        path = ROOT / name
        text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
        assert not [host for host in hosts if host in text], name


def test_only_steady_areas_scroll() -> None:
    """Qt's own bars come and go, which ends the program when a screen reader asks for one."""
    plain = [
        path.name
        for path in (HBGUI / "ui").glob("*.py")
        if "QScrollArea" in path.read_text("utf-8")
    ]
    assert sorted(plain) == ["style_sheet.py", "vertical_scroll.py"]
