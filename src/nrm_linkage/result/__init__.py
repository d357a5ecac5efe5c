"""`Linkage`: the tables of a run, and what can be asked of them."""

from nrm_linkage.result.assemble import assemble
from nrm_linkage.result.linkage import Linkage
from nrm_linkage.result.previous import Since, since, with_earlier_rows
from nrm_linkage.result.run import LinkedRun, Outcome

__all__ = ["Linkage", "LinkedRun", "Outcome", "Since", "assemble", "since", "with_earlier_rows"]
