"""How common name words, birth dates, nationalities and genders are: what makes an agreement mean little or
much.

Counts are of people, approximately: records of one word with the same full date of birth count once, so that
a person's own repeats do not make a name look common. Only words borne by five or more are kept by name; all
others are pooled into one rare class, so that a saved model names no one and scores the same. (A person whose
repeats lack a full date of birth counts once for each of them.) What the shipped table of common words knows
(`reference`) is where a word's share starts from; words of the table that fewer than five bear are looked up
in it when a model is used, and are not counted among the rare. A date's frequency is its birth year's share
within naming community and age group times its kind of day's share within the community (1 January, the first
of a month, any other day): smooth, and no single date is kept. Births that are known to a year or two count
for the years. Everything is shrunk to the whole, and the whole to a small reference (`priors`), so that ten
rows and ten million both give sense. The share of a rare word is the chance that another person bears the
same one, given that the word is rare (a Good-Turing argument: coincidences among rare words over their
bearers).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nrm_linkage.compare.dates import BirthPeriods
from nrm_linkage.model import priors
from nrm_linkage.model.holders import counts_of_people, people_by_key
from nrm_linkage.model.reference import NOTHING_KNOWN, ReferenceShares, reference
from nrm_linkage.model.spellings import spelt_otherwise
from nrm_linkage.model.strata import means_by_community, pair_community
from nrm_linkage.normalise.dates import DatePrecision, DefaultDate
from nrm_linkage.normalise.names import NameRole
from nrm_linkage.tables import Float64s, Int8s, Int32s, Int64s, Mask, Referrals, TokenLists

__all__ = ["COMMON_MIN_PEOPLE", "Frequencies", "WordShares", "learn_frequencies", "person_keys"]

COMMON_MIN_PEOPLE = 5
"""Words, skeletons, spelling classes and nationalities held by fewer people are pooled (chosen by us; also
domain.md 3.5's threshold). Years of birth are smoothed instead (`_date_shares`).
"""

WORD_SHRINK_PEOPLE = 10.0
"""People of the whole, or of the reference where that knows the word as commoner, that a nationality's own
share of a word starts from: few, because a name of one nation is hardly known to the whole, and most of the
reference is assumed (chosen by us; docs/decisions/0009)."""

RARE_STRENGTH = 1.0
"""Coincidences of rare words that a nationality's own chance of them starts from (chosen by us)."""

SHRINK_PEOPLE = 60.0
"""People of the whole that a nationality's own shares start from (chosen by us)."""

OLDEST_YEARS = 120
"""Birth years before the data speak: any of the last hundred and twenty alike (chosen by us)."""


@dataclass(frozen=True)
class WordShares:
    """Shares of other people, than one who bears a word, whose bag holds it too. `overall`: word -> share;
    `within`: nationality -> word -> share; words in neither are rare: `rare` overall, `rare_within` a
    nationality, `rare_elsewhere` a nationality of few people.
    """

    overall: Mapping[str, float]
    within: Mapping[str, Mapping[str, float]]
    rare: float
    rare_within: Mapping[str, float]
    rare_elsewhere: float


@dataclass(frozen=True)
class Frequencies:
    """All frequencies of a model. Keys are texts, so the object is its own JSON.

    `words`, `skeletons`, `variants`: shares of name words and of their classes. `near_words`, `short_words`:
    by letters, the chance that a stranger's bag holds a near or shortened word. `spelt_otherwise`: community
    -> how often two people of one name are spelt differently. `other_words`: community -> words of a name
    beside the naming one, on the average. `people`, `people_within`: named people counted, all and of each
    nationality of five or more; `reference`: the fingerprint of the table of common words that shares start
    from. `years`: stratum ("community|age group") -> birth year -> share. `days`:
    community -> kind of day (`DefaultDate` as text) -> share; in these the community "" is the whole.
    `nationalities`, `genders`: shares; `rare_nationality`. `towns`, `birthplaces`: shares of places among
    people of whom one is known.
    """

    words: WordShares
    skeletons: WordShares
    variants: WordShares
    near_words: Mapping[str, float]
    short_words: Mapping[str, float]
    spelt_otherwise: Mapping[str, float]
    other_words: Mapping[str, float]
    people: float
    people_within: Mapping[str, float]
    reference: str
    years: Mapping[str, Mapping[str, float]]
    days: Mapping[str, Mapping[str, float]]
    nationalities: Mapping[str, float]
    rare_nationality: float
    genders: Mapping[str, float]
    towns: WordShares
    birthplaces: WordShares


def learn_frequencies(referrals: Referrals) -> Frequencies:
    """Count what the linkable rows hold. The same for the same rows in any order and under any ids."""
    rows = np.flatnonzero(referrals.linkable)
    person = person_keys(referrals)
    bags = referrals.names
    token_row = bags.tokens.row
    kept = referrals.linkable[token_row] & ~_flags(bags.is_initial, bags.tokens.token)
    token_row, word = token_row[kept], bags.tokens.token[kept].astype(np.int64)
    nationality = referrals.nationality.by_name[token_row].astype(np.int64)
    nationality_names = tuple(nationality_key(codes) for codes in referrals.nationality.sets)
    people = _people_counts(referrals, rows, person)
    nationalities, rare_nationality = _nationality_shares(referrals, rows, person, nationality_names)

    def shares(of: Int64s, texts: tuple[str, ...], known: ReferenceShares) -> WordShares:
        expected = known.mixed(nationalities)
        return _word_shares(of, texts, person[token_row], nationality, nationality_names, people, expected)

    def places(lists: TokenLists) -> WordShares:
        held = referrals.linkable[lists.row]
        row, place = lists.row[held], lists.token[held].astype(np.int64)
        of_row = referrals.nationality.code[row].astype(np.int64)
        said = _people_counts(referrals, rows[lists.count[rows] > 0], person)
        return _word_shares(place, lists.texts, person[row], of_row, nationality_names, said, NOTHING_KNOWN)

    years, days = _date_shares(referrals, rows)
    genders = np.bincount(referrals.gender[rows], minlength=4)[1:].astype(float)
    known = reference()
    genders = (genders + np.array([0.25, 0.74, 0.01]) * 10) / (genders.sum() + 10)
    return Frequencies(
        words=shares(word, bags.tokens.texts, known.words),
        skeletons=shares(_codes(bags.skeleton, word), bags.skeleton_texts, known.skeletons),
        variants=shares(_codes(bags.variant, word), bags.variant_texts, known.variants),
        near_words={str(letters): share for letters, share in priors.NEAR_WORD_SHARES.items()},
        short_words={str(letters): share for letters, share in priors.SHORT_WORD_SHARES.items()},
        spelt_otherwise=spelt_otherwise(referrals, token_row.astype(np.int32), word, person[token_row]),
        other_words=_other_words(referrals, rows),
        people=people.n,
        people_within=people.by_name(nationality_names),
        reference=known.fingerprint,
        years=years,
        days=days,
        nationalities=nationalities,
        rare_nationality=rare_nationality,
        genders={str(code + 1): float(share) for code, share in enumerate(genders)},
        towns=places(referrals.towns),
        birthplaces=places(referrals.birthplaces),
    )


def nationality_key(codes: frozenset[str]) -> str:
    """A set of nationality codes as one text: `ALB`, `GBR+PAK`; the empty set is the empty text."""
    return "+".join(sorted(codes))


def person_keys(referrals: Referrals) -> Int64s:
    """A rough person key a row, int64 (n,): a number below n for each full date of birth that is no stand-in,
    and one for each other row.
    """
    birth = referrals.birth
    full = (birth.precision == DatePrecision.DAY) & (birth.default != DefaultDate.FIRST_JANUARY)
    person = np.arange(referrals.n, dtype=np.int64)
    _, first, of_date = np.unique(birth.first[full], return_index=True, return_inverse=True)
    person[full] = np.flatnonzero(full)[first][of_date]
    return person


def _flags(flags: Mask, codes: Int32s) -> Mask:
    return flags[codes] if len(flags) else np.zeros(len(codes), dtype=bool)


def _codes(codes: Int32s, word: Int64s) -> Int64s:
    return codes[word].astype(np.int64) if len(codes) else word


@dataclass(frozen=True, eq=False)
class _People:
    """People with a name, roughly. `n`: all; `within`: float64 (n_sets,), within each nationality;
    `is_common`: bool (n_sets,), nationalities of enough distinct people to be named; `group`: int64
    (n_sets,), their naming communities.
    """

    n: float
    within: Float64s
    is_common: Mask
    group: Int64s

    def by_name(self, names: tuple[str, ...]) -> dict[str, float]:
        """Of the nationalities that may be named."""
        return {
            names[code]: float(self.within[code]) for code in np.flatnonzero(self.is_common) if names[code]
        }


def _people_counts(referrals: Referrals, rows: Int64s, person: Int64s) -> _People:
    named = rows[referrals.names.tokens.count[rows] > 0]
    code, n_sets = referrals.nationality.by_name[named].astype(np.int64), len(referrals.nationality.sets)
    bags = referrals.names
    first_word = bags.tokens.token[bags.tokens.start[named]]
    # A person's repeats mostly agree in the sound of the first word, and mostly in the date.
    sound = bags.skeleton[first_word].astype(np.int64) if len(bags.skeleton) else first_word.astype(np.int64)
    pair = person[named] * (int(sound.max(initial=0)) + 1) + sound
    return _People(
        n=float(len(np.unique(pair))),
        within=counts_of_people(code, pair, n_sets).astype(float),
        is_common=counts_of_people(code, person[named], n_sets) >= COMMON_MIN_PEOPLE,
        group=referrals.nationality.group.astype(np.int64),
    )


def _word_shares(
    of: Int64s,
    texts: tuple[str, ...],
    person: Int64s,
    nationality: Int64s,
    nationality_names: tuple[str, ...],
    people: _People,
    expected: ReferenceShares,
) -> WordShares:
    """Shares of people for words or classes of words; `of`, `person`, `nationality`: int64, one element a
    token. `expected`: what the reference knows of them.
    """
    count = counts_of_people(of, person, len(texts))
    strength, n_people = priors.REFERENCE_STRENGTH, people.n
    is_rare = count < COMMON_MIN_PEOPLE
    known = np.array([expected.overall.get(text, 0.0) for text in texts])
    # Words that the reference knows are not rare, however few bear them here.
    pooled = is_rare & (known <= priors.RARE_WORD_SHARE)
    rare_bearers = count[pooled].sum()
    coincidences = (count[pooled] * (count[pooled] - 1)).sum()
    rare_raw = (coincidences + 1) / max(rare_bearers, 1) / max(n_people, 1)
    rare = (n_people * min(rare_raw, 1.0) + strength * priors.RARE_WORD_SHARE) / (n_people + strength)
    start = np.maximum(priors.RARE_WORD_SHARE, known)
    share = np.where(is_rare, rare, (count - 1 + strength * start) / (n_people - 1 + strength))
    overall = {texts[code]: float(share[code]) for code in np.flatnonzero(~is_rare)}

    n_texts = max(len(texts), 1)
    packed, within_count = people_by_key(nationality * n_texts + of, person)
    code, word = packed // n_texts, packed % n_texts
    known_within = [expected.of(name) for name in nationality_names]
    pairs = zip(code.tolist(), word.tolist(), strict=True)
    lacked = np.array([texts[at] not in known_within[of_set] for of_set, at in pairs], dtype=bool)
    rare_within, rare_elsewhere = _rare_within(code[lacked], within_count[lacked], people, nationality_names)
    common = (within_count >= COMMON_MIN_PEOPLE) & (code > 0)
    within: dict[str, dict[str, float]] = {}
    for at in np.flatnonzero(common).tolist():
        name, text = nationality_names[code[at]], texts[word[at]]
        begun = WORD_SHRINK_PEOPLE * max(share[word[at]], known_within[code[at]].get(text, 0.0))
        shrunk = (within_count[at] - 1 + begun) / (people.within[code[at]] - 1 + WORD_SHRINK_PEOPLE)
        within.setdefault(name, {})[text] = float(min(shrunk, 1.0))
    return WordShares(overall, within, float(rare), rare_within, rare_elsewhere)


def _rare_within(
    code: Int64s, count: Int64s, people: _People, names: tuple[str, ...]
) -> tuple[dict[str, float], float]:
    """For each nationality of some size, the chance that another of its people bears the same word, given
    that it is rare there; and the same pooled over the nationalities of a naming community, then over all,
    from which each starts.
    """
    n_sets = len(names)
    is_rare = (count < COMMON_MIN_PEOPLE) & (code > 0)
    bearers = np.bincount(code[is_rare], weights=count[is_rare], minlength=n_sets)
    met = np.bincount(code[is_rare], weights=count[is_rare] * (count[is_rare] - 1), minlength=n_sets)
    asked = bearers * np.maximum(people.within - 1, 0)
    n_groups = int(people.group.max(initial=0)) + 1
    met_by_group = np.bincount(people.group, weights=met, minlength=n_groups)
    asked_by_group = np.bincount(people.group, weights=asked, minlength=n_groups)
    whole = (met.sum() + RARE_STRENGTH) / (asked.sum() + RARE_STRENGTH / priors.RARE_WORD_WITHIN)
    by_group = (met_by_group + RARE_STRENGTH) / (asked_by_group + RARE_STRENGTH / whole)
    own = (met + RARE_STRENGTH) / (asked + RARE_STRENGTH / by_group[people.group])
    return {
        name: float(min(own[number], 1.0))
        for number, name in enumerate(names)
        if name and people.is_common[number]
    }, float(min(whole, 1.0))


def _other_words(referrals: Referrals, rows: Int64s) -> dict[str, float]:
    """Words of a name beside the naming one, on the average, of each naming community and of the whole; an
    alias is no word of a name, and an initial none that another word could be.
    """
    bags, names = referrals.names, ("", *referrals.nationality.group_names)
    own = bags.tokens.row[(bags.role != NameRole.ALIAS) & ~_flags(bags.is_initial, bags.tokens.token)]
    words = np.bincount(own, minlength=referrals.n)[rows]
    named = rows[words > 0].astype(np.int32)
    community = pair_community(referrals, named, named)
    others = np.bincount(community, weights=words[words > 0] - 1.0, minlength=len(names))
    people = np.bincount(community, minlength=len(names))
    return means_by_community(others, people, priors.OTHER_WORDS, names[1:])


def stratum_name(community: str, age_group: int) -> str:
    """The stratum of birth years: naming community and age group (0 unknown, 1 child, 2 adult)."""
    return f"{community}|{age_group}"


def _date_shares(
    referrals: Referrals, rows: Int64s
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Shares of birth years by stratum and of kinds of day by community; "" is the whole."""
    birth = referrals.birth
    born, year = _years_of(referrals, rows)
    dated = rows[birth.precision[rows] == DatePrecision.DAY]
    communities = referrals.nationality.group_names
    community_of = referrals.nationality.group[referrals.nationality.by_name]
    community, age_group = community_of[born], referrals.age_group[born]
    newest = int(year.max(initial=2020))
    span = np.arange(newest - OLDEST_YEARS, newest + 1)
    base = np.full(len(span), 1.0 / len(span))
    place = np.clip(year - span[0], 0, len(span) - 1)

    def smoothed(where: Mask, start: Float64s, strength: float) -> Float64s:
        count = np.bincount(place[where], minlength=len(span)) / 2  # each birth is there twice
        # One year's noise is shared with its neighbours: weights 1, 2, 1 over 4.
        even = np.convolve(np.pad(count, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
        return np.asarray((even + strength * start) / (even.sum() + strength), dtype=np.float64)

    whole = smoothed(np.ones(len(born), dtype=bool), base, priors.REFERENCE_STRENGTH)
    by_age = {group: smoothed(age_group == group, whole, SHRINK_PEOPLE) for group in (0, 1, 2)}
    by_year = [str(y) for y in span.tolist()]
    years = {
        stratum_name("", group): dict(zip(by_year, share.tolist(), strict=True))
        for group, share in by_age.items()
    }
    for code, name in enumerate(communities):
        for group in (0, 1, 2):
            share = smoothed((community == code) & (age_group == group), by_age[group], SHRINK_PEOPLE)
            years[stratum_name(name, group)] = dict(zip(by_year, share.tolist(), strict=True))
    return years, _day_shares(birth.default[dated], community_of[dated], communities)


def _years_of(referrals: Referrals, rows: Int64s) -> tuple[Int64s, Int64s]:
    """Of each of some rows whose birth is known to a year or two, by a date or an age, the row twice, with
    the first year that it may be in and the last.
    """
    periods = BirthPeriods.of(referrals)
    known = rows[periods.known[rows] & periods.narrow[rows]]
    ends = np.concatenate([periods.begin[known], periods.end[known]])
    year = ends.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return np.tile(known, 2), year


def _day_shares(
    default: Int8s, community: Int8s, communities: tuple[str, ...]
) -> dict[str, dict[str, float]]:
    """Shares of kinds of day by community; "" is the whole."""
    kinds = len(DefaultDate)
    start = np.array([0.0] + [priors.DEFAULT_DAY_SHARES[kind] for kind in range(1, kinds)])
    start[0] = 1.0 - start.sum()
    count = np.bincount(default, minlength=kinds).astype(float)
    whole = (count + priors.REFERENCE_STRENGTH * start) / (count.sum() + priors.REFERENCE_STRENGTH)
    days = {"": {str(kind): float(whole[kind]) for kind in range(kinds)}}
    for code, name in enumerate(communities):
        count = np.bincount(default[community == code], minlength=kinds).astype(float)
        share = (count + SHRINK_PEOPLE * whole) / (count.sum() + SHRINK_PEOPLE)
        days[name] = {str(kind): float(share[kind]) for kind in range(kinds)}
    return days


def _nationality_shares(
    referrals: Referrals, rows: Int64s, person: Int64s, names: tuple[str, ...]
) -> tuple[dict[str, float], float]:
    """Shares of sets of codes held by `COMMON_MIN_PEOPLE` or more, and the pooled share of any other."""
    rows = rows[referrals.nationality.by_name[rows] != 0]
    code = referrals.nationality.by_name[rows].astype(np.int64)
    count = np.bincount(code, minlength=len(names)).astype(float)
    total = count.sum()
    common = counts_of_people(code, person[rows], len(names)) >= COMMON_MIN_PEOPLE
    rare_count = count[~common & (count > 0)]
    rare_raw = ((rare_count * (rare_count - 1)).sum() + 1) / max(rare_count.sum(), 1) / max(total, 1)
    strength = COMMON_MIN_PEOPLE * 3
    rare = (total * min(rare_raw, 1.0) + strength * 0.02) / (total + strength)
    shares = {
        names[number]: float((count[number] + strength * 0.02) / (total + strength))
        for number in np.flatnonzero(common)
    }
    return shares, float(rare)
