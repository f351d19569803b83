"""`python -m hbgui`."""

import sys

from hbgui.app import main

if __name__ == "__main__":
    sys.exit(main())
