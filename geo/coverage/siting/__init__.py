"""Where the next places should go: optimisation on what each candidate reaches; it knows no streets."""
