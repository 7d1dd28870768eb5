"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("warehouse", "knowledge", "tools", "assistant", "bots", "evals")
MODULES = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))] + [ROOT / "citydesk.py"]
MODULES = [path for path in MODULES if "cities" not in path.parts]
HARD_LIMIT = 400
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_DECLARED = [*_PROJECT["dependencies"], *(one for many in _PROJECT["optional-dependencies"].values() for one in many)]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


DEPENDENCIES = {_plain(re.split(r"[\[<>=;! ]", declared)[0]) for declared in _DECLARED}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("floor", FLOORS)
def test_floor_resolves_inside_the_repository(floor: str) -> None:
    module = importlib.import_module(floor)
    assert module.__file__ is not None
    assert Path(module.__file__).is_relative_to(ROOT)


def test_tests_are_no_packages() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_fits_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= HARD_LIMIT


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_is_not_named_like_a_library(path: Path) -> None:
    roots = {root for root, names in packages_distributions().items() if DEPENDENCIES & {_plain(n) for n in names}}
    assert path.stem in {"__init__", "__main__"} or path.stem not in roots


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_exported_names_are_sorted(path: Path) -> None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "__all__" for t in node.targets):
            names = [ast.literal_eval(item) for item in node.value.elts]  # type: ignore[attr-defined]
            assert names == sorted(names)


@pytest.mark.parametrize("floor", FLOORS)
def test_folder_readme_is_short(floor: str) -> None:
    assert len((ROOT / floor / "README.md").read_text(encoding="utf-8").splitlines()) <= 15


def test_command_line_imports_nothing_heavy() -> None:
    heavy = "torch,langchain_openai,chromadb,sentence_transformers,pandas,telegram,fastapi,vl_convert,httpx"
    code = f"import sys, citydesk; print([m for m in {heavy.split(',')} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert out.stdout.strip() == "[]"


def test_phrases_speak_both_languages() -> None:
    folder = ROOT / "assistant" / "phrases"
    zh, en = (set(_keys(yaml.safe_load((folder / f"{lang}.yml").read_text(encoding="utf-8")))) for lang in ("zh", "en"))
    assert zh == en


def test_every_metric_and_dimension_speaks_both_languages() -> None:
    for file, key in (("metrics.yml", "metrics"), ("dimensions.yml", "dimensions")):
        for entry in yaml.safe_load((ROOT / "warehouse" / "models" / file).read_text(encoding="utf-8"))[key]:
            assert set(entry["label"]) == {"zh", "en"}, entry["id"]
            assert key == "dimensions" or set(entry["definition"]) == {"zh", "en"}, entry["id"]


def test_every_tool_is_described_in_both_languages() -> None:
    from tools import TOOLS

    for tool in TOOLS:
        assert set(tool.description) == {"zh", "en"}, tool.name


def test_project_names_no_machine_path_or_registry() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    if tracked.returncode:
        pytest.skip("not a git checkout")
    forbidden = re.compile(
        "/" + "work/|/" + "root/|" + "pypi" + r"\.org|registry\." + "npmjs|files\\.python" + "hosted"
    )
    offenders = []
    for name in tracked.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and path.suffix in {".py", ".md", ".yml", ".yaml", ".toml", ".txt", ".json", ".cfg", ""}:
            offenders += [name for _ in forbidden.finditer(path.read_text(encoding="utf-8", errors="ignore"))]
    assert offenders == []


def _keys(tree: object, prefix: str = "") -> list[str]:
    if isinstance(tree, dict):
        return [key for name, branch in tree.items() for key in _keys(branch, f"{prefix}.{name}")]
    return [prefix]
