"""Where a person lives and was born -> comparable places: the present town, and the place of birth.

A town is its folded name; of a birthplace, which is free text in foreign spellings ("country and town or
village"), each place becomes its skeleton, so that transliterations meet. Countries, "UK" and "overseas" are
left out of both: nationality says as much. No gazetteer is used, and a village is not placed in its district.

These are evidence about the person, unlike the places of exploitation (`facts`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nrm_linkage.normalise.boxes import Boxes
from nrm_linkage.normalise.distinct import merge_lists, token_lists
from nrm_linkage.normalise.name_text import fold
from nrm_linkage.normalise.places import read_places
from nrm_linkage.normalise.skeleton import skeleton
from nrm_linkage.tables import TokenLists

__all__ = ["birthplace_lists", "town_lists"]

NO_PLACE = "place not recognised"


def town_lists(boxes: Boxes, n_rows: int) -> TokenLists:
    """The present town of each row, mostly one."""
    return _lists(boxes, "town", n_rows, lambda place: place)


def birthplace_lists(boxes: Boxes, n_rows: int) -> TokenLists:
    """The places of birth of each row: town, village or district, as they are given."""
    return _lists(boxes, "birthplace", n_rows, lambda place: skeleton(fold(place)))


def _lists(boxes: Boxes, name: str, n_rows: int, key: Callable[[str], str]) -> TokenLists:
    parts = []
    for read in boxes.read(name, read_places, NO_PLACE):
        keys = [{key(place) for place in places if _is_town(place)} for places in read.readings]
        parts.append(token_lists([sorted(each - {""}) for each in keys], read.codes))
    return merge_lists(parts, n_rows) if parts else token_lists([[]], np.zeros(n_rows, dtype=np.int32))


def _is_town(place: str) -> bool:
    return place not in ("uk", "overseas") and not place.startswith("country:")
