"""The room that says when: night, week, clock, config, command line."""
