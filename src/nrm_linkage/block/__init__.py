"""Which pairs are worth comparing: blocking rules, refinement of keys that are too common, and the candidate
pairs themselves.
"""

from nrm_linkage.block.pairs import (
    candidate_pairs,
    check_number_of_rules,
    do_not_differ,
    pairs_within,
    rules_that_find,
)
from nrm_linkage.block.rules import KEY_RULES, RULES, BlockingRule, Keys

__all__ = [
    "KEY_RULES",
    "RULES",
    "BlockingRule",
    "Keys",
    "candidate_pairs",
    "check_number_of_rules",
    "do_not_differ",
    "pairs_within",
    "rules_that_find",
]
