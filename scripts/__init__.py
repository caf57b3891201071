"""How Ssammu is set up, started and tested. `make` calls these modules.

Until the environments exist only Python's own library is there, so this file and
those that `scripts.setup` imports use nothing else.
"""

import sys

# Checked here, before a newer syntax or a missing module could end in a traceback.
if sys.version_info[:2] != (3, 11):
    sys.exit(
        "Ssammu needs Python 3.11 and this is {}.{}; install it, or name it: "
        "make demo PYTHON=/path/to/python3.11".format(*sys.version_info[:2])
    )
