"""`tactful policy`: checked, compared and printed, as a privacy officer does it."""

from __future__ import annotations

import csv
import io
import re
import shutil
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
from cli_worlds import EVERYTHING, Run, run, subjects_csv

LAWS = Path(str(files("tactful"))) / "pack" / "regimes"
EVIL = "<script>alert(1)</script>"
COUNTING = """
[measurement]
title = "Counting"
categories = ["user.behavior"]
uses = ["analytics.reporting"]
retention_days = 30
"""


class Tags(HTMLParser):
    """Collects the tags of a page, and complains about one that is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        self.seen.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "br"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag."""
        assert self._open.pop() == tag


@pytest.fixture
def copy(empty: Run, tmp_path: Path) -> Path:
    """Return a copy of the shop's policy, to be changed."""
    return Path(shutil.copytree(empty.folder / "policy", tmp_path / "new-policy"))


def _asking_again(policy: Path) -> None:
    for locale in ("en", "de"):
        older = policy / "notices" / "privacy" / f"1.{locale}.md"
        shutil.copy(older, older.with_name(f"2.{locale}.md"))


def _european(policy: Path, old: str, new: str) -> None:
    """Take the comment marks from the law of the EU, and change it in one place."""
    file = policy / "regimes" / "eu.toml"
    text = _uncommented(file.read_text("utf-8"))
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def _uncommented(text: str) -> str:
    """Take the `# ` from every line below the heading of a file that `tactful init` made."""
    heading, _, rest = text.partition("\n\n")
    return heading + "\n\n" + re.sub(r"(?m)^# ?", "", rest)


def test_a_new_shop_has_no_errors(empty: Run) -> None:
    """What `init` lays out passes the check; its drafts and unread sources are warnings."""
    ended = empty("policy", "check", "--json")

    assert ended.code == 0
    assert ended.json["ok"] is True
    assert {finding["severity"] for finding in ended.json["findings"]} <= {"warning", "note"}
    assert {"severity", "where", "what", "instead", "details"} == set(ended.json["findings"][0])


def test_unread_figures_are_a_line_per_law(empty: Run) -> None:
    """With all the laws there are the check stays short; `--verbose` names every figure."""
    short, long = empty("policy", "check").out, empty("policy", "check", "--verbose").out
    laws = len(re.findall(r"(?m)^warning  regime ", short))

    assert laws == len(list((empty.folder / "policy" / "regimes").glob("*.toml")))
    assert len(short.splitlines()) < laws + 10
    assert "With --verbose each figure is named." in short
    assert re.search(r"(?m)^ +- deadline answer: GDPR Art\. 12\(3\)|^ +- advertising: ", long)
    assert len(long.splitlines()) > 10 * laws


def test_a_note_fails_nothing(empty: Run) -> None:
    """What nobody can mend is told, and is no reason for a build to fail, however strict."""
    policy = empty.folder / "policy"
    law = '[rules.advertising]\nmode = "forbidden"\nbasis = "legal_obligation"\n'
    (policy / "regimes" / "us-va.toml").write_text(
        f'id = "US-VA"\n{law}citation = "none"\nconfidence = "read"\n', "utf-8"
    )

    out = empty("policy", "check").out
    ended = empty("policy", "check", "--strict")

    assert "note     regime US-VA: advertising can never be permitted" in out
    assert "note     regime strictest: advertising can never be permitted" in out
    warnings = out.count("\nwarning ") + out.startswith("warning ")
    assert ended.err.startswith(f"tactful: {warnings} to mend")


def test_an_overdue_review_is_a_warning(empty: Run) -> None:
    """A date that has passed is found in purposes, activities, notices and laws."""
    policy = empty.folder / "policy"
    (policy / "purposes.toml").write_text(f"{COUNTING}review = 2026-01-02\n", "utf-8")
    notice = policy / "notices" / "privacy" / "1.en.md"
    notice.write_text(
        notice.read_text("utf-8").replace("material =", "review = 2026-01-03\nmaterial ="), "utf-8"
    )

    out = empty("policy", "check").out

    assert "warning  purpose measurement: its review was due on 2026-01-02" in out
    assert "warning  notice privacy@1 (en): its review was due on 2026-01-03" in out


