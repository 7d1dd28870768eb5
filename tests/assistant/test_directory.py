"""Who asks: names and roles to principals; nobody is ever widened."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.directory import Directory
from assistant.errors import UnknownPerson
from tools.principal import Role

PEOPLE = """
people:
  - {name: 王主任, role: leader}
  - {name: 李局, role: leader, districts: [东湖区, 望山区]}
  - {name: 小赵, role: handler, departments: [市政中心]}
"""


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    (tmp_path / "people.yml").write_text(PEOPLE, encoding="utf-8")
    return Directory.read(tmp_path)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_a_principal_without_any_file(tmp_path: Path, role: Role) -> None:
    who = Directory.read(tmp_path).principal(role.value)
    assert (who.role, who.scope.is_city_wide) == (role, True)


def test_a_listed_person_has_their_limits(directory: Directory) -> None:
    assert directory.principal("王主任").scope.is_city_wide
    assert directory.principal("李局").scope.limits == {"district": frozenset({"东湖区", "望山区"})}
    assert directory.principal("小赵").scope.limits == {"department": frozenset({"市政中心"})}


def test_a_listed_person_may_be_narrowed(directory: Directory) -> None:
    assert directory.principal("李局", ("东湖区",)).districts == ("东湖区",)
    assert directory.principal("王主任", ("高新区",)).districts == ("高新区",)


@pytest.mark.parametrize(("who", "districts", "units"), [
    ("李局", ("高新区",), ()),
    ("李局", ("东湖区", "高新区"), ()),
    ("小赵", (), ("城管局",)),
    ("小赵", (), ("市政中心", "城管局")),
])  # fmt: skip
def test_a_listed_person_is_never_widened(
    directory: Directory, who: str, districts: tuple[str, ...], units: tuple[str, ...]
) -> None:
    with pytest.raises(UnknownPerson):
        directory.principal(who, districts, units)


def test_a_role_may_be_narrowed_as_an_object(directory: Directory) -> None:
    who = directory.principal({"role": "leader", "district": "东湖区", "unit": ["a", "b"]})
    assert (who.districts, who.departments) == (("东湖区",), ("a", "b"))


@pytest.mark.parametrize("who", ["nobody", "", "Leader", {"role": "mayor"}, {}])
def test_nobody_is_nobody(directory: Directory, who: object) -> None:
    with pytest.raises(UnknownPerson):
        directory.principal(who)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["people: [{name: a, role: king}]", "people: [{name: a, role: leader, distict: [x]}]"])
def test_a_misspelt_entry_is_an_error_and_no_wider_right(tmp_path: Path, text: str) -> None:
    (tmp_path / "people.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError):
        Directory.read(tmp_path)


def test_a_name_may_not_be_listed_twice(tmp_path: Path) -> None:
    (tmp_path / "people.yml").write_text(
        "people: [{name: a, role: leader, districts: [x]}, {name: a, role: leader}]", encoding="utf-8"
    )
    with pytest.raises(ValueError, match="twice"):
        Directory.read(tmp_path)
