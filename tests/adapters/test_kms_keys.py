"""Master keys in AWS KMS: the plaintext is only ever in memory, and every failure is one line."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from shutil import copytree

import pytest
from kms_worlds import CREDENTIALS, KeyService, key_service, refusing

from tactful.adapters.key_folder import KeyFolder
from tactful.assembly import init_shop, move_shop_keys, open_shop
from tactful.mechanisms.keyring import KeyStore
from tactful.terms import Mistake, Trouble
from tactful.testing.conformance.keys import KeyStoreSuite


@pytest.fixture(scope="module")
def service() -> Iterator[KeyService]:
    """Yield a running key service."""
    with key_service() as running:
        yield running


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def _moved(service: KeyService, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("moved") / "shop"
    init_shop(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        moved_to(service, folder)
    return folder


@pytest.fixture
def shop(_moved: Path, tmp_path: Path) -> Path:
    """Return a shop whose master key lies in the key service."""
    return Path(copytree(_moved, tmp_path / "shop"))


def moved_to(service: KeyService, folder: Path) -> tuple[int, ...]:
    """Move the keys of the shop in *folder* to *service*."""
    return move_shop_keys(
        folder,
        "aws-kms",
        kms_key_id=service.key,
        region="eu-central-1",
        endpoint_url=service.address,
    )


def content(folder: Path) -> dict[str, bytes]:
    """Return every file in *folder*."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def refuses(folder: Path, *words: str) -> None:
    """Check that the shop refuses to start, in one line with *words*, and writes nothing."""
    before = content(folder)
    with pytest.raises(Trouble) as caught:
        open_shop(folder)
    says = str(caught.value)
    assert [word for word in words if word not in says] == [], says
    assert "\n" not in says
    assert content(folder) == before


def wrapped(folder: Path) -> Path:
    """Return the file of the wrapped key."""
    return folder / "keys" / "master.kms"


class TestKms(KeyStoreSuite):
    """A key service keeps every promise of a key store."""

    @pytest.fixture
    def new_key_store(
        self, service: KeyService, tmp_path: Path
    ) -> Callable[[], tuple[KeyStore, Callable[[], KeyStore]]]:
        """Return a function that makes an empty folder for wrapped keys."""
        number = count()

        def new() -> tuple[KeyStore, Callable[[], KeyStore]]:
            folder = tmp_path / f"keys-{next(number)}"
            folder.mkdir()
            return service.store(folder), lambda: service.store(folder)

        return new


def test_the_plaintext_lies_nowhere(shop: Path, service: KeyService) -> None:
    """After a move no file of the shop holds the key, and what holds it wrapped is private."""
    key = service.store(shop / "keys").masters()[1]

    assert [name for name, found in content(shop).items() if key in found] == []
    assert not (shop / "keys" / "master.key").exists()
    assert stat.S_IMODE(wrapped(shop).stat().st_mode) == 0o600


def test_a_move_changes_no_key(service: KeyService, tmp_path: Path) -> None:
    """Moved there and back, the shop opens each time with the key it was made with."""
    folder = tmp_path / "shop"
    init_shop(folder)
    open_shop(folder).close()
    key = KeyFolder(folder / "keys").masters()

    assert moved_to(service, folder) == (1,)
    open_shop(folder).close()
    assert moved_to(service, folder) == ()
    assert move_shop_keys(folder, "file") == (1,)
    open_shop(folder).close()
    assert KeyFolder(folder / "keys").masters() == key
    assert not wrapped(folder).exists()


def test_a_move_that_was_cut_short(shop: Path, service: KeyService) -> None:
    """A key file that a move left behind is destroyed by the next one."""
    key = service.store(shop / "keys").masters()[1]
    KeyFolder(shop / "keys").keep(1, key)

    assert moved_to(service, shop) == (1,)
    assert not (shop / "keys" / "master.key").exists()


def test_a_move_to_where_nobody_answers(tmp_path: Path) -> None:
    """A move to a service that is down leaves the shop as it was."""
    folder = tmp_path / "shop"
    init_shop(folder)
    before = content(folder)

    with pytest.raises(Trouble, match="cannot be reached"):
        move_shop_keys(
            folder,
            "aws-kms",
            kms_key_id="k",
            region="eu-central-1",
            endpoint_url="http://127.0.0.1:9",
        )
    assert content(folder) == before
    open_shop(folder).close()


def test_from_one_kms_key_to_another(shop: Path, service: KeyService) -> None:
    """Between two keys of KMS there is no direct way, and the message names the one there is."""
    with pytest.raises(Mistake, match="two steps"):
        move_shop_keys(shop, "aws-kms", kms_key_id="alias/other")


