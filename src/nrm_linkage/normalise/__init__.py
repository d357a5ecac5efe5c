"""Raw text -> comparable values: one module a field, and `referrals`, which applies them to the distinct values of a frame."""

from nrm_linkage.normalise.referrals import Normalised, normalise_referrals

__all__ = ["Normalised", "normalise_referrals"]
