"""Teach a small model to judge: LoRA on labelled answers, on a CPU.

    python -m tools.judge.train MODEL_FOLDER --out ADAPTER.safetensors [--minutes 40]
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from inference_sidecar.assessment.judging import (
    IGNORES,
    VERDICTS,
    answer_part,
    claim_part,
    place_part,
)
from inference_sidecar.assessment.passages import LETTERS, passages
from tools.judge import examples as ex

RANK = 8
SCALE = 2.0
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class Adapted(torch.nn.Module):
    """A frozen linear layer plus a low-rank change (Hu et al. 2021, LoRA)."""

    def __init__(self, base: torch.nn.Linear, rank: int) -> None:
        super().__init__()
        self.base = base
        self.down = torch.nn.Parameter(torch.randn(rank, base.in_features) / math.sqrt(base.in_features))
        self.up = torch.nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        change = torch.nn.functional.linear(
            torch.nn.functional.linear(x, self.down.to(x.dtype)), self.up.to(x.dtype)
        )
        return self.base(x) + change * SCALE


def adapt(model, first_layer: int) -> dict[str, Adapted]:
    adapted = {}
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for index, layer in enumerate(model.model.layers):
        if index < first_layer:
            continue
        for parent_name in ("self_attn", "mlp"):
            parent = getattr(layer, parent_name)
            for name in TARGETS:
                if hasattr(parent, name):
                    module = Adapted(getattr(parent, name), RANK)
                    setattr(parent, name, module)
                    adapted[f"model.layers.{index}.{parent_name}.{name}"] = module
    return adapted


def state(adapted: dict[str, Adapted]) -> dict[str, torch.Tensor]:
    tensors = {}
    for name, module in adapted.items():
        tensors[f"{name}.lora_A.weight"] = module.down.detach().to(torch.bfloat16).contiguous()
        tensors[f"{name}.lora_B.weight"] = (module.up.detach() * SCALE).to(torch.bfloat16).contiguous()
    return tensors


def restore(adapted: dict[str, Adapted], path: Path) -> None:
    tensors = load_file(path)
    for name, module in adapted.items():
        module.down.data.copy_(tensors[f"{name}.lora_A.weight"].float())
        module.up.data.copy_(tensors[f"{name}.lora_B.weight"].float() / SCALE)


class Packer:
    """One example as one sequence: the answer once, then each claim as a branch that sees
    the answer and itself."""

    def __init__(self, tokenizer) -> None:
        encode = lambda text: tokenizer.encode(text, add_special_tokens=False)
        self.encode = encode
        self.verdict_ids = [encode(word)[0] for word in VERDICTS]
        self.letter_ids = [encode(letter)[0] for letter in LETTERS]
        assert all(len(encode(word)) == 1 for word in (*VERDICTS, *LETTERS))
        self.place_ids = {verdict: encode(place_part(verdict)) for verdict in VERDICTS}

    def pack(self, example: ex.Example, places: bool = True):
        ids = self.encode(answer_part(example.question, example.passages))
        shared = len(ids)
        branch = [0] * shared
        positions = list(range(shared))
        verdict_at, verdict_of, place_at, place_of = [], [], [], []
        for number, claim in enumerate(example.claims, 1):
            tail = self.encode(claim_part(claim.text, claim.mistake))
            at = len(ids) + len(tail) - 1
            verdict_at.append(at)
            verdict_of.append(VERDICTS.index(claim.verdict))
            if places and claim.place is not None and claim.verdict != IGNORES:
                tail = tail + self.place_ids[claim.verdict]
                place_at.append(len(ids) + len(tail) - 1)
                place_of.append(claim.place)
            ids += tail
            branch += [number] * len(tail)
            positions += range(shared, shared + len(tail))
        b = torch.tensor(branch)
        causal = torch.tril(torch.ones(len(ids), len(ids), dtype=torch.bool))
        sees = causal & ((b[None, :] == 0) | (b[:, None] == b[None, :]))
        mask = torch.zeros(len(ids), len(ids), dtype=torch.bfloat16).masked_fill(~sees, torch.finfo(torch.bfloat16).min)
        return (
            torch.tensor([ids]), torch.tensor([positions]), mask[None, None],
            verdict_at, verdict_of, place_at, place_of, len(example.passages),
        )


class Judge:
    def __init__(self, folder: Path, first_layer: int) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
        self.adapted = adapt(self.model, first_layer)
        self.packer = Packer(self.tokenizer)
        head = self.model.lm_head.weight
        self.verdict_rows = head[self.packer.verdict_ids].float()
        self.letter_rows = head[self.packer.letter_ids].float()

    def logits(self, example: ex.Example, places: bool = True):
        ids, positions, mask, verdict_at, verdict_of, place_at, place_of, count = self.packer.pack(example, places)
        hidden = self.model.model(
            input_ids=ids, position_ids=positions, attention_mask=mask, use_cache=False
        ).last_hidden_state[0]
        verdicts = hidden[verdict_at].float() @ self.verdict_rows.T
        letters = hidden[place_at].float() @ self.letter_rows[:count].T if place_at else None
        return verdicts, torch.tensor(verdict_of), letters, torch.tensor(place_of), ids.shape[1]


def measure(judge: Judge, questions, answers, limit: int | None = None, seed: int = 1):
    """Verdict probabilities for every key point of each answer."""
    rows = list(answers)
    if limit:
        import random
        random.Random(seed).shuffle(rows)
        rows = rows[:limit]
    out = []
    judge.model.eval()
    with torch.inference_mode():
        for row in rows:
            question = questions[row.question]
            pieces = passages(row.text)
            spans = [(p.start, p.end) for p in pieces]
            claims = []
            for point, words in question.points.items():
                mistakes = question.mistakes.get(point)
                claims.append(ex.Claim(words[row.language], mistakes[0][row.language] if mistakes else None,
                                       row.verdicts.get(point, IGNORES), ex._place(row, point, spans)))
            example = ex.Example(question.text[row.language], [p.text for p in pieces], claims)
            verdicts, truth, letters, place_of, _ = judge.logits(example)
            out.append({
                "question": row.question, "language": row.language, "kind": row.kind,
                "truth": truth.tolist(), "p": torch.softmax(verdicts, -1).tolist(),
                "weights": list(question.weights.values()),
                "places": int((letters.argmax(-1) == place_of).sum()) if letters is not None else 0,
                "placed": len(place_of),
            })
    judge.model.train()
    return out


def auc(positive, negative):
    if not positive or not negative:
        return float("nan")
    rows = sorted([(v, 1) for v in positive] + [(v, 0) for v in negative])
    rank = 0.0
    i = 0
    while i < len(rows):
        j = i
        while j < len(rows) and rows[j][0] == rows[i][0]:
            j += 1
        for k in range(i, j):
            if rows[k][1]:
                rank += (i + j + 1) / 2
        i = j
    n, m = len(positive), len(negative)
    return (rank - n * (n + 1) / 2) / (n * m)


def report(rows, covered=0.5):
    lines = []
    for language in ("en", "ko"):
        part = [r for r in rows if r["language"] == language]
        if not part:
            continue
        right = sum(max(range(4), key=p.__getitem__) == t for r in part for p, t in zip(r["p"], r["truth"]))
        total = sum(len(r["truth"]) for r in part)
        sup = [p[0] for r in part for p, t in zip(r["p"], r["truth"]) if t == 0]
        con = [p[0] for r in part for p, t in zip(r["p"], r["truth"]) if t == 2]
        ign = [p[0] for r in part for p, t in zip(r["p"], r["truth"]) if t == 3]
        placed = sum(r["placed"] for r in part) or 1
        lines.append(f"{language}: accuracy {right / total:.3f} of {total}; AUC says/contradicts {auc(sup, con):.3f} says/silent {auc(sup, ign):.3f}; place {sum(r['places'] for r in part) / placed:.3f}")
        kinds = {}
        for r in part:
            credit = [1 if p[0] >= covered else (0.5 if p[0] + p[1] >= covered else 0) for p in r["p"]]
            score = 100 * sum(c * w for c, w in zip(credit, r["weights"])) / sum(r["weights"])
            kinds.setdefault(r["kind"], []).append(score)
        lines.append("   " + "  ".join(f"{k} {sum(v) / len(v):.0f} [{min(v):.0f}-{max(v):.0f}]" for k, v in sorted(kinds.items())))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--first-layer", type=int, default=6)
    parser.add_argument("--claims", type=int, default=4)
    parser.add_argument("--accumulate", type=int, default=6)
    parser.add_argument("--all", action="store_true", help="also the held-out questions")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--eval-every", type=float, default=8)
    parser.add_argument("--eval-answers", type=int, default=60)
    parser.add_argument("--measure-only", action="store_true")
    parser.add_argument("--dump", type=Path)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(2)
    questions = ex.load_questions()
    answers = [a for a in ex.load_answers() if a.question in questions]
    held = {a.question for a in answers if a.question in ex.HELD_OUT}
    fit = answers if options.all else [a for a in answers if a.question not in ex.HELD_OUT]
    test = [a for a in answers if a.question in ex.HELD_OUT]
    fit_questions = questions if options.all else {s: q for s, q in questions.items() if s not in ex.HELD_OUT}
    print(len(fit), "answers to learn from,", len(test), "held out of", len(held), "questions", flush=True)
    judge = Judge(options.model, options.first_layer)
    if options.start:
        restore(judge.adapted, options.start)
    if options.measure_only:
        rows = measure(judge, questions, test, options.eval_answers or None)
        print(report(rows))
        if options.dump:
            options.dump.write_text(json.dumps(rows))
        return
    parameters = [p for m in judge.adapted.values() for p in (m.down, m.up)]
    print(sum(p.numel() for p in parameters) / 1e6, "M parameters", flush=True)
    optimizer = torch.optim.AdamW(parameters, lr=options.rate, weight_decay=0.01, betas=(0.9, 0.98))
    sampler = ex.Sampler(fit_questions, fit, options.seed)
    started = time.monotonic()
    limit = options.minutes * 60
    step = tokens = seen = 0
    running, correct, count = 0.0, 0, 0
    last_eval = started
    epoch = 0
    judge.model.train()
    while time.monotonic() - started < limit:
        epoch += 1
        for example in sampler.epoch(options.claims):
            if not example.claims:
                continue
            verdicts, truth, letters, place_of, size = judge.logits(example)
            loss = torch.nn.functional.cross_entropy(verdicts, truth, reduction="mean")
            if letters is not None:
                loss = loss + 0.3 * torch.nn.functional.cross_entropy(letters, place_of)
            (loss / options.accumulate).backward()
            running += float(loss.detach()); seen += 1; tokens += size
            correct += int((verdicts.argmax(-1) == truth).sum()); count += len(truth)
            if seen % options.accumulate == 0:
                spent = (time.monotonic() - started) / limit
                step += 1
                warm = min(1.0, step / 20)
                rate = options.rate * warm * max(0.03, 0.5 * (1 + math.cos(math.pi * min(1.0, spent))))
                for group in optimizer.param_groups:
                    group["lr"] = rate
                torch.nn.utils.clip_grad_norm_(parameters, 1.0)
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
                if step % 10 == 0:
                    elapsed = time.monotonic() - started
                    print(f"{elapsed:5.0f}s epoch {epoch} step {step} loss {running / 10 / options.accumulate:.3f} acc {correct / count:.3f} {tokens / elapsed:.0f} tok/s lr {rate:.1e}", flush=True)
                    running, correct, count = 0.0, 0, 0
            if time.monotonic() - last_eval > options.eval_every * 60:
                save_file(state(judge.adapted), options.out)
                if test:
                    print(report(measure(judge, questions, test, options.eval_answers)), flush=True)
                last_eval = time.monotonic()
            if time.monotonic() - started >= limit:
                break
    save_file(state(judge.adapted), options.out)
    if test:
        rows = measure(judge, questions, test)
        print(report(rows), flush=True)
        if options.dump:
            options.dump.write_text(json.dumps(rows))


if __name__ == "__main__":
    main()