def test_warnings_fail_where_they_must(empty: Run) -> None:
    """With `--strict` a build fails on warnings too, with the first of them on one line."""
    empty("policy", "check", "--strict").failed("recommend-individual", "dpia")


def test_an_assessment_that_lies_beside(empty: Run) -> None:
    """An assessment that is named and is there is no finding any more."""
    policy = empty.folder / "policy"
    (policy / "dpia").mkdir()
    (policy / "dpia" / "mine.md").write_text("# Assessed", "utf-8")
    entry = '[{}]\npurpose = "{}"\ntitle = "T"\nprofiling = true\ndpia = "mine.md"\n'
    (policy / "activities.toml").write_text(
        entry.format("recommend-individual", "individual_personalization")
        + entry.format("train-models", "model_training"),
        "utf-8",
    )

    ended = empty("policy", "check", "--json")

    assert ended.code == 0
    assert [f for f in ended.json["findings"] if f["where"].startswith("activities")] == []


def test_a_file_that_cannot_be_loaded_is_an_error(copy: Path) -> None:
    """The message of the loader is a finding like any other: where, what, what instead."""
    (copy / "purposes.toml").write_text(COUNTING.replace("title", "titel"), "utf-8")

    ended = run("policy", "check", "--policy", str(copy), "--json")

    assert ended.code == 1
    assert ended.json["findings"] == [
        {
            "severity": "error",
            "where": "new-policy/purposes.toml, [measurement]",
            "what": "unknown key 'titel'",
            "instead": "did you mean 'title'?",
            "details": [],
        }
    ]


@pytest.mark.parametrize("command", ["check", "ropa", "notice"])
@pytest.mark.parametrize("named", [[], ["--shop", "a", "--policy", "b"]])
def test_one_policy_must_be_named(command: str, named: list[str]) -> None:
    """Neither or both is a command that is not understood."""
    assert run("policy", command, *named).code == 2


@pytest.mark.parametrize("command", ["check", "ropa", "notice"])
def test_folders_that_hold_nothing(command: str, tmp_path: Path) -> None:
    """No shop, or no folder: one line that says so."""
    shop = run("policy", command, "--shop", str(tmp_path))
    shop.failed("is not a shop folder", "tactful init")
    assert run("policy", command, "--policy", str(tmp_path / "none")).code == 1


def test_checking_needs_no_keys(empty: Run) -> None:
    """A policy is checked where only the policy is: neither keys nor store are opened."""
    shutil.rmtree(empty.folder / "keys")
    shutil.rmtree(empty.folder / "data")

    for command in ("check", "ropa", "notice"):
        assert empty("policy", command).code == 0


def test_the_register_as_text(empty: Run) -> None:
    """Every letter of Art. 30(1) has its line, and what is missing is said."""
    ended = empty("policy", "ropa")

    assert ended.code == 0
    assert {f"({letter})" for letter in "abcdefg"} <= set(re.findall(r"\([a-g]\)", ended.out))
    assert "controller (a): A tactful shop" in ended.out
    assert "contact (a): missing" in ended.out
    assert "time limit for erasure (f): 395 days" in ended.out


def test_the_register_as_csv(empty: Run) -> None:
    """One row per activity, each with every letter, and nothing a spreadsheet would run."""
    ended = empty("policy", "ropa", "--format", "csv", "--contact", "=cmd()")

    rows = list(csv.DictReader(io.StringIO(ended.out)))
    laws = {f"legal basis, {path.stem.upper()}" for path in LAWS.glob("us-*.toml")}
    assert laws <= set(rows[0])
    assert {"legal basis, no region known", "legal basis, country US alone"} <= set(rows[0])
    assert len(rows) == len(empty("policy", "ropa", "--json").json["entries"])
    assert {row["contact (a)"] for row in rows} == {"'=cmd()"}
    assert {row["security measures (g)"] for row in rows} != {""}
    assert rows[0]["legal basis, EU-GDPR"].startswith("contract")


