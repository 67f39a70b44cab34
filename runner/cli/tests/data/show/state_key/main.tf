# The runs have modules of their own.
