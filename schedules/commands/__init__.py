"""The commands, by what they are about: the night, the cases, looking at pages and names, the records."""
