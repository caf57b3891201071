"""`make demo`: set up what is missing, then run the site until Ctrl-C.

The first half needs nothing but Python; it then becomes scripts/run_demo.py in .venv.
"""

from __future__ import annotations

import argparse
import os

from inference_sidecar.packaged.models import GB, PackagedModel

from . import models, preflight, setup


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.demo", description="Run the demo.")
    parser.add_argument("--port", type=int, default=8000, help="where the site answers")
    parser.add_argument(
        "--model", default="", help="135M, 0.5B (the default), 1.5B, a folder or a name on the hub"
    )
    options = parser.parse_args()
    port = options.port
    with setup.one_sentence_for_problems():
        preflight.check_platform()
        preflight.check_port(port)
        model = models.choose(options.model)
        if os.environ.get("INFERENCE_URL"):
            # A model server that runs elsewhere: nothing to build for one here.
            setup.prepare([setup.site_environment()])
        else:
            preflight.check_model_server_needs()
            packaged = model if isinstance(model, PackagedModel) else None
            if packaged:
                preflight.check_memory(packaged)
            environments = [setup.site_environment(), setup.sidecar_environment()]
            setup.prepare(environments, model=packaged)
        preflight.check_disk(setup.ROOT, GB // 5)
    if isinstance(model, PackagedModel):
        model = str(setup.model_folder(model))
    python = str(setup.site_environment().python)
    os.chdir(setup.ROOT)
    os.execv(python, [python, "-m", "scripts.run_demo", str(port), model])


if __name__ == "__main__":
    main()
