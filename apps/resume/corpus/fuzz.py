"""Mutate PDFs and check that the parser answers every one: a résumé or a refusal.

    python -m apps.resume.corpus.fuzz [--count 1000] [--seed 0] [DIR]

Each file is read in the child process with its limits. A hang is a file that reaches the
time limit, a crash one that ends the child; both are counted and named. The child's memory
is read at the start and the end, on Linux.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from pathlib import Path

from apps.resume.parsing import Limits, RefusedFile
from apps.resume.parsing.limits import Parser

from .score import COMMITTED


def mutate(pdf: bytes, rng: random.Random) -> bytes:
    """One of the ways files break: bits, cuts, repeats, swapped or wrong numbers."""
    data = bytearray(pdf)
    kind = rng.randrange(7)
    if kind == 0:
        for _ in range(rng.randint(1, 60)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == 1:
        del data[rng.randrange(len(data)) :]
    elif kind == 2:
        start = rng.randrange(len(data))
        del data[start : start + rng.randint(1, 4000)]
    elif kind == 3:
        start = rng.randrange(len(data))
        piece = data[start : start + rng.randint(1, 2000)]
        where = rng.randrange(len(data))
        data[where:where] = piece * rng.randint(1, 20)
    elif kind == 4:
        digits = [index for index, byte in enumerate(data) if 48 <= byte <= 57]
        for index in rng.sample(digits, min(len(digits), rng.randint(1, 40))):
            data[index] = rng.randint(48, 57)
    elif kind == 5:
        for word, other in ((b"/Length", b"/Lenght"), (b"endobj", b"endstr"), (b"/Kids", b"/Font")):
            if rng.random() < 0.5:
                data = bytearray(bytes(data).replace(word, other, rng.randint(1, 3)))
    else:
        start = rng.randrange(len(data))
        size = min(len(data) - start, rng.randint(1, 800))
        data[start : start + size] = rng.randbytes(size)
    return bytes(data)


def resident(parser: Parser) -> int:
    """The child's resident memory in bytes; 0 where the system does not tell."""
    if parser.pid is None:
        return 0
    try:
        pages = int(Path(f"/proc/{parser.pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * 4096


def run(files: list[bytes], count: int, seed: int, limits: Limits) -> Counter[str]:
    """What became of `count` mutated files: "read", a refusal's code, or "failed: ..."."""
    rng = random.Random(seed)
    outcomes: Counter[str] = Counter()
    with Parser(limits) as parser:
        for _ in range(count):
            pdf = mutate(rng.choice(files), rng)
            started = time.monotonic()
            try:
                parser.parse(pdf)
                outcomes["read"] += 1
            except RefusedFile as refusal:
                outcomes[refusal.code] += 1
            except Exception as error:  # counted: this is what the run looks for
                outcomes[f"failed: {type(error).__name__}"] += 1
            if time.monotonic() - started > limits.seconds + 2:
                outcomes["failed: hung"] += 1
        outcomes["child memory, MB"] = resident(parser) >> 20
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=COMMITTED)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    files = [path.read_bytes() for path in sorted(options.folder.glob("*.pdf"))]
    started = time.monotonic()
    for outcome, number in run(files, options.count, options.seed, Limits()).most_common():
        print(f"{number:6} {outcome}")
    print(f"{options.count} files in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
