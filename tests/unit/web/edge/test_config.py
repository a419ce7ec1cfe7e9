"""Settings from the environment: what is wrong is named before anything starts, and what is not said is safe."""

from __future__ import annotations

from pathlib import Path

import pytest

from web.edge import config


def test_every_wrong_setting_is_named(tmp_path: Path) -> None:
    """Nobody should have to start an office four times to learn of four slips."""
    given = {"DESK_VAR": str(tmp_path), "DESK_HTTPS": "maybe", "DESK_PROXIES": "many", "DATABASE_URL": "mysql://x"}
    with pytest.raises(config.WrongSettings) as refused:
        config.read(given)
    assert [name for name in given if name in str(refused.value)] == ["DESK_HTTPS", "DESK_PROXIES", "DATABASE_URL"]


@pytest.mark.parametrize(
    ("given", "proxies"),
    [({}, 0), ({"DESK_HTTPS": "yes"}, 1), ({"DESK_HTTPS": "yes", "DESK_PROXIES": "0"}, 0), ({"DESK_PROXIES": "2"}, 2)],
)
def test_https_comes_from_a_proxy_unless_something_else_is_said(
    tmp_path: Path, given: dict[str, str], proxies: int
) -> None:
    """The office itself speaks plain HTTP: whoever is reached by HTTPS has somebody in front who says where requests come from."""
    assert config.read({"DESK_VAR": str(tmp_path), **given}).proxies == proxies
