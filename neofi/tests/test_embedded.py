"""The embedded server with real processes, really killed."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from neofi.embedded import EmbeddedPostgresError, Server, cluster
from neofi.embedded.account import server_account

pytestmark = pytest.mark.slow

USER_PROCESS = """
import sys
from pathlib import Path
from neofi.embedded import Server
server = Server(Path(sys.argv[1]), durable=False)
server.connection_params()
print("connected", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def directory():
    with tempfile.TemporaryDirectory(prefix='neofi it\'s a "test" $x ') as folder:
        os.chmod(folder, 0o711)  # under root, PostgreSQL's own user has to pass through it
        directory = Path(folder, "postgres")
        yield directory
        if directory.exists():
            Server(directory).discard()


@pytest.fixture
def server(directory):
    server = Server(directory, durable=False)
    yield server
    server.leave()


@pytest.fixture
def other_process(directory):
    """Start another process that uses the server; end it by closing its standard input."""
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", USER_PROCESS, directory],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=settings.BASE_DIR,
        )
        started.append(process)
        assert process.stdout.readline() == b"connected\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def end(process):
    process.communicate(timeout=20)


def query(server, sql):
    with psycopg.connect(dbname="neofi", **server.connection_params()) as connection:
        return connection.execute(sql).fetchone()


def postmaster_of(directory):
    return int((directory / "data" / "postmaster.pid").read_text().splitlines()[0])


def is_alive(directory):
    return cluster.Cluster(directory, account=None).is_alive()


def kill_all_of_postgres(directory):
    postmaster = postmaster_of(directory)
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for pid in [postmaster, *map(int, children)]:
        os.kill(pid, signal.SIGKILL)
    while is_alive(directory):
        time.sleep(0.01)


def test_first_use_makes_a_utf8_cluster_of_our_own_role(server):
    facts = query(
        server,
        "SELECT current_user, current_setting('TimeZone'), current_setting('listen_addresses'), "
        "datlocprovider, datlocale, pg_encoding_to_char(encoding) "
        "FROM pg_database WHERE datname = current_database()",
    )
    assert facts == ("neofi", "UTC", "", "b", "C.UTF-8", "UTF8")
    assert query(server, "SELECT upper('åß'), current_setting('data_checksums')") == ("Åß", "on")


def test_only_its_owner_gets_in(server, directory):
    params = server.connection_params()
    assert Path(params["host"]).stat().st_mode & 0o077 == 0
    assert (directory / "pg_hba.conf").read_text() == "local all neofi peer map=neofi\n"
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
        psycopg.connect(dbname="neofi", **params | {"user": "postgres"})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_another_user_of_the_machine_is_refused(server, directory):
    params = server.connection_params()
    folder = Path(params["host"])
    folder.chmod(0o711)  # even with its folder open, the server itself refuses
    (folder / ".s.PGSQL.5432").chmod(0o777)
    child = os.fork()
    if not child:
        become("daemon")
        os._exit(knock(params))
    status = os.waitpid(child, 0)[1]
    folder.chmod(0o700)
    assert status == 0


def become(name):
    user = pwd.getpwnam(name)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def knock(params):
    try:
        psycopg.connect(dbname="neofi", **params)
    except psycopg.OperationalError as error:
        return 0 if "Peer authentication failed" in str(error) else 1
    return 1


def test_the_last_user_stops_it(server, directory, other_process):
    other = other_process()
    server.connection_params()
    end(other)
    assert is_alive(directory)
    folder = Path(server.connection_params()["host"])
    server.leave()
    assert not is_alive(directory)
    assert not folder.exists()


def test_two_that_start_at_once_share_one_server(directory, other_process):
    first, second = (
        subprocess.Popen(
            [sys.executable, "-c", USER_PROCESS, directory],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=settings.BASE_DIR,
        )
        for _ in range(2)
    )
    assert first.stdout.readline() == second.stdout.readline() == b"connected\n"
    end(first)
    assert is_alive(directory)
    end(second)
    assert not is_alive(directory)


def test_a_killed_user_leaves_a_server_that_the_next_one_adopts(server, directory, other_process):
    other = other_process()
    postmaster = postmaster_of(directory)
    other.kill()
    other.wait()
    assert query(server, "SELECT 1") == (1,)
    assert postmaster_of(directory) == postmaster
    server.leave()
    assert not is_alive(directory)


def test_a_killed_server_is_started_again_with_its_data(directory):
    server = Server(directory)
    with psycopg.connect(dbname="neofi", **server.connection_params()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    kill_all_of_postgres(directory)
    assert query(server, "SELECT answer FROM kept") == (42,)
    server.leave()


def test_a_process_id_that_was_given_to_another_program_does_not_matter(server, directory):
    folder = Path(server.connection_params()["host"])
    kill_all_of_postgres(directory)
    bystander = subprocess.Popen(
        ["sleep", "60"], **server_account(directory / "data").popen_options()
    )
    for file in [directory / "data" / "postmaster.pid", folder / ".s.PGSQL.5432.lock"]:
        lines = file.read_text().splitlines()
        file.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n")
    assert query(server, "SELECT 1") == (1,)
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_a_half_made_cluster_is_made_anew(server, directory):
    draft = directory / "data.new" / "base"
    draft.mkdir(parents=True)
    (draft / "junk").write_text("cut off")
    assert query(server, "SELECT 1") == (1,)
    assert not draft.exists()


def test_a_socket_that_was_cleaned_away_comes_back(server):
    folder = Path(server.connection_params()["host"])
    shutil.rmtree(folder)
    assert query(server, "SELECT 1") == (1,)


def test_a_socket_folder_of_somebody_else_is_never_used(server, directory):
    folder = Path(server.connection_params()["host"])
    server.leave()
    folder.symlink_to(directory)
    with pytest.raises(EmbeddedPostgresError, match="is not a private folder"):
        server.connection_params()
    folder.unlink()


def test_data_of_another_version_is_refused_and_left_alone(server, directory):
    data = directory / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedPostgresError, match="data of PostgreSQL 17, and this is 18"):
        server.connection_params()
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_a_server_that_does_not_start_names_its_log(server, directory):
    server.connection_params()
    server.leave()
    (directory / "data" / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedPostgresError, match=r"does not start\. Its log: .*server\.log"):
        server.connection_params()


def test_a_forked_child_that_ends_does_not_stop_it(server, directory):
    server.connection_params()
    child = os.fork()
    if not child:
        query(server, "SELECT 1")
        server.leave()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert is_alive(directory)


def test_a_forked_child_that_never_used_it_does_not_keep_it(server, directory):
    server.connection_params()
    child = os.fork()
    if not child:
        time.sleep(60)
        os._exit(0)
    server.leave()
    assert not is_alive(directory)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
