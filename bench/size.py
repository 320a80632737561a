"""How large and how clear the house is: python bench/size.py [REVISION...].

Counts over ocr/ in the work tree and, beside it, in each git revision named:

lines, code        all lines; those that are neither blank, nor comment, nor docstring
files              modules
one importer       modules that exactly one other module of ocr imports
long functions     of more than 60 lines
raise unsaid       public functions that raise an error of ocr.errors which their docstring does not name
many meanings      classes of one name in several modules; fields and parameters of one name with more than
                   two types
mirrored           modules whose tests stand in the file of the same place and name under tests/

Last line: {"REVISION": {"lines": ..., ...}, "now": {...}, "lists": {...}}: the work tree is "now", and what
was counted in it is listed.
"""

import argparse
import ast
import io
import json
import subprocess
import tarfile
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONG = 60
FIGURES = (
    "lines",
    "code",
    "files",
    "one_importer",
    "long_functions",
    "raise_unsaid",
    "public_raising",
    "many_meanings",
    "mirrored",
)
LISTED = ("one_importer", "long_functions", "raise_unsaid", "many_meanings", "not_mirrored")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """A file of ocr/: its dotted name, its text, its tree."""

    name: str
    text: str
    tree: ast.Module

    @property
    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    @property
    def classes(self) -> Iterator[ast.ClassDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))


def sources(revision: str | None) -> tuple[dict[str, str], set[str]]:
    """The text of each file of ocr/ by its path, and the paths of the tests."""
    if revision is None:
        paths = [path.relative_to(ROOT).as_posix() for path in (ROOT / "ocr").rglob("*.py")]
        tests = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py")}
        return {path: (ROOT / path).read_text("utf-8") for path in sorted(paths)}, tests
    names = _git("ls-tree", "-r", "--name-only", "-z", revision, "tests").decode().split("\0")
    with tarfile.open(fileobj=io.BytesIO(_git("archive", revision, "ocr"))) as held:
        files = ((one.name, held.extractfile(one)) for one in held if one.name.endswith(".py"))
        return {path: file.read().decode() for path, file in files if file is not None}, set(names)


def _git(*words: str) -> bytes:
    return subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, check=True).stdout


def counts(texts: Mapping[str, str], tests: set[str]) -> dict[str, object]:
    """The figures by their names, then the lists behind them."""
    modules = [Module(_dotted(path), text, ast.parse(text, path)) for path, text in texts.items()]
    importers = _importers(modules)
    lone = sorted(f"{name} < {next(iter(who))}" for name, who in importers.items() if len(who) == 1)
    longest = sorted(
        (f"{module.name}.{one.name}: {_length(one)}", _length(one))
        for module in modules
        for one in module.functions
        if _length(one) > LONG
    )
    errors = {one.name for module in modules if module.name == "ocr.errors" for one in module.classes}
    raising = [(module, one, _raised(one) & errors) for module in modules for one in _public(module)]
    raising = [(module, one, raised) for module, one, raised in raising if raised]
    unsaid = sorted(
        f"{module.name}.{one.name}: {', '.join(sorted(missing))}"
        for module, one, raised in raising
        if (missing := {name for name in raised if name not in (ast.get_docstring(one) or "")})
    )
    meanings = _meanings(modules)
    places = {path: f"tests/{_mirror(path)}" for path in texts if not path.endswith("__init__.py")}
    apart = sorted(path for path, test in places.items() if test not in tests)
    return {
        "lines": sum(len(module.text.splitlines()) for module in modules),
        "code": sum(_code_lines(module) for module in modules),
        "files": len(modules),
        "public_raising": len(raising),
        "mirrored": len(places) - len(apart),
        "one_importer": lone,
        "long_functions": [name for name, _ in longest],
        "raise_unsaid": unsaid,
        "many_meanings": meanings,
        "not_mirrored": apart,
    }


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _mirror(path: str) -> str:
    folder, _, name = path.removeprefix("ocr/").rpartition("/")
    return f"{folder}/test_{name}" if folder else f"test_{name}"


