"""Which model is judged how."""

from __future__ import annotations

import pytest

from inference_sidecar import prompts
from inference_sidecar.assessment.judge import Thresholds
from inference_sidecar.engine import ModelInfo
from inference_sidecar.strategies import billions, judge_strategy, strategy_for


def info(model: str) -> ModelInfo:
    return ModelInfo(model=model, context_length=8192, engine="vllm", engine_version="0")


@pytest.mark.parametrize(
    "model,method,guess",
    [
        ("SmolLM2-135M-Instruct", "retrieval", True),
        ("Qwen2.5-Coder-0.5B-Judge", "judge", False),
        ("Qwen/Qwen2.5-0.5B-Instruct", "retrieval", True),
        ("Qwen/Qwen2.5-7B-Instruct", "rubric", False),
        ("meta-llama/Llama-3.3-70B-Instruct", "rubric", False),
        ("Qwen/Qwen3-30B-A3B", "rubric", False),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", "rubric", False),
        ("mistralai/Codestral-22B-v0.1", "rubric", False),
        ("our-own-model", "retrieval", True),
    ],
)
def test_the_method_follows_what_was_measured_and_else_the_size_in_the_name(model, method, guess):
    strategy = strategy_for(info(model))

    assert (strategy.method, strategy.guess) == (method, guess)


def test_a_named_strategy_is_used_whatever_the_model():
    assert strategy_for(info("our-own-model"), named="rubric").method == "rubric"


def test_sizes():
    assert billions("SmolLM2-135M-Instruct") == 0.135
    assert billions("Qwen2.5-1.5B") == 1.5
    assert billions("Qwen3-30B-A3B") == 30
    assert billions("model-v2") is None


def test_a_changed_constant_is_another_version():
    one = judge_strategy({"en": Thresholds(0.5, 0.5, 0.5, 0.5)})
    other = judge_strategy({"en": Thresholds(0.6, 0.5, 0.5, 0.5)})

    assert one.prompt_version.startswith("judge-")
    assert (
        one.prompt_version == judge_strategy({"en": Thresholds(0.5, 0.5, 0.5, 0.5)}).prompt_version
    )
    assert one.prompt_version != other.prompt_version


def test_a_changed_prompt_file_is_another_version(tmp_path, monkeypatch):
    monkeypatch.setattr(prompts, "_FOLDER", tmp_path)
    versions = []
    for text in ("Judge it.", "Judge it well."):
        (tmp_path / "rubric_judge.en.v1.txt").write_text(text)
        prompts.load.cache_clear()
        versions.append(prompts.digest("rubric_judge"))
    prompts.load.cache_clear()

    assert versions[0] != versions[1]


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
