"""python -m neofi.embedded discard FOLDER: stop the server in it and remove its data (bin/test)."""

import sys
from pathlib import Path

from .errors import EmbeddedPostgresError
from .server import Server


def main(arguments: list[str]) -> str | None:
    if len(arguments) != 2 or arguments[0] != "discard":
        return __doc__
    try:
        if Path(arguments[1]).exists():
            Server(Path(arguments[1])).discard()
    except EmbeddedPostgresError as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
