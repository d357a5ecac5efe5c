"""Two referrals -> a named level of agreement for each field, and how often strangers would agree on the same
values.
"""

from nrm_linkage.compare.extra import ExtraField
from nrm_linkage.compare.fields import FIELDS, Field, Level
from nrm_linkage.compare.pairs import Rarity, RowTables, compare_pairs

__all__ = ["FIELDS", "ExtraField", "Field", "Level", "Rarity", "RowTables", "compare_pairs"]
