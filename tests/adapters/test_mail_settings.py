"""`[mail]`: what it says is read, or told what is wrong with it; never a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from tactful.adapters.settings import MailSettings, read_settings
from tactful.terms import Mistake


def settings(folder: Path, mail: str = "", **environment: str) -> MailSettings:
    """Return what `[mail]` says."""
    text = f'[shop]\nwrite_key = "wk"\n\n[mail]\n{mail}\n'
    (folder / "tactful.toml").write_text(text, "utf-8")
    return read_settings(folder, environment).mail


def test_by_default_nothing_is_mailed(tmp_path: Path) -> None:
    """There is no mail server until one is named; the environment may name it, too."""
    assert settings(tmp_path).host == ""
    found = settings(
        tmp_path, TACTFUL_MAIL_HOST="mail", TACTFUL_MAIL_PORT="465", TACTFUL_MAIL_SENDER="a@b.c"
    )
    assert (found.host, found.port, found.security) == ("mail", 465, "starttls")


@pytest.mark.parametrize(
    ("mail", "says"),
    [
        ('host = "mail"', "needs sender"),
        ('host = "mail"\nsender = "privacy"', "needs sender"),
        ('sender_name = "a\\nBcc: b@c.d"', "one line"),
        ('security = "none"\nuser = "shop"', "in clear"),
        ('security = "ssl"', "security"),
        ("port = 0", "port"),
        ('base_url = "privacy.example.org"', "base_url"),
        ('base_url = "https://x.org/?a=b"', "base_url"),
        ('password = "hunter2"', "TACTFUL_MAIL_PASSWORD"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, mail: str, says: str) -> None:
    """A setting that makes no sense is named; a password in the file is not repeated."""
    with pytest.raises(Mistake, match=says) as mistake:
        settings(tmp_path, mail)

    assert "hunter2" not in str(mistake.value)
