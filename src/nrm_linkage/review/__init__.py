"""What a person should look at, what a human decided, and what it binds."""

from nrm_linkage.review.choosing import review_queue, review_sample
from nrm_linkage.review.decisions import Decisions, read_decisions
from nrm_linkage.review.form import review_form

__all__ = ["Decisions", "read_decisions", "review_form", "review_queue", "review_sample"]