def test_the_register_as_a_page(empty: Run, tmp_path: Path) -> None:
    """The page stands alone, runs nothing, and says which cells head which."""
    page = tmp_path / "register.html"

    ended = empty("policy", "ropa", "--format", "html", "--out", str(page))

    assert ended.out.startswith("Written to")
    tags = Tags(page.read_text("utf-8")).seen
    names = [name for name, _ in tags]
    assert {"script", "link", "img", "iframe"}.isdisjoint(names)
    assert ("html", {"lang": "en"}) in tags
    assert all("scope" in attributes for name, attributes in tags if name == "th")
    assert names.count("caption") == names.count("table")
    assert names.count("h1") == names.count("main") == 1


def test_the_page_escapes_everything(empty: Run) -> None:
    """Titles, recipients, assessments, citations and the contact are text, whatever they hold."""
    policy = empty.folder / "policy"
    (policy / "activities.toml").write_text(
        f"[evil]\npurpose = 'necessary'\ntitle = '{EVIL}'\nrecipients = ['{EVIL}']\n"
        f"dpia = '{EVIL}'\n",
        "utf-8",
    )
    _european(policy, 'citation = "GDPR Art. 6(1)(a)"', f"citation = '{EVIL}'")

    ended = empty("policy", "ropa", "--format", "html", "--contact", EVIL)

    assert ended.out.count("&lt;script&gt;") >= 5
    assert "script" not in [name for name, _ in Tags(ended.out).seen]


def test_the_register_as_json(empty: Run) -> None:
    """The same, for programs: names as elsewhere in JSON, a retention in days."""
    drawn = empty("policy", "ropa", "--json").json

    assert set(drawn) == {"controller", "contact", "entries", "laws", "measures", "missing"}
    history = next(e for e in drawn["entries"] if e["activity"] == "keep-history")
    assert history["retentionDays"] == 395
    assert history["grounds"][0]["basis"] == "consent"
    assert history["transfers"] == []


def test_the_register_says_what_the_files_say(empty: Run) -> None:
    """Contact, recipients, transfers and reviews are those of the settings and the policy."""
    (empty.folder / "policy" / "activities.toml").write_text(
        "[post]\npurpose = 'necessary'\ntitle = 'Send parcels'\nrecipients = ['Parcels Ltd']\n"
        "transfers = ['CH: adequacy decision']\nreview = 2027-06-01\n",
        "utf-8",
    )
    settings = empty.folder / "tactful.toml"
    told = settings.read_text("utf-8").replace("[shop]", "[shop]\ncontact = 'privacy@a.example'")
    settings.write_text(told, "utf-8")

    out = empty("policy", "ropa").out

    assert "contact (a): privacy@a.example" in out
    assert "transfers to third countries (e): CH: adequacy decision" in out
    assert "next review: activity by 2027-06-01" in out
    assert "contact (a): me" in empty("policy", "ropa", "--contact", "me").out
    page = empty("policy", "ropa", "--format", "html").out
    assert page.count("CH: adequacy decision") == 1


def test_laws_that_treat_a_purpose_alike_stand_together(empty: Run) -> None:
    """Each law stands once per activity, and where it is written once per purpose."""
    out = empty("policy", "ropa").out
    (history,) = re.findall(r"(?m)^keep-history: [\s\S]*?\n\n", out)
    bases = re.findall(r"legal basis: (.*?): (.*)", history)

    assert len(bases) < 6
    named = [law for _, laws in bases for law in laws.split(", ")]
    assert len(named) == len(set(named)) == len(list(LAWS.glob("*.toml"))) + 3
    assert out.count("where it is written: Suggestions from your own history") == 1


