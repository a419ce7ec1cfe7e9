"""Numbers to try stand where a stranger to the demo looks for them, and nowhere in an office of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.database import bring_up_to_date
from engine import ground
from office import demo
from tests.support.visitors import Visitor
from web import create_app
from web.edge import config
from web.edge.application import Office


@pytest.mark.parametrize(("language", "told"), [("zh", "误办彩铃"), ("en", "A ring-back tone nobody ordered")])
def test_the_demo_offers_its_numbers(desk: Office, language: str, told: str) -> None:
    """On the log-in page to be read, at the intake to be begun with."""
    visitor = Visitor(desk, "cleo", language)
    assert told in desk.test_client().get("/login", headers={"Accept-Language": language}).text
    page = visitor.get("/intake")
    assert told in page.text
    (link,) = page.tree.xpath("//a[text()='13900000101']/@href")
    assert visitor.get(link).tree.xpath("string(//input[@name='msisdn']/@value)") == "13900000101"


def test_an_office_of_its_own_has_none(tmp_path: Path) -> None:
    """Nobody there is invented."""
    app = create_app(config.Settings(f"sqlite:///{tmp_path / 'office.db'}", tmp_path, keys=ground.ephemeral_keys()))
    bring_up_to_date(app)
    assert demo.FIRST not in app.test_client().get("/login").text
