"""The shapes of the answers of platforms that have too many for their own file: pure readers, nothing else."""
