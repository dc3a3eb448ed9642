"""The scripts that compute the shipped tables; the program itself never runs them."""
