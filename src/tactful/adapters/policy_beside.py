"""
What stands beside the policy and belongs into its register: assessments, and what protects data.

Assessments are for people to read: only their names are looked at.
"""

from __future__ import annotations

from pathlib import Path

MEASURES = (
    "Identifiers and traits are sealed with AES-256-GCM under a key per subject.",
    "The subjects' keys are wrapped by a master key: a file that only its owner may read (0600).",
    "Identifiers are found by a keyed index (HMAC-SHA-256), which says nothing without the key.",
    "Events are kept under a number that stands for the subject. They are not sealed.",
    "What is erased is overwritten (SQLite secure_delete), and the subject's key is destroyed.",
    "An erasure is reported once the write-ahead log is emptied too.",
    "The folders of data, keys and models are made for their owner only (0700).",
    "Every use is asked of the policy first and counted per subject, activity and day.",
    "What the tracking plan does not declare is dropped before it is stored.",
    "What was answered with success is on the disk (write-ahead log, synchronous=FULL).",
)
"""What the embedded store really does (Art. 32(1)); docs/explanation/the-store.md says how."""


def assessments_in(policy_folder: Path) -> frozenset[str]:
    """Return the names of the files in `dpia/`, the impact assessments (Art. 35)."""
    folder = policy_folder / "dpia"
    if not folder.is_dir():
        return frozenset()
    return frozenset(file.name for file in folder.iterdir() if file.is_file())
