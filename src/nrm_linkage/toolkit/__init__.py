"""This library and the recordlinkage toolkit: its algorithms in ours, ours in its `Index` and `Compare`.

Nothing else here imports recordlinkage for this, and `link` imports this room only when a caller asks for it.

- `link_referrals(..., index=[...])`: any algorithm of `recordlinkage.index` is a blocking rule.
- `FeatureField`, for `link_referrals(..., compare=[...])`: any feature of `recordlinkage.compare` is a
  compared field.
- `NrmIndex`: our blocking rules as an algorithm for `recordlinkage.Index`.
- `NrmFeature`: one of our compared fields as a feature for `recordlinkage.Compare`.
- `compare_features`: any feature of `recordlinkage.compare` over the pairs of a linkage.
"""

from nrm_linkage.toolkit.algorithms import IndexRule, found_pairs, index_rules
from nrm_linkage.toolkit.feature_fields import FeatureField, feature_fields, feature_levels
from nrm_linkage.toolkit.features import compare_features
from nrm_linkage.toolkit.nrm_feature import NrmFeature
from nrm_linkage.toolkit.nrm_index import NrmIndex

__all__ = [
    "FeatureField",
    "IndexRule",
    "NrmFeature",
    "NrmIndex",
    "compare_features",
    "feature_fields",
    "feature_levels",
    "found_pairs",
    "index_rules",
]
