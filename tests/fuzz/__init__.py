"""Changed inputs without end: `python tests/fuzz MINUTES`, outside the suite; see docs/faults.md."""
