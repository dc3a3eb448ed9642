"""The search spider: the canary word, then the words of the night."""

from __future__ import annotations

from crawlers.spiders.accounts import Accounts


class Searches(Accounts):
    """Walks the search errands of the same patrol, with the same budget, breaker and clock."""

    name = "searches"
    searches = True