def test_the_environment_outranks_a_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the environment names the key store, a move is refused."""
    init_shop(tmp_path / "shop")
    monkeypatch.setenv("TACTFUL_KEYS_STORE", "file")

    with pytest.raises(Mistake, match="TACTFUL_KEYS_STORE"):
        move_shop_keys(tmp_path / "shop", "aws-kms", kms_key_id="k")


def test_down(shop: Path, service: KeyService) -> None:
    """While the service is down the shop refuses to start, soon, and says what to check."""
    settings = shop / "tactful.toml"
    settings.write_text(settings.read_text("utf-8").replace(service.address, "http://127.0.0.1:9"))

    refuses(shop, "cannot be reached", "endpoint_url")


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("AccessDeniedException", "allow them kms:GenerateDataKey"),
        ("DisabledException", "enable it"),
        ("KMSInvalidStateException", "cancel its deletion"),
        ("IncorrectKeyException", "another key wrapped this one"),
        ("InvalidCiphertextException", "damaged"),
        ("ExpiredTokenException", "renew them"),
        ("SomethingNewException", "SomethingNewException"),
    ],
)
def test_refused(shop: Path, service: KeyService, code: str, word: str) -> None:
    """Whatever the service refuses is said in one line, without its own words."""
    with refusing(code) as address:
        settings = shop / "tactful.toml"
        settings.write_text(settings.read_text("utf-8").replace(service.address, address))

        refuses(shop, word, "master.kms")
        with pytest.raises(Trouble) as caught:
            open_shop(shop)
    assert "arn of somebody" not in str(caught.value)


@pytest.mark.parametrize("field", ["wrapped", "context", "key_id"])
def test_altered(shop: Path, service: KeyService, field: str) -> None:
    """Another ciphertext, shop or KMS key than it was wrapped with opens nothing."""
    said = json.loads(wrapped(shop).read_bytes())
    said[field] = {
        "wrapped": said["wrapped"][:-8] + "AAAAAAA=",
        "context": {**said["context"], "tactful:shop": "Another Shop"},
        "key_id": service.another_key(),
    }[field]
    wrapped(shop).write_text(json.dumps(said), "utf-8")

    refuses(shop, "AWS KMS", "master.kms")


@pytest.mark.parametrize("damage", ["", "{}", "[", "\x00" * 40])
def test_damaged(shop: Path, damage: str) -> None:
    """A file that is no wrapped key is called damaged."""
    wrapped(shop).write_text(damage, "utf-8")

    refuses(shop, "damaged", "from your backup")


def test_of_a_newer_tactful(shop: Path) -> None:
    """A wrapped key of another format is not guessed at."""
    said = json.loads(wrapped(shop).read_bytes())
    wrapped(shop).write_text(json.dumps({**said, "format": "tactful-kms-key-2"}), "utf-8")

    refuses(shop, "newer tactful")


def test_absent(shop: Path) -> None:
    """Without the wrapped key the message says which file to put back."""
    wrapped(shop).unlink()

    refuses(shop, "master.kms", "from your backup")


def test_the_key_of_another_shop(shop: Path, service: KeyService) -> None:
    """A key that KMS opens, but that the store was not made with, is refused."""
    open_shop(shop).close()
    wrapped(shop).unlink()
    service.store(shop / "keys").make(1)

    refuses(shop, "not the master key")


def test_without_credentials(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials the message says where boto3 looks for them."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)

    refuses(shop, "AWS_ACCESS_KEY_ID")


def test_without_a_region(tmp_path: Path, service: KeyService) -> None:
    """Without a region the message names the setting."""
    with pytest.raises(Trouble, match=r"set \[keys\] region"):
        service.store(tmp_path, region="", endpoint_url="").make(1)


def test_an_address_that_is_none(tmp_path: Path, service: KeyService) -> None:
    """An address that cannot be is a matter of the settings."""
    with pytest.raises(Trouble, match=r"\[keys\]"):
        service.store(tmp_path, endpoint_url="nowhere").make(1)


def test_without_boto3(shop: Path) -> None:
    """Without boto3 the message says what to install."""
    code = (
        "import sys; sys.modules['boto3'] = None\n"
        "from tactful.cli import main\n"
        "main(['keys', 'show', '--shop', sys.argv[1]])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(shop)], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert "pip install 'tactful[aws]'" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_rotated_in_the_service(shop: Path, service: KeyService) -> None:
    """A new generation is made by the service, the old one retired, and the shop opens with it."""
    opened = open_shop(shop)
    opened.master_keys.rotate(index=False, wrapping=quiet, indexing=quiet)
    assert opened.master_keys.retire() == (1,)
    opened.close()

    assert [path.name for path in (shop / "keys").glob("*.kms")] == ["master-2.kms"]
    open_shop(shop).close()


def test_rotated_while_the_service_is_down(shop: Path, service: KeyService) -> None:
    """Where no key can be made, a rotation does not begin, and the shop goes on."""
    opened = open_shop(shop)
    settings = shop / "tactful.toml"
    settings.write_text(settings.read_text("utf-8").replace(service.address, "http://127.0.0.1:9"))
    before = opened.master_keys.rekeying.generations()

    with pytest.raises(Trouble, match="nothing was written"):
        opened.master_keys.rotate(index=False, wrapping=quiet, indexing=quiet)

    assert opened.master_keys.rekeying.generations() == before
    assert [path.name for path in (shop / "keys").glob("*.kms")] == ["master.kms"]
    opened.close()


def quiet(done: int, total: int) -> None:
    """Tell nobody."""
