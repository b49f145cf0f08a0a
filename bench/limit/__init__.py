"""The reference server of bench/load.py: how much of a figure is the machine and PostgreSQL."""
