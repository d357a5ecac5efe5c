"""`link_referrals`: the whole program on one screen. Each line of `_run` is a room; there is no arithmetic
here.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nrm_linkage.block import candidate_pairs
from nrm_linkage.cluster import follow, people_of
from nrm_linkage.config import LinkageConfig
from nrm_linkage.engines import choose_engine
from nrm_linkage.errors import ConfigError, InputError, NotConvergedWarning
from nrm_linkage.hearing import Progress
from nrm_linkage.model import (
    BoundRarity,
    EstimationReport,
    LinkageModel,
    Sifted,
    compare_plausible,
    count_patterns,
    estimate,
    learn_by_name,
    learn_relatives,
    learn_strangers,
    sifting_floor_bits,
    starting_model,
    weigh,
    with_nationalities_by_name,
)
from nrm_linkage.normalise.referrals import normalise_referrals
from nrm_linkage.progress import Watch, watching
from nrm_linkage.result import Linkage, LinkedRun, Outcome, Since, assemble, since, with_earlier_rows
from nrm_linkage.review import read_decisions
from nrm_linkage.schema import Extended, Recognised, arrange, recognise
from nrm_linkage.tables import Engine, FoundPairs, RawReferrals, Referrals
from nrm_linkage.threads import beside

if TYPE_CHECKING:
    import pandas as pd

    from nrm_linkage.toolkit import FeatureField, IndexRule

__all__ = ["link_referrals"]

STAGES = ("recognise", "normalise", "block", "compare", "estimate", "cluster", "assemble")


def link_referrals(
    referrals: Any,
    *,
    columns: Mapping[str, object] | None = None,
    config: LinkageConfig | None = None,
    model: LinkageModel | None = None,
    decisions: pd.DataFrame | None = None,
    previous: Linkage | None = None,
    index: Any = None,
    compare: Any = None,
    engine: str = "auto",
    progress: Progress | bool | None = None,
) -> Linkage:
    """Find the people who were probably referred more than once.

    Parameters
    ----------
    referrals
        One row a referral, as recorded: a pandas DataFrame, a frame that hands over Arrow (polars, pyarrow,
        duckdb) or a pyspark DataFrame. It is not changed.
    columns
        Canonical field -> the caller's column, for headings that are not recognised by name.
    config
        Settings; the default is right for an extract of NRM referrals.
    model
        A model of an earlier run, to score with instead of estimating one.
    decisions
        Human judgements, one row a pair: `referral_id_l`, `referral_id_r`, `decision` ("same", "different" or
        "unsure"; empty where nobody has decided yet), and, where they are known, `decided_by`, `decided_at`,
        `reason`, which the run keeps. They bind the partition; confidences stay the model's.
    previous
        An earlier result, in memory or loaded: its model scores (unless `model` is given, which then does),
        its referrals are linked with these, its cluster ids live on, its decisions bind on, and `.changes`
        says what became of its clusters. `referrals` may be the new rows or, with
        `LinkageConfig(extract="full")`, all there are; a known id with other values takes their place.
        Rows that are kept stand below yours in `.referrals`. `config`, `index` and `compare` are not taken
        over: pass them again.
    index
        Algorithms of the recordlinkage toolkit to block with beside our own rules: objects of
        `recordlinkage.index`, or a `recordlinkage.Index`. Each runs on your rows in the order of their ids,
        under your headings, and is a blocking rule of its own in `.links` and `.report`.
    compare
        Compared fields of your own, beside ours or in place of some: `nrm_linkage.toolkit.FeatureField`s,
        each made of a feature of `recordlinkage.compare`. What they weigh is learned like any field's. A
        model that was estimated with such fields scores with the same ones only.
    engine
        "auto", "local" or "spark".
    progress
        None shows a bar where a terminal or notebook shows it, False nothing; a callable gets (stage, done,
        total) in stages, and where it has a method `part`, that gets (stage, done, of) within long ones.

    Returns
    -------
    Linkage
        Tables keyed by `referral_id`, the model, the report, and the methods to count, explain, save and
        report.

    Raises
    ------
    InputError
        The referrals or columns cannot be used; the message names the column, the reason and the fix. Or an
        algorithm of `index` or a feature of `compare` failed on them.
    ConfigError
        `config`, `model`, `index` or `compare` is not what it must be, or the fields of `compare` are not
        those of `model`.
    TooManyPairsError
        The blocking rules would make more pairs than the config allows.

    Warns
    -----
    NotConvergedWarning
        The estimation stopped at its iteration limit.

    Examples
    --------
    >>> import pandas as pd
    >>> linkage = link_referrals(
    ...     pd.DataFrame(
    ...         {
    ...             "NRM reference": ["R1", "R2", "R3"],
    ...             "Forename(s)": ["Zamira", "Zamirra", "Ruth"],
    ...             "Surname": ["Testaj", "Testaj", "Example"],
    ...             "DOB": ["14/05/2001", "2001-05-14", "02/02/1990"],
    ...         }
    ...     ),
    ...     progress=False,
    ... )
    >>> linkage.referrals["linkage_status"].tolist()
    ['linked', 'linked', 'single']
    """
    config = LinkageConfig() if config is None else config
    if not isinstance(config, LinkageConfig):
        raise ConfigError("config must be a LinkageConfig, for example LinkageConfig(false_link_cost=4).")
    if model is not None and not isinstance(model, LinkageModel):
        raise ConfigError(
            "model must be a LinkageModel: the .model of an earlier run, or LinkageModel.load(path)."
        )
    if previous is not None and not isinstance(previous, Linkage):
        raise InputError(
            "previous must be a Linkage: what link_referrals gave earlier, or Linkage.load(folder)."
        )
    if model is None and previous is not None:
        model = previous.model
    asked = () if index is None else _asked(index)
    own = () if compare is None else _own_fields(compare)
    if model is not None:
        model.require_extra(tuple(one.definition for one in own))
    with watching(progress, STAGES) as watch:
        return _run(referrals, columns, config, model, decisions, previous, asked, own, engine, watch)


def _run(
    referrals: Any,
    columns: Mapping[str, object] | None,
    config: LinkageConfig,
    model: LinkageModel | None,
    decisions: pd.DataFrame | None,
    previous: Linkage | None,
    asked: Sequence[IndexRule],
    own: tuple[FeatureField, ...],
    engine: str,
    watch: Watch,
) -> Linkage:
    with watch.stage("recognise"):
        mover = choose_engine(engine, referrals)
        referrals, both, raw, known = _rows(mover, referrals, columns, previous, config)
        frame, recognised = both.frame, both.recognised
        judged = read_decisions(decisions, raw, known.judged)
    with watch.stage("normalise"):
        normalised = normalise_referrals(raw, config)
        rows, config = normalised.referrals, replace(config, latest_date=normalised.latest_date)
        rows = _with_own(own, rows, frame, raw, recognised) if own else rows
    with watch.stage("block"):
        others = _found(asked, frame, raw) if asked else ()
        # What may be learned before any pair is compared is learned meanwhile.
        candidates, (rows, start, rarity) = beside(
            lambda: candidate_pairs(rows, config, found=others, counter=watch.counter),
            lambda: _bound(rows, model, config, own),
        )
    with watch.stage("compare"):
        floor_bits = sifting_floor_bits(config, is_estimated=model is not None)
        of_pairs = (rows, candidates, start, rarity, floor_bits, config.chunk_pairs)
        sifted = compare_plausible(*of_pairs, watch.counter(len(candidates)))
    with watch.stage("estimate"):
        model, estimation = (model, None) if model else _estimated(rows, sifted, start, config)
        weighed = weigh(rows, sifted, model, rarity, config)
        model, leeway, pairs, unseen = weighed.model, weighed.leeway, weighed.pairs, weighed.unseen
        del sifted, weighed  # the largest tables of a run
    with watch.stage("cluster"):
        found = (rows, candidates, pairs, unseen, model, leeway, rarity, judged.pairs, config)
        people = people_of(*found, watch.counter)
        line = follow(people.partition, rows, known.earlier)
    with watch.stage("assemble"):
        linkage = assemble(
            LinkedRun(
                *(frame, recognised, config, raw, rows, people.partition, people.unjudged),
                *(line.cluster_id, others, line.past_ids, judged),
            ),
            Outcome(
                *(model, normalised, candidates, pairs, unseen, people, estimation),
                *(judged.notes, line.changes, rarity.tables, known.counts, known.notes),
            ),
            give_back=lambda added: mover.with_columns(referrals, frame, added),
        )
    return replace(linkage, report=replace(linkage.report, seconds=watch.seconds))


def _rows(
    mover: Engine,
    referrals: Any,
    columns: Mapping[str, object] | None,
    previous: Linkage | None,
    config: LinkageConfig,
) -> tuple[Any, Extended, RawReferrals, Since]:
    """The rows given and those of the previous run that are kept, and what is known from that run."""
    run, frame = previous.run if previous is not None else None, mover.to_pandas(referrals)
    both = with_earlier_rows(frame, recognise(frame, columns), run, config)
    raw = arrange(both.frame, both.recognised)
    return mover.with_rows(referrals, both.frame), both, raw, since(run, both, raw, config)


def _asked(index: Any) -> Sequence[IndexRule]:
    from nrm_linkage.toolkit import index_rules

    return index_rules(index)


def _own_fields(compare: Any) -> tuple[FeatureField, ...]:
    from nrm_linkage.toolkit import feature_fields

    return feature_fields(compare)


def _with_own(
    own: tuple[FeatureField, ...],
    rows: Referrals,
    frame: pd.DataFrame,
    raw: RawReferrals,
    recognised: Recognised,
) -> Referrals:
    """The rows with what compares them in the caller's own fields."""
    from nrm_linkage.toolkit import feature_levels

    return replace(rows, extra=feature_levels(own, frame, raw, recognised))


