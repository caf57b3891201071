"""Which model is judged how."""

from __future__ import annotations

import pytest

from inference_sidecar.engine import ModelInfo
from inference_sidecar.strategies import billions, strategy_for


def info(model: str) -> ModelInfo:
    return ModelInfo(model=model, context_length=8192, engine="vllm", engine_version="0")


@pytest.mark.parametrize(
    "model,method",
    [
        ("SmolLM2-135M-Instruct", "signals-1"),
        ("Qwen/Qwen2.5-0.5B-Instruct", "signals-1"),
        ("Qwen/Qwen2.5-7B-Instruct", "rubric-1"),
        ("meta-llama/Llama-3.3-70B-Instruct", "rubric-1"),
        ("Qwen/Qwen3-30B-A3B", "rubric-1"),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", "rubric-1"),
        ("our-own-model", "signals-1"),
    ],
)
def test_the_method_follows_the_size_in_the_name(model, method):
    assert strategy_for(info(model)).method == method


def test_sizes():
    assert billions("SmolLM2-135M-Instruct") == 0.135
    assert billions("Qwen2.5-1.5B") == 1.5
    assert billions("model-v2") is None


def test_prompt_versions_are_told():
    assert strategy_for(info("Qwen3-32B")).prompt_versions() == {
        "prose_free.en": "v1",
        "prose_free.ko": "v1",
        "rubric_judge.en": "v1",
        "rubric_judge.ko": "v1",
        "summary_map.en": "v1",
        "summary_map.ko": "v1",
        "summary_reduce.en": "v1",
        "summary_reduce.ko": "v1",
    }