def test_the_notice_depends_on_the_law(empty: Run) -> None:
    """Off where consent is asked, on where it is not; unknown regions get the strictest."""
    german = empty("policy", "notice", "--region", "DE", "--locale", "de").out
    californian = empty("policy", "notice", "--region", "US-CA").out

    assert "Deine Daten, deine Wahl" in german
    assert "(measurement): aus, bis du es erlaubst; Grundlage: Einwilligung; unter 16" in german
    assert "(measurement): on until refused; basis: notice" in californian
    assert empty("policy", "notice", "--json").json["regime"] == "strictest"


def test_what_implies_a_yes_is_said(empty: Run) -> None:
    """Where dealings imply a consent the notice says which, and for how long."""
    canadian = empty("policy", "notice", "--region", "CA-QC").out
    german = empty("policy", "notice", "--region", "DE", "--locale", "de").out

    assert "a purchase counts for 730 days; an enquiry counts for 180 days" in canadian
    assert "oder etwas kaufst und dabei nicht ablehnst" in german
    assert "ein Kauf zählt 730 Tage lang" in german


def test_ages_are_those_of_the_country(empty: Run) -> None:
    """The same law asks for a parent below another age in each country; unknown is the highest."""
    austrian = empty("policy", "notice", "--region", "AT").out
    anywhere = empty("policy", "notice").out

    assert "(measurement): off until allowed; basis: consent; below 14 only with a parent's" in (
        austrian
    )
    assert re.search(r"\(advertising\): .*; below 18 always off", austrian)
    assert re.search(r"\(measurement\): .*; below 16 only with a parent's yes", anywhere)


def test_a_language_without_words_of_its_own_is_told_in_english(empty: Run) -> None:
    """A French notice stays French, and how purposes stand is said in marked English."""
    folder = empty.folder / "policy" / "notices" / "privacy"
    shutil.copy(folder / "1.en.md", folder / "1.fr.md")

    page = empty("policy", "notice", "--locale", "fr", "--format", "html").out

    tags = Tags(page).seen
    assert ("html", {"lang": "fr"}) in tags
    assert ("table", {"lang": "en"}) in tags


def test_the_notice_is_what_the_interface_answers(empty: Run) -> None:
    """`--json` is the body of `GET /v1/notices/current`, key by key."""
    from tactful.web.messages import NoticeSaid, PurposeOffered

    said = empty("policy", "notice", "--json", "--region", "DE").json

    assert set(said) == set(NoticeSaid.__struct_encode_fields__)
    assert set(said["purposes"][0]) == set(PurposeOffered.__struct_encode_fields__)


def test_the_notice_as_a_page(empty: Run) -> None:
    """The page is in the language of the notice, and raw HTML in it stays text."""
    file = empty.folder / "policy" / "notices" / "privacy" / "1.de.md"
    file.write_text(file.read_text("utf-8").replace("title = ", f"title = '{EVIL}' # "), "utf-8")
    file.write_text(f"{file.read_text('utf-8')}\n{EVIL}\n", "utf-8")

    ended = empty("policy", "notice", "--locale", "de", "--format", "html")

    assert ("html", {"lang": "de"}) in (tags := Tags(ended.out).seen)
    assert "script" not in [name for name, _ in tags]


def test_nothing_changes(empty: Run, copy: Path) -> None:
    """A copy does not differ."""
    ended = run("policy", "diff", str(empty.folder / "policy"), str(copy))

    assert ended.out == "Nothing changes.\n"


def test_who_turns_is_counted(empty: Run, copy: Path) -> None:
    """Opening a purpose up turns those who said nothing, and the shop says how many they are."""
    names = ["ann", "bob", "cid"]
    people = empty.file("people.csv", subjects_csv(names, EVERYTHING[:1]))
    assert empty("import", people, "--as", "subjects").code == 0
    _european(copy, '[rules.measurement]\nmode = "opt_in"', '[rules.measurement]\nmode = "opt_out"')

    found = empty("policy", "diff", str(empty.folder / "policy"), str(copy), "--json").json

    european = [t for t in found["turns"] if t["oldRegime"] == "EU-GDPR"]
    assert {t["activity"] for t in european} == {"keep-measurement", "measure-results"}
    assert {t["subjects"] for t in european} == {3}
    assert european[0]["said"] == ["nothing", "expired", "outdated"]
    assert european[0]["minors"] == ["no"]
    assert found["askedAgain"] == []


