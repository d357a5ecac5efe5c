"""Who moves the rows: reads the caller's frame and gives the result back as his kind.

Only `link` names an engine.
"""

from nrm_linkage.engines.choose import choose_engine

__all__ = ["choose_engine"]
