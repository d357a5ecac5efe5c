"""What a human decided, and what it binds."""

from nrm_linkage.review.decisions import Decisions, read_decisions

__all__ = ["Decisions", "read_decisions"]
