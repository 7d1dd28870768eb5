"""Every speed and memory claim of CityDesk, measured here and now: `make bench`, or `python -m benchmarks --help`."""
