"""The weekly report: a page, its paper, a spreadsheet, a short mail, a page for each unit, and the index."""

from reports.weekly.site import Written, week

__all__ = ["Written", "week"]
