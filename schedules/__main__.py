"""`python -m schedules` is `xunjian`."""

from schedules.cli import main

main()
