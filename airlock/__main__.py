"""``python -m airlock`` is ``airlock``."""

import sys

from airlock.cli import main

if __name__ == "__main__":
    sys.exit(main())
