#!/usr/bin/env python3
"""Play real edits through a running server, then check all that it remembers: bench/README.md."""

import sys

from replaying.command import main

if __name__ == "__main__":
    sys.exit(main())
