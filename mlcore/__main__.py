"""`python -m mlcore check | train | card | predict | evaluate | made-up`: the whole library from a terminal."""

import sys
from collections.abc import Sequence

from mlcore.console.commands import run
from mlcore.errors import MLError, SchemaMismatch

FAILED, BROKEN_OFF = 2, 130


def main(arguments: Sequence[str]) -> int:
    """What the program returns to the shell; whatever goes wrong is told in a sentence."""
    try:
        return run(arguments)
    except SchemaMismatch as error:
        print(*error.faults, sep="\n", file=sys.stderr)
    except MLError as error:
        print(f"{error}", file=sys.stderr)
    except OSError as error:
        print(f"{error.filename or 'Reading or writing'}: {error.strerror or error}.", file=sys.stderr)
    except KeyboardInterrupt:
        return BROKEN_OFF
    return FAILED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
