#!/usr/bin/env python3
"""Measure what each request costs in a large world, and in a hundredth of it: bench/README.md."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # In place of this folder: the server's own PostgreSQL is started by a module of neofi.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    from bench.growing.command import main

    sys.exit(main())
