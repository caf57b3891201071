"""The judge while it learns: a frozen model, a low-rank change, and examples packed for both.

The change is LoRA (Hu et al. 2021, arXiv:2106.09685). The model's upper layers are left
out: what decides a verdict is there after three quarters of them, and both learning and
judging cost that much less.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional
from transformers import AutoModelForCausalLM, AutoTokenizer

from inference_sidecar.assessment.judging import (
    IGNORES,
    VERDICTS,
    answer_part,
    claim_part,
    place_part,
)
from inference_sidecar.assessment.passages import LETTERS
from tools.judge.examples import Example

RANK = 8
# What LoRA calls alpha / rank.
SCALE = 2.0
LAYERS = 18
# Below, the model reads words; nothing of judging is learned there.
FIRST_LAYER = 4
ADAPTED = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class LowRank(torch.nn.Module):
    """A frozen linear layer plus a change of rank ``RANK``, zero at first."""

    def __init__(self, base: torch.nn.Linear) -> None:
        super().__init__()
        self.base = base
        spread = 1 / math.sqrt(base.in_features)
        self.down = torch.nn.Parameter(torch.randn(RANK, base.in_features) * spread)
        self.up = torch.nn.Parameter(torch.zeros(base.out_features, RANK))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        narrow = functional.linear(values, self.down.to(values.dtype))
        changed: torch.Tensor = self.base(values) + SCALE * functional.linear(
            narrow, self.up.to(values.dtype)
        )
        return changed


@dataclass(frozen=True, slots=True)
class Packed:
    """Several examples as one sequence. Of each, the answer stands once, then each claim as
    a branch that sees the answer and itself, as if it stood right behind it."""

    ids: torch.Tensor
    """(1, tokens)"""
    positions: torch.Tensor
    """(1, tokens)"""
    mask: torch.Tensor
    """(1, 1, tokens, tokens), added to the attention's scores."""
    verdict_at: list[int]
    verdicts: torch.Tensor
    """(claims,): which of VERDICTS."""
    place_at: list[int]
    places: torch.Tensor
    """(claims that have one,): which passage."""
    passages: torch.Tensor
    """(claims that have one,): how many there are to choose from."""


@dataclass(frozen=True, slots=True)
class Logits:
    verdicts: torch.Tensor
    """(claims, 4)"""
    places: torch.Tensor
    """(claims that have a place, 26), minus infinity where there is no passage"""


class Learner:
    """A model folder with a low-rank change that can be taught, kept and taken up again."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
        self.model.model.layers = self.model.model.layers[:LAYERS]
        self.model.config.num_hidden_layers = LAYERS
        for parameter in self.model.parameters():
            parameter.requires_grad_(False)
        self.changes = dict(self._adapt())
        self.verdict_ids = [self._only(word) for word in VERDICTS]
        self.letter_ids = [self._only(letter) for letter in LETTERS]
        head = self.model.lm_head.weight.detach()
        self.verdict_rows = torch.nn.Parameter(head[self.verdict_ids].float())
        self.letter_rows = torch.nn.Parameter(head[self.letter_ids].float())

    def _adapt(self) -> Any:
        for index, layer in enumerate(self.model.model.layers):
            for parent in ("self_attn", "mlp") if index >= FIRST_LAYER else ():
                module = getattr(layer, parent)
                for name in ADAPTED:
                    if hasattr(module, name):
                        change = LowRank(getattr(module, name))
                        setattr(module, name, change)
                        yield f"model.layers.{index}.{parent}.{name}", change

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False)
        return ids

    def _only(self, word: str) -> int:
        [token] = self._encode(word)
        return token

    @property
    def change_parameters(self) -> list[torch.nn.Parameter]:
        return [part for change in self.changes.values() for part in (change.down, change.up)]

    @property
    def row_parameters(self) -> list[torch.nn.Parameter]:
        return [self.verdict_rows, self.letter_rows]

    def save(self, path: Path) -> None:
        """The change as safetensors in bfloat16: W += B @ A, and the head's own rows."""
        tensors = {
            "lm_head.rows": torch.cat([self.verdict_rows, self.letter_rows]).detach(),
        }
        for name, change in self.changes.items():
            tensors[f"{name}.lora_A.weight"] = change.down.detach()
            tensors[f"{name}.lora_B.weight"] = change.up.detach() * SCALE
        kept = {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in tensors.items()}
        kept["lm_head.row_ids"] = torch.tensor(self.verdict_ids + self.letter_ids)
        save_file(kept, path, metadata={"layers": str(LAYERS)})

    def restore(self, path: Path) -> None:
        tensors = load_file(path)
        for name, change in self.changes.items():
            change.down.data.copy_(tensors[f"{name}.lora_A.weight"])
            change.up.data.copy_(tensors[f"{name}.lora_B.weight"].float() / SCALE)
        rows = tensors["lm_head.rows"].float()
        self.verdict_rows.data.copy_(rows[: len(VERDICTS)])
        self.letter_rows.data.copy_(rows[len(VERDICTS) :])

    def pack(self, examples: Sequence[Example]) -> Packed:
        ids: list[int] = []
        positions: list[int] = []
        whole: list[int] = []
        branch: list[int] = []
        verdict_at: list[int] = []
        verdicts: list[int] = []
        place_at: list[int] = []
        places: list[int] = []
        passages: list[int] = []
        for index, example in enumerate(examples):
            begin = self._encode(answer_part(example.question, example.passages))
            tails = [(0, begin)]
            for number, claim in enumerate(example.claims, 1):
                tail = self._encode(claim_part(claim.text, claim.mistake))
                at = len(ids) + sum(len(one) for _, one in tails) + len(tail) - 1
                verdict_at.append(at)
                verdicts.append(VERDICTS.index(claim.verdict))
                if claim.place is not None and claim.verdict != IGNORES:
                    pointer = self._encode(place_part(claim.verdict))
                    tail = tail + pointer
                    place_at.append(at + len(pointer))
                    places.append(claim.place)
                    passages.append(len(example.passages))
                tails.append((number, tail))
            for number, tail in tails:
                first = len(begin) if number else 0
                positions += range(first, first + len(tail))
                branch += [number] * len(tail)
                whole += [index] * len(tail)
                ids += tail
        return Packed(
            torch.tensor([ids]),
            torch.tensor([positions]),
            _mask(torch.tensor(whole), torch.tensor(branch)),
            verdict_at,
            torch.tensor(verdicts),
            place_at,
            torch.tensor(places, dtype=torch.long),
            torch.tensor(passages, dtype=torch.long),
        )

    def logits(self, packed: Packed) -> Logits:
        hidden = self.model.model(
            input_ids=packed.ids,
            position_ids=packed.positions,
            attention_mask=packed.mask,
            use_cache=False,
        ).last_hidden_state[0]
        letters = hidden[packed.place_at].float() @ self.letter_rows.T
        absent = torch.arange(len(LETTERS))[None, :] >= packed.passages[:, None]
        return Logits(
            hidden[packed.verdict_at].float() @ self.verdict_rows.T,
            letters.masked_fill(absent, -math.inf),
        )


def _mask(whole: torch.Tensor, branch: torch.Tensor) -> torch.Tensor:
    before = torch.ones(len(branch), len(branch), dtype=torch.bool).tril()
    shared = (branch[None, :] == 0) | (branch[:, None] == branch[None, :])
    sees = before & shared & (whole[:, None] == whole[None, :])
    hidden = torch.finfo(torch.bfloat16).min
    return torch.zeros(sees.shape, dtype=torch.bfloat16).masked_fill(~sees, hidden)[None, None]