def _code_lines(module: Module) -> int:
    """Lines with a token of the program on them; a docstring is none, a string of data is."""
    said = set()
    for node in ast.walk(module.tree):
        for one in getattr(node, "body", ()) if not isinstance(node, ast.Lambda | ast.IfExp) else ():
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
                said |= set(range(one.lineno, (one.end_lineno or one.lineno) + 1))
    empty = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type not in empty | {tokenize.ENDMARKER}:
            lines |= set(range(token.start[0], token.end[0] + 1))
    return len(lines - said)


def _importers(modules: list[Module]) -> dict[str, set[str]]:
    """For each module of ocr the modules that import it, wherever in their files."""
    names = {module.name for module in modules}
    found: dict[str, set[str]] = {name: set() for name in names}
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                wanted = [f"{node.module}.{name.name}" for name in node.names]
                wanted = [name if name in names else node.module for name in wanted]
            elif isinstance(node, ast.Import):
                wanted = [name.name for name in node.names]
            else:
                continue
            for name in wanted:
                if name in names and name != module.name:
                    found[name].add(module.name)
    return found


def _length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _public(module: Module) -> Iterator[Function]:
    """Functions and methods that others may call: neither they nor their class begin with a line."""
    for node in module.tree.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from (one for one in node.body if isinstance(one, Function) and one.name[0] != "_")


def _raised(function: Function) -> set[str]:
    """The names of what it raises by its own words."""
    raised = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and node.exc is not None:
            made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            raised |= {made.id} if isinstance(made, ast.Name) else set()
    return raised


def _meanings(modules: list[Module]) -> list[str]:
    """Classes of one name in several modules; fields and parameters of one name with over two types."""
    homes: dict[str, set[str]] = defaultdict(set)
    types: dict[str, set[str]] = defaultdict(set)
    for module in modules:
        for one in module.classes:
            homes[one.name.lstrip("_")].add(module.name)
            for field in one.body:
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    types[field.target.id].add(_type(field.annotation))
        for function in module.functions:
            given = function.args
            for each in (*given.posonlyargs, *given.args, *given.kwonlyargs):
                if each.annotation is not None:
                    types[each.arg].add(_type(each.annotation))
    twins = [f"class {name}: {', '.join(sorted(where))}" for name, where in homes.items() if len(where) > 1]
    many = [f"{name}: {', '.join(sorted(kinds))}" for name, kinds in types.items() if len(kinds) > 2]
    return sorted(twins) + sorted(many, key=lambda one: (-one.count(", "), one))


def _type(annotation: ast.expr) -> str:
    """An annotation as one writes it; quotes, `| None` and what Annotated adds make no other meaning."""
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Annotated":
        assert isinstance(annotation.slice, ast.Tuple)
        return _type(annotation.slice.elts[0])
    text = annotation.value if isinstance(annotation, ast.Constant) else ast.unparse(annotation)
    return str(text).replace("'", "").removesuffix(" | None")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("revisions", nargs="*", metavar="REVISION")
    asked = parser.parse_args()
    columns = {name: counts(*sources(name)) for name in asked.revisions} | {"now": counts(*sources(None))}
    print(f"{'':16}" + "".join(f"{name[:12]:>13}" for name in columns))
    for figure in FIGURES:
        print(f"{figure:16}" + "".join(f"{_figure(column[figure]):>13}" for column in columns.values()))
    told: dict[str, object] = {
        name: {figure: _figure(column[figure]) for figure in FIGURES} for name, column in columns.items()
    }
    told["lists"] = {each: columns["now"][each] for each in LISTED}
    print(json.dumps(told, ensure_ascii=False))


def _figure(value: object) -> int:
    assert isinstance(value, list | int)
    return len(value) if isinstance(value, list) else value


if __name__ == "__main__":
    main()
