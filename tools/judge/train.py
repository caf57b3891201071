"""Teach a small model to judge, on a CPU, from the labelled answers in the repository.

    python -m tools.judge.train MODEL_FOLDER ADAPTER.safetensors [--minutes 60] [--all]

MODEL_FOLDER is the prepared model without a change. The questions of ``HELD_OUT`` are not
taught, and measured at the end, unless ``--all`` is given. ``--start`` goes on from an
adapter. bfloat16 wants a processor that multiplies it (AMX or AVX-512): elsewhere this
takes days.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional

from inference_sidecar.evaluation import labelled
from tools.judge.examples import Example, Sampler
from tools.judge.measure import Measured, measure, report
from tools.judge.model import Learner

# An answer's claims mostly share a verdict: a step needs several answers.
EXAMPLES_A_STEP = 12
EXAMPLES_AT_ONCE = 4
LEARNING_RATE = 3e-4
WARM_UP_STEPS = 8
LOWEST_SHARE_OF_RATE = 0.03
CLAIMS_AN_ANSWER = 5
# Pointing at a passage is easier than judging it.
PLACE_WEIGHT = 0.2
SAY_EVERY_STEPS = 5
KEEP_EVERY_STEPS = 10


@dataclass(slots=True)
class Tally:
    """What the last steps were like."""

    loss: float = 0.0
    examples: int = 0
    right: int = 0
    claims: int = 0
    tokens: int = 0

    def __str__(self) -> str:
        loss = self.loss / max(1, self.examples)
        right = self.right / max(1, self.claims)
        return f"loss {loss:.3f}  right {right:.3f}  {self.tokens} tokens"


def teach(
    learner: Learner,
    examples: Iterator[Example],
    kept: Path,
    *,
    seconds: float,
    share: float,
    rate: float = LEARNING_RATE,
) -> None:
    """Steps of AdamW under a cosine, for so long, kept as they come; ``share`` leaves the
    rest of the time to others on the machine."""
    optimizer = torch.optim.AdamW(
        [
            {"params": learner.change_parameters, "weight_decay": 0.01},
            {"params": learner.row_parameters, "weight_decay": 0.0},
        ],
        betas=(0.9, 0.98),
    )
    parameters = learner.change_parameters + learner.row_parameters
    started = time.monotonic()
    tally = Tally()
    learner.model.train()
    for step in itertools.count(1):
        began = time.monotonic()
        if began - started >= seconds:
            break
        for group in optimizer.param_groups:
            group["lr"] = rate * share_of_rate(step, (began - started) / seconds)
        chosen = list(itertools.islice(examples, EXAMPLES_A_STEP))
        # Those of like length together: few long sequences cost less than many short ones.
        for at in range(0, len(chosen), EXAMPLES_AT_ONCE):
            learn(learner, chosen[at : at + EXAMPLES_AT_ONCE], tally)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        time.sleep((time.monotonic() - began) * (1 / share - 1))
        if step % SAY_EVERY_STEPS == 0:
            print(f"{time.monotonic() - started:5.0f} s  step {step}  {tally}", flush=True)
            tally = Tally()
        if step % KEEP_EVERY_STEPS == 0:
            learner.save(kept)
    learner.save(kept)


def learn(learner: Learner, examples: Sequence[Example], tally: Tally) -> None:
    packed = learner.pack(examples)
    logits = learner.logits(packed)
    loss = functional.cross_entropy(logits.verdicts, packed.verdicts)
    if packed.place_at:
        loss = loss + PLACE_WEIGHT * functional.cross_entropy(logits.places, packed.places)
    (loss * len(examples) / EXAMPLES_A_STEP).backward()
    tally.loss += float(loss.detach()) * len(examples)
    tally.examples += len(examples)
    tally.right += int((logits.verdicts.argmax(-1) == packed.verdicts).sum())
    tally.claims += len(packed.verdicts)
    tally.tokens += packed.ids.shape[1]


def share_of_rate(step: int, spent: float) -> float:
    warm = min(1.0, step / WARM_UP_STEPS)
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, spent)))
    return warm * max(LOWEST_SHARE_OF_RATE, cosine)


def endless(sampler: Sampler) -> Iterator[Example]:
    while True:
        yield from sampler.epoch(CLAIMS_AN_ANSWER)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.judge.train")
    parser.add_argument("model", type=Path)
    parser.add_argument("adapter", type=Path)
    parser.add_argument("--start", type=Path, help="an adapter to go on from")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument(
        "--rate", type=float, default=LEARNING_RATE, help="lower where it goes on from one"
    )
    parser.add_argument("--share", type=float, default=1.0, help="of the time, for this alone")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--all", action="store_true", help="teach the held-out questions, too")
    parser.add_argument("--measured", type=Path, help="where to keep the held-out verdicts")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    questions, answers = labelled.load_questions(), labelled.load_answers()
    held_out = frozenset() if options.all else labelled.HELD_OUT
    learner = Learner(options.model)
    if options.start:
        learner.restore(options.start)
    sampler = Sampler(
        {slug: question for slug, question in questions.items() if slug not in held_out},
        [answer for answer in answers if answer.question not in held_out],
        options.seed,
        labelled.load_short_answers(),
        labelled.load_sentences(),
    )
    if options.minutes:
        teach(
            learner,
            endless(sampler),
            options.adapter,
            seconds=60 * options.minutes,
            share=options.share,
            rate=options.rate,
        )
    found: list[Measured] = measure(
        learner, questions, [answer for answer in answers if answer.question in held_out]
    )
    print(report(found))
    if options.measured:
        options.measured.write_text(json.dumps([row.as_dict() for row in found]), encoding="utf-8")


if __name__ == "__main__":
    main()
