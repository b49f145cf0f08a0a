import os
import stat

import pytest

from neofi.secrets import EmptySecret, read_or_create


def test_it_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "var" / "key"
    secret = read_or_create(path)
    assert len(secret) > 50
    assert read_or_create(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["key"]


def test_of_two_at_once_the_first_one_counts(tmp_path, monkeypatch):
    path = tmp_path / "key"
    link = os.link

    def too_late(source, target):
        path.write_text("first\n")
        link(source, target)

    monkeypatch.setattr(os, "link", too_late)
    assert read_or_create(path) == "first"
    assert os.listdir(tmp_path) == ["key"]


def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def full(descriptor, mode):
        os.close(descriptor)
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(OSError, match="No space"):
        read_or_create(tmp_path / "key")
    assert os.listdir(tmp_path) == []


def test_an_empty_file_is_named(tmp_path):
    (tmp_path / "key").write_text("\n")
    with pytest.raises(EmptySecret, match="key is empty"):
        read_or_create(tmp_path / "key")