def test_who_is_asked_again_is_counted(empty: Run, copy: Path) -> None:
    """A material version asks everybody again who said yes; the text says so, by purpose."""
    people = empty.file("people.csv", subjects_csv(["ann", "bob"], EVERYTHING[:1]))
    assert empty("import", people, "--as", "subjects").code == 0
    _asking_again(copy)

    ended = empty("policy", "diff", str(empty.folder / "policy"), str(copy))

    assert "whoever said yes to" in ended.out
    assert re.search(r"session_personalization +privacy@1 +2\b", ended.out)
    assert re.search(r"measurement +privacy@1 +0\b", ended.out)


def test_the_difference_in_words(empty: Run, copy: Path) -> None:
    """A region with a law of its own: it is named, and figures that may be too high say so."""
    people = empty.file("people.csv", subjects_csv(["ann", "bob"], EVERYTHING[:1]))
    assert empty("import", people, "--as", "subjects").code == 0
    german = _uncommented((copy / "regimes" / "eu.toml").read_text("utf-8")).replace('"DE", ', "")
    (copy / "regimes" / "eu.toml").write_text(german, "utf-8")

    out = empty("policy", "diff", str(empty.folder / "policy"), str(copy)).out

    assert re.search(r"regime +EU-GDPR +regions +AT, BE", out)
    assert "Whose answers change" not in out  # the strictest, which holds there now, asks as well

    closed = _uncommented((copy / "regimes" / "us-ca.toml").read_text("utf-8"))
    closed = closed.replace('["US-CA"]', '["US-CA", "DE"]')
    (copy / "regimes" / "us-ca.toml").write_text(closed, "utf-8")

    out = empty("policy", "diff", str(empty.folder / "policy"), str(copy)).out

    assert re.search(r"EU-GDPR → US-CA in DE .* permitted +at most 2\b", out)


def test_whatever_was_said(empty: Run, copy: Path) -> None:
    """What turns for everybody is said to, in place of a list of all there is to say."""
    (copy / "activities.toml").write_text("[answer-request]\nremove = true\n", "utf-8")

    out = empty("policy", "diff", str(empty.folder / "policy"), str(copy)).out

    assert re.search(r"answer-request +strictest, .*EU-GDPR.* whatever +permitted +refused", out)
    assert len(re.findall("(?m)^answer-request ", out)) == 1


def test_counting_names_nobody(empty: Run, copy: Path) -> None:
    """What is printed and what is answered holds figures, and no subject."""
    people = empty.file("people.csv", subjects_csv(["ann-secret"], EVERYTHING))
    assert empty("import", people, "--as", "subjects").code == 0
    _asking_again(copy)

    for form in ([], ["--json"]):
        ended = empty("policy", "diff", str(empty.folder / "policy"), str(copy), *form)
        assert ended.code == 0
        assert "ann-secret" not in ended.out


def test_only_the_policy_that_runs_can_be_counted(empty: Run, copy: Path) -> None:
    """Counts under another policy than the shop's would mislead: they are refused."""
    _asking_again(copy)

    ended = empty("policy", "diff", str(copy), str(empty.folder / "policy"))

    ended.failed("another policy than OLD", "as OLD")


def test_a_grant_that_ran_out_is_counted_as_such(empty: Run, copy: Path) -> None:
    """A yes from 2020 counts as run out today, whatever was digested when it was given."""
    text = subjects_csv(["ann"], ["measurement"]).replace("2025-01-01", "2020-01-01")
    assert empty("import", empty.file("people.csv", text), "--as", "subjects").code == 0
    _asking_again(copy)

    found = empty("policy", "diff", str(empty.folder / "policy"), str(copy), "--json").json

    asked = {one["purpose"]: one["subjects"] for one in found["askedAgain"]}
    assert asked["measurement"] == 0
