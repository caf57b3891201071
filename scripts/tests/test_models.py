from __future__ import annotations

from pathlib import Path

import pytest

from inference_sidecar.packaged.models import MODELS
from scripts import memory
from scripts.models import choose
from scripts.preflight import Problem


@pytest.mark.parametrize(
    ("named", "size"), [("", "0.5B"), ("0.5B", "0.5B"), ("1.5b", "1.5B"), ("135m", "135M")]
)
def test_packaged_models_are_named_by_size(named: str, size: str) -> None:
    assert choose(named) == MODELS[size]


def test_a_folder_and_a_name_on_the_hub_are_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "config.json").touch()
    monkeypatch.chdir(tmp_path)
    assert choose("mine") == str(tmp_path / "mine")
    assert choose("Qwen/Qwen2.5-7B-Instruct") == "Qwen/Qwen2.5-7B-Instruct"


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem) as problem:
        choose(str(tmp_path))
    assert str(problem.value) == f"The folder {tmp_path} is no model: it has no config.json."


@pytest.mark.parametrize("named", ["7B", "/nowhere/model", "./model", "~/model", "a/b/c", "gpt"])
def test_what_is_no_model_is_told_so(named: str) -> None:
    with pytest.raises(Problem, match="is neither 135M, "):
        choose(named)


class TestMemory:
    def test_what_the_machine_leaves(self) -> None:
        meminfo = "MemTotal:  16000000 kB\nMemFree: 1 kB\nMemAvailable:    9000000 kB\n"
        assert memory.available_on_machine(meminfo) == 9_000_000 * 1024
        assert memory.available_memory() > 0

    def test_a_container_of_today(self, tmp_path: Path) -> None:
        """Its own group is the root that is mounted, with or without a limit."""
        write(tmp_path, {"memory.max": "max\n", "memory.current": "5\n", "memory.stat": "anon 5\n"})
        assert memory.left_in_groups(tmp_path, "0::/\n") == []
        stat = "anon 500\ninactive_file 300\n"
        write(tmp_path, {"memory.max": "4000\n", "memory.current": "900\n", "memory.stat": stat})
        assert memory.left_in_groups(tmp_path, "0::/../../outside\n") == [3400]

    def test_the_tightest_group_counts_whichever_holds_the_process(self, tmp_path: Path) -> None:
        for group, limit in (("user", "7000"), ("user/session", "max"), ("user/other", "1")):
            files = {"memory.max": limit, "memory.current": "1000", "memory.stat": "anon 1"}
            write(tmp_path / group, files)
        assert memory.left_in_groups(tmp_path, "0::/user/session\n") == [6000]

    def test_groups_of_the_first_version(self, tmp_path: Path) -> None:
        files = {
            "memory.limit_in_bytes": "5000",
            "memory.usage_in_bytes": "2000",
            "memory.stat": "inactive_file 1\ntotal_inactive_file 500\n",
        }
        write(tmp_path / "memory" / "box", files)
        own = "4:memory:/box\n9:name=systemd:/\n0::/\n"
        assert memory.left_in_groups(tmp_path, own) == [3500]


def write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
