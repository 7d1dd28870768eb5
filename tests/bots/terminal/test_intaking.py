"""A pin typed at the command line is a point of the earth, or says what is wrong with it."""

from __future__ import annotations

import pytest
import typer

from bots.terminal.intaking import pin_at


def test_latitude_comes_first() -> None:
    pin = pin_at("30.25, 120.17")
    assert pin is not None
    assert (pin.latitude, pin.longitude) == (30.25, 120.17)


@pytest.mark.parametrize("said", ["30.25", "a,b", "120.17,30.25", "1,2,3", "nan,1", ""])
def test_what_is_no_point_is_refused(said: str) -> None:
    with pytest.raises(typer.BadParameter):
        pin_at(said)


def test_no_pin_is_none() -> None:
    assert pin_at(None) is None
