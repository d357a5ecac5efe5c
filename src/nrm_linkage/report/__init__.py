"""What a policy reader wants: counts of people with ranges, the record of a run, and its page."""

from nrm_linkage.report.record import LinkageReport
from nrm_linkage.report.repeats import CountedRows, repeat_referrals

__all__ = ["CountedRows", "LinkageReport", "repeat_referrals"]
