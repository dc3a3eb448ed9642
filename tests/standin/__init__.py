"""Four platforms played from their documented shapes alone: an opinion of its own, sharing no line with the program."""
