"""A store on PostgreSQL opens, or says in one line why not."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from postgres_shelf import PostgresShelf

from postgres_worlds import Server
from tactful.adapters.key_file import KeyFile, create_key_file
from tactful.adapters.postgres import PostgresStore, migrate, open_store
from tactful.adapters.postgres.connections import Connection
from tactful.adapters.sqlite import open_store as open_sqlite
from tactful.adapters.sqlite.digests import Digests
from tactful.adapters.store_address import has_password, without_password
from tactful.terms import Mistake, NotAShop, StoreAway, Trouble
from tactful.testing.conformance.policy import INDIVIDUAL, shelf_policy
from tactful.testing.conformance.shelf import Clock, user

Tables = Mapping[str, frozenset[str]]


def test_tables_are_those_of_sqlite(shelf: PostgresShelf, tmp_path: Path) -> None:
    """Every table of the embedded store is here with the same columns, and the servers' pulse."""
    ours = _postgres_tables(shelf.url)
    theirs = _sqlite_tables(tmp_path)
    assert ours["pulse"] == {"n"}
    assert {name: columns - {"rowid"} for name, columns in ours.items() if name != "pulse"} == {
        name: columns for name, columns in theirs.items() if not name.startswith("sqlite_")
    }


def _postgres_tables(url: str) -> Tables:
    query = (
        "SELECT table_name, array_agg(column_name::text) FROM information_schema.columns"
        " WHERE table_schema = 'public' GROUP BY table_name"
    )
    with psycopg.connect(url) as db:
        return {table: frozenset(columns) for table, columns in db.execute(query)}


def _sqlite_tables(folder: Path) -> Tables:
    data = folder / "data"
    data.mkdir()
    key = create_key_file(folder / "other.key")
    open_sqlite(data, shelf_policy(), key, clock=Clock(), policy_hash="x").close()
    db = sqlite3.connect(next(data.glob("*.db")))
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    tables = {
        name: frozenset(row[1] for row in db.execute(f"PRAGMA table_info({name})"))
        for name in names
    }
    db.close()
    return tables


def test_head_is_the_newest_script() -> None:
    """The version that counts as up to date is that of the last migration."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


def test_two_servers_make_the_tables_at_once(postgres: Server, key: Path) -> None:
    """Of two servers that open an empty database at once, one makes the tables; both open."""
    url = postgres.new_database()
    with ThreadPoolExecutor(2) as pool:
        opening = [pool.submit(PostgresShelf, url, key) for _ in range(2)]
        shelves = [each.result() for each in opening]
    assert shelves[0].subject("ann") == shelves[1].subject("ann")
    for shelf in shelves:
        shelf.store.close()
    postgres.drop(url)


def test_no_database(postgres: Server, key: Path) -> None:
    """Where there is no such database the message says so, and names no password."""
    url = postgres.address("absent").replace("postgres@", "postgres:secret@")
    with pytest.raises(StoreAway, match="cannot reach the database") as said:
        PostgresShelf(url, key)
    assert '"absent" does not exist' in str(said.value)
    assert "secret" not in str(said.value)


def test_a_database_of_something_else(postgres: Server, key: Path) -> None:
    """A database that holds other tables is left alone, also where Alembic made them."""
    url = postgres.new_database()
    with psycopg.connect(url) as db:
        db.execute("CREATE TABLE holiday (jpg bytea)")
    with pytest.raises(NotAShop, match="something else"):
        PostgresShelf(url, key)
    with psycopg.connect(url) as db:
        db.execute("CREATE TABLE alembic_version (version_num text)")
        db.execute("INSERT INTO alembic_version VALUES ('1a2b')")
    with pytest.raises(NotAShop, match="something else"):
        PostgresShelf(url, key)
    postgres.drop(url)


def test_a_newer_database(url: str, key: Path) -> None:
    """A store written by a newer tactful is not opened."""
    with psycopg.connect(url) as db:
        db.execute("UPDATE alembic_version SET version_num = 'pg9999'")
    with pytest.raises(NotAShop, match="newer tactful"):
        PostgresShelf(url, key)


def test_a_database_under_another_key(url: str, key: Path, tmp_path: Path) -> None:
    """Under another master key the store does not open, and is not changed."""
    create_key_file(tmp_path / "other.key")
    with pytest.raises(Trouble, match="not the master key"):
        PostgresShelf(url, tmp_path / "other.key")
    PostgresShelf(url, key).store.close()


def test_a_database_that_forgets(url: str, key: Path, postgres: Server) -> None:
    """Where a crash would lose what was acknowledged the store does not open."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(
            "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database()"
            " || ' SET synchronous_commit = off'; END $$"
        )
    with pytest.raises(Trouble, match="set synchronous_commit = on"):
        PostgresShelf(url, key)


