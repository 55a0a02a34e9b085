"""The store: what is put is what is read, or it is an error."""

import hashlib

import pytest

from management import store


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.STORE_DIR = tmp_path / "store"


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_bytes_come_back_under_their_sha256():
    name = store.put(b"a pack")
    assert name == hashlib.sha256(b"a pack").hexdigest()
    assert store.read(name) == b"a pack"


def test_putting_twice_keeps_one_file_and_nothing_half_written(settings):
    assert store.put(b"a pack") == store.put(b"a pack")
    assert len(files(settings.STORE_DIR)) == 1


def test_a_file_that_cannot_be_written_leaves_nothing_behind(settings, monkeypatch):
    def full(handle):
        raise OSError("No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put(b"a pack")
    assert files(settings.STORE_DIR) == []


def test_a_missing_file_is_said():
    with pytest.raises(store.StoreError, match="cannot be read"):
        store.read("0" * 64)


def test_a_damaged_file_is_said_and_mended_by_putting_it_again():
    name = store.put(b"a pack")
    store.path(name).write_bytes(b"another")
    with pytest.raises(store.StoreError, match="damaged"):
        store.read(name)
    store.put(b"a pack")
    assert store.read(name) == b"a pack"


@pytest.mark.parametrize("name", ["", "../secret-key", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_sha256_names_a_file(name):
    with pytest.raises(ValueError, match="64 hexadecimal"):
        store.path(name)
