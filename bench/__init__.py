"""The benchmark behind `./desk bench`: floors of the machine and figures of the product, measured in one run and printed as ratios.

Nothing here is a test; what must always hold (commits, statements, rows, bytes) is counted in tests/. The workloads are explained in
docs/explanation/benchmark.md.
"""