def test_a_database_in_another_encoding(postgres: Server, key: Path) -> None:
    """A database that cannot hold every text does not open."""
    postgres.execute("CREATE DATABASE old ENCODING 'SQL_ASCII' TEMPLATE template0")
    with pytest.raises(Trouble, match="UTF8"):
        PostgresShelf(postgres.address("old"), key)
    postgres.drop(postgres.address("old"))


def test_a_text_that_no_database_holds(shelf: PostgresShelf) -> None:
    """A statement with a NUL in it is a mistake of whoever sent it."""
    ann = shelf.subject()
    said = replace(shelf.say(ann), source="a\0b")
    with pytest.raises(Mistake, match="NUL"):
        shelf.store.statements.append(shelf.permit(ann, "record-statement"), [said])
    assert len(shelf.store.statements.standing(shelf.permit(ann)).statements) == 1


def test_a_server_keeps_its_digests(url: str, key: Path) -> None:
    """A command under another policy takes no digests over while a server runs; then it does."""

    def opened(policy_hash: str, *, serving: bool = False) -> PostgresStore:
        return open_store(
            url,
            shelf_policy(),
            KeyFile(key),
            clock=Clock(),
            policy_hash=policy_hash,
            serving=serving,
        )

    servers = Digests(shelf_policy(), policy_hash="server")
    with opened("server", serving=True) as server, opened("command"):
        assert servers.are_ours(server._engine.read())
    with opened("command") as command:
        assert not servers.are_ours(command._engine.read())


def test_erased_rows_are_vacuumed(shelf: PostgresShelf, url: str) -> None:
    """After an erasure no dead row is left in the tables it touched."""
    ann = shelf.subject()
    shelf.say(ann)
    shelf.see(ann, "teapot", "cup")
    shelf.store.profiles.set_traits([shelf.permit(ann, "keep-group")], {"size": "M"})
    shelf.store.records.erase(shelf.permit(ann))
    said: list[str] = []
    with psycopg.connect(url, autocommit=True) as db:
        db.add_notice_handler(lambda note: said.append(note.message_primary or ""))
        for table in ("keys", "identifiers", "traits", "statements", "subjects", "events_20260302"):
            db.execute(f"VACUUM (VERBOSE) {table}".encode())
    counts = [line for text in said for line in text.splitlines() if line.startswith("tuples:")]
    assert len(counts) >= 6
    assert all("tuples: 0 removed" in line for line in counts)


def test_withdrawing_reduces_and_removes(shelf: PostgresShelf, url: str) -> None:
    """A withdrawal deletes the rows that are kept for nothing else."""
    ann = shelf.subject()
    shelf.see(ann, "teapot")
    shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({INDIVIDUAL}))
    with psycopg.connect(url) as db:
        assert db.execute("SELECT count(*) FROM events_20260302").fetchone() == (0,)


def test_addresses_without_their_password() -> None:
    """What is shown of an address holds neither password nor options."""
    url = "postgresql://ann:secret@db.example:5433/shop?sslmode=require&password=secret"
    assert without_password(url) == "postgresql://ann@db.example:5433/shop"
    assert without_password("postgresql:///shop") == "postgresql:///shop"
    assert has_password(url)
    assert has_password("postgresql:///shop?password=x")
    assert not has_password("postgresql://ann@db.example/shop")


def test_an_address_of_something_else(key: Path) -> None:
    """An address that is no PostgreSQL's is refused without being repeated."""
    with pytest.raises(ValueError, match="postgresql://") as said:
        PostgresShelf("mysql://ann:secret@db/shop", key)
    assert "secret" not in str(said.value)


OPENING = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from postgres_shelf import PostgresShelf
PostgresShelf(sys.argv[2], Path(sys.argv[3])).store.close()
print(sum(name.partition(".")[0] in ("alembic", "sqlalchemy") for name in sys.modules))
"""


def test_opening_loads_no_alembic(url: str, key: Path) -> None:
    """A database that is up to date opens without loading Alembic."""
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", OPENING, here, url, str(key)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "0"


def test_verbs_of_a_connection(url: str) -> None:
    """What was rolled back is gone, what was committed is there, and closing twice does nothing."""
    db = Connection(url)
    for verb, found in (("ROLLBACK", []), ("COMMIT", [("x",)])):
        states = [db.in_transaction]
        db.execute("BEGIN IMMEDIATE")
        states.append(db.in_transaction)
        db.execute("INSERT INTO items (id, body) VALUES (?2, ?1)", (b"100 %", "x"))
        db.execute(verb)
        assert [*states, db.in_transaction] == [False, True, False]
        assert db.execute("SELECT id FROM items").fetchall() == found
    assert db.execute("SELECT 7 % ?", (4,)).fetchone() == (3,)
    db.close()
    db.close()


def test_subjects_are_found_after_all(shelf: PostgresShelf) -> None:
    """The suites above run on PostgreSQL indeed."""
    ann = shelf.subject("ann")
    with psycopg.connect(shelf.url) as db:
        assert db.execute("SELECT id FROM subjects").fetchall() == [(ann,)]
    assert shelf.store.identities.find(user("ann")) == ann
