"""What the service costs, measured: `python -m benchmarks`. See the README here."""
