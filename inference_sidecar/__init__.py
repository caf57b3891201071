"""The inference sidecar: feedback on interview answers from a vLLM in this process."""
