"""`manage.py serve` that a Ctrl-C ends in order from its first moment on."""

import os
import signal
import sys
from pathlib import Path

# While modules are being imported there is nothing to tidy up yet, and a KeyboardInterrupt would
# get lost in the first `except:` of somebody's library. The command sets handlers of its own.
signal.signal(signal.SIGINT, signal.SIG_DFL)

ROOT = Path(__file__).resolve().parent.parent


def main():
    sys.path[0] = str(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "neofi.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", "serve", *sys.argv[1:]])


if __name__ == "__main__":
    main()
