"""`make demo`: set up what is missing, then run the site until Ctrl-C.

The first half needs nothing but Python; it then becomes scripts/run_demo.py in .venv.
"""

from __future__ import annotations

import argparse
import os

from . import preflight, setup


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.demo", description="Run the demo.")
    parser.add_argument("--port", type=int, default=8000, help="where the site answers")
    port = parser.parse_args().port
    with setup.one_sentence_for_problems():
        preflight.check_platform()
        preflight.check_port(port)
        if os.environ.get("INFERENCE_URL"):
            # A model server that runs elsewhere: nothing to build for one here.
            setup.prepare([setup.site_environment()], model=False)
        else:
            preflight.check_model_server_needs()
            setup.prepare([setup.site_environment(), setup.sidecar_environment()])
        preflight.check_disk(setup.ROOT, preflight.GB // 5)
    python = str(setup.site_environment().python)
    os.chdir(setup.ROOT)
    os.execv(python, [python, "-m", "scripts.run_demo", str(port)])


if __name__ == "__main__":
    main()