def _found(asked: Sequence[IndexRule], frame: pd.DataFrame, raw: RawReferrals) -> tuple[FoundPairs, ...]:
    from nrm_linkage.toolkit import found_pairs

    return found_pairs(asked, frame, raw)


def _bound(
    rows: Referrals, model: LinkageModel | None, config: LinkageConfig, own: tuple[FeatureField, ...]
) -> tuple[Referrals, LinkageModel, BoundRarity]:
    """The rows with the nationalities that their names are of; the model that pairs are sifted under, which
    is the one given or else that which estimation starts from; and its frequencies bound to the rows.
    """
    if model is None:
        return _starting_point(rows, config, own)
    rows = with_nationalities_by_name(rows, model.frequencies)
    return rows, model, BoundRarity(model.frequencies, rows)


def _starting_point(
    rows: Referrals, config: LinkageConfig, own: tuple[FeatureField, ...]
) -> tuple[Referrals, LinkageModel, BoundRarity]:
    """The rows as `_bound` gives them; frequencies and u of the data, shipped m; and the frequencies bound to
    the rows, which estimation does not change.
    """
    rows, frequencies = learn_by_name(rows)
    start = starting_model(
        frequencies,
        int(rows.linkable.sum()),
        config.prior_repeats_per_referral,
        config.prior_strength_referrals,
    )
    rarity = BoundRarity(start.frequencies, rows)
    extra = [one.definition for one in own]
    start = learn_strangers(rows, start, config.chunk_pairs, extra, rarity)
    rarity = rarity.with_accidents(start.frequencies)
    return rows, learn_relatives(rows, start, rarity, config.chunk_pairs), rarity


def _estimated(
    rows: Referrals, sifted: Sifted, start: LinkageModel, config: LinkageConfig
) -> tuple[LinkageModel, EstimationReport]:
    pairs = sifted.pairs
    patterns = count_patterns(rows, pairs.left, pairs.right, sifted.comparisons, sifted.weight_bits, start)
    model, report = estimate(patterns, start, rows.nationality.group_names, config)
    if not report.converged:
        warnings.warn(
            f"the estimation did not converge: {report.stopped_because}. "
            "Raise em_max_iterations, and see .report.estimation.",
            NotConvergedWarning,
            stacklevel=4,
        )
    return model, report
