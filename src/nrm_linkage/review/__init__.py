"""What a person should look at, what a human decided, and what it binds."""

from nrm_linkage.review.choosing import review_queue, review_sample
from nrm_linkage.review.decisions import Decisions, read_decisions

__all__ = ["Decisions", "read_decisions", "review_queue", "review_sample"]
