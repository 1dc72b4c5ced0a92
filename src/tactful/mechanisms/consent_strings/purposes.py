"""
What the purposes of the TCF mean in tactful's own.

A table and one look-up.  A shop's policy may say it differently; which of the consents of a string
count (the publisher's own, or those for its vendors) is the caller's choice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

TCF_PURPOSES: Mapping[int, frozenset[str]] = {
    # Store and/or access information on a device: whatever is learnt from a page needs it
    # (ePrivacy Directive, Art. 5(3)).
    1: frozenset(
        {
            "session_personalization",
            "segment_personalization",
            "individual_personalization",
            "model_training",
            "measurement",
            "advertising",
            "partner_matching",
        }
    ),
    # Use limited data to select advertising: tactful selects none.
    2: frozenset(),
    # Create profiles for personalised advertising.
    3: frozenset({"advertising"}),
    # Use profiles to select personalised advertising.
    4: frozenset({"advertising"}),
    # Create profiles to personalise content: a group that is kept is a profile, too.
    5: frozenset({"segment_personalization", "individual_personalization"}),
    # Use profiles to select personalised content.
    6: frozenset({"segment_personalization", "individual_personalization"}),
    # Measure advertising performance.
    7: frozenset({"partner_matching"}),
    # Measure content performance.
    8: frozenset({"measurement"}),
    # Understand audiences through statistics or combinations of data from different sources.
    9: frozenset({"measurement", "partner_matching"}),
    # Develop and improve services.
    10: frozenset({"model_training"}),
    # Use limited data to select content.
    11: frozenset({"session_personalization"}),
}
"""
The purposes of tactful that need each purpose of the TCF.

A purpose that stands under several needs every one of them.  `necessary` needs no consent, and
e-mail is not what the TCF asks about: a string says nothing about purposes that are not here.

Source:
    IAB Europe TCF Policies, Appendix A, purposes 1 to 11.
"""


def answers(
    consents: Collection[int], table: Mapping[int, frozenset[str]] = TCF_PURPOSES
) -> Mapping[str, bool]:
    """
    Return, for every purpose of *table*, whether all TCF purposes that it needs are in *consents*.

    Args:
        consents: The ids of the TCF purposes that were consented to.
        table: Which purposes need each of them.
    """
    named = frozenset[str]().union(*table.values())
    refused = frozenset[str]().union(*(table[number] for number in table if number not in consents))
    return {purpose: purpose not in refused for purpose in sorted(named)}
