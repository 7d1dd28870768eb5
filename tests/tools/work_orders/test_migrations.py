"""The migrations make exactly the tables that the program speaks of."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from tests.tools.work_orders.office import ledger_at
from tools.work_orders import database
from tools.work_orders.errors import LedgerUnavailable
from tools.work_orders.ledger import Ledger
from tools.work_orders.tables import metadata


def test_migrated_tables_are_the_declared_ones(ledger: Ledger) -> None:
    with ledger.database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_program_knows_the_newest_migration() -> None:
    scripts = ScriptDirectory(str(Path(database.__file__).parent / "migrations"))
    assert scripts.get_current_head() == database.HEAD


def test_a_ledger_of_a_newer_release_is_left_alone(tmp_path: Path) -> None:
    opened = ledger_at(tmp_path)
    with opened.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()
    with pytest.raises(LedgerUnavailable):
        ledger_at(tmp_path)


def test_migrations_can_be_taken_back_and_done_again(ledger: Ledger) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    with ledger.database.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
        command.upgrade(config, "head")
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
