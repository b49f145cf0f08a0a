#!/usr/bin/env python3
"""Measure what each means of being fast gains, by doing without it: bench/README.md."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    from bench.gaining.command import main

    sys.exit(main())
