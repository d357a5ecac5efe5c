"""Which pairs of a run a person should look at."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.explain.evidence import RECORDED_IN
from nrm_linkage.explain.pair import Show, check_show
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT, id_hashes
from nrm_linkage.result.decided import decisions_table
from nrm_linkage.result.holding import LinkageTables
from nrm_linkage.review import review_form, review_queue, review_sample

__all__ = ["Reviewing"]

JUDGED_BY = ("referral_date", *dict.fromkeys(itertools.chain.from_iterable(RECORDED_IN.values())))
"""What a person sees of two referrals to judge by: the fields that are evidence about the person."""


class Reviewing(LinkageTables):
    """Pairs for clerical review, by id; what the reviewer says comes back through `decisions=`."""

    def decisions(self, show: Show = "shapes") -> pd.DataFrame:
        """What humans decided of this run's referrals, in it and in the runs before it.

        Parameters
        ----------
        show
            "values": with who decided, when and why as recorded. They are values: the one names a person,
            the others are free text.

        Returns
        -------
        DataFrame
            One row a decision: `referral_id_l`, `referral_id_r` (of technical duplicates what they repeat),
            `decision` ("same", "different", "unsure"), `standing` ("binds"; "unsure"; "contradicted": it
            contradicts others and binds nothing; "superseded": decided again in a later run), `decided_on`
            (datetime64[s]; NaT where no day is recorded or it cannot be read), `who_recorded`,
            `why_recorded` (bool); with values also `decided_by`, `decided_at`, `reason`, as text, None where
            missing. A decision is there as long as both its referrals are.

        Raises
        ------
        InputError
            `show` is not "values", "shapes" or "none".
        """
        check_show(show)
        table = decisions_table(self.run, None, values=show == "values")
        table.attrs["caveat"] = HOME_OFFICE_CAVEAT
        return table

    def review_queue(self, n: int = 100) -> pd.DataFrame:
        """The pairs whose decision is least certain, the one that may cost most first.

        Pairs that a human judged, directly, are left out.

        Parameters
        ----------
        n
            How many; all where there are fewer.

        Returns
        -------
        DataFrame
            One row a pair: `referral_id_l`, `referral_id_r`, `same_cluster` (the decision),
            `same_person_probability`, `match_weight_bits`, `level_<field>`, `found_by`, `expected_cost` (the
            probability that the decision is wrong, times what it would cost, a missed link costing 1). No
            value of a record. `review_form` makes a form of it, which comes back as `decisions=`. It says
            nothing of how good the run is: see `review_sample`.

        Raises
        ------
        InputError
            `n` is not a whole number from 1 up.
        """
        judged = np.concatenate(self.run.judged.pairs)
        ids = self.run.referrals.referral_id
        known = set(zip(ids[judged[:, 0]], ids[judged[:, 1]], strict=True))
        pairs = zip(self.links["referral_id_l"], self.links["referral_id_r"], strict=True)
        is_open = np.array([pair not in known for pair in pairs], dtype=bool)
        return review_queue(self.links[is_open], n, self.run.config.false_link_cost)

    def review_sample(self, n: int = 200, seed: int = 0) -> pd.DataFrame:
        """A random sample of pairs for clerical review, from which rates of the run can be estimated.

        Pairs are drawn within strata of same-person probability, linked and not linked apart; more are drawn
        where the model is less sure. The same seed draws the same pairs, whatever the order of rows.

        Parameters
        ----------
        n
            How many; all where there are fewer. At least two come from every stratum that has them and that
            `n` leaves room for.
        seed
            For the draw; another one gives another sample.

        Returns
        -------
        DataFrame
            The columns of `review_queue` but the last, and `stratum`, `stratum_size` (pairs in the run),
            `sampling_weight` (pairs of the run that each stands for; they sum to the pairs of the strata
            drawn from). In random order. Whoever judges should see the ids alone: probabilities and levels
            would lead him.

        Raises
        ------
        InputError
            `n` is not a whole number from 1 up, or `seed` not from 0 up.
        """
        hashes = tuple(id_hashes(self.links[f"referral_id_{side}"].to_numpy(dtype=object)) for side in "lr")
        return review_sample(self.links, hashes, n, seed)

    def review_form(self, pairs: pd.DataFrame, show: Show = "shapes") -> pd.DataFrame:
        """Pairs as a form for a person to fill in and to give back as `decisions=`.

        Parameters
        ----------
        pairs
            Those to decide: a review queue or sample, or rows of `.links`; of a sample pass the two id
            columns alone, or the run leads whoever decides.
        show
            "values": with what both records hold, field by field. It is victims' data.

        Returns
        -------
        DataFrame
            One row a pair: `referral_id_l`, `referral_id_r`; `decision`, `decided_by`, `decided_at`,
            `reason`, all empty; with values `<field>_l`, `<field>_r` (text as recorded) of the day of
            referral and of every recognised field that is evidence about the person; then the other columns
            of `pairs`.

        Raises
        ------
        InputError
            `pairs` has no ids, or an id that is not among the referrals; `show` is not "values", "shapes" or
            "none".
        """
        check_show(show)
        sides = [f"referral_id_{side}" for side in "lr"]
        if not {*sides} <= {*pairs.columns}:
            raise InputError(f"review_form takes pairs with the columns {' and '.join(sides)}.")
        rows = [pairs[side].map(self._by_id) for side in sides]
        n_unknown = int(sum(of.isna().sum() for of in rows))
        if n_unknown:
            raise InputError(f"review_form: {n_unknown} ids of the pairs are not among the referrals.")
        recorded = self.run.raw.columns if show == "values" else {}
        shown = {name: recorded[name] for name in JUDGED_BY if name in recorded}
        left, right = (of.to_numpy(dtype=np.int64) for of in rows)
        form = review_form(pairs, shown, (left, right))
        form.attrs["caveat"] = HOME_OFFICE_CAVEAT
        return form
