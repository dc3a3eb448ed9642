"""What a process has already loaded from which the suite's commands are forked (`commands.py`)."""

import pandas  # noqa: F401
import twoschools

import crawlers.platforms  # noqa: F401
import reports.weekly.site  # noqa: F401
import schedules.cli  # noqa: F401

# The tables of characters, sounds and competing names, which every matcher reads.
list(twoschools.watching().matches(["云岭大学"]))
