"""How much memory a program may still take: of the machine, and of its control groups."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

CGROUPS = Path("/sys/fs/cgroup")
# Folder under CGROUPS, the files of limit and usage, and the name of what the kernel
# gives back when asked, in memory.stat: of the second and of the first version.
VERSIONS = (
    ("", "memory.max", "memory.current", "inactive_file"),
    ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)


def available_memory() -> int:
    """Bytes that may be taken without swapping and without being ended for it."""
    meminfo = Path("/proc/meminfo").read_text(encoding="utf-8")
    groups = Path("/proc/self/cgroup")
    own = groups.read_text(encoding="utf-8") if groups.exists() else ""
    return min(available_on_machine(meminfo), *left_in_groups(CGROUPS, own))


def available_on_machine(meminfo: str) -> int:
    """``meminfo``: the text of /proc/meminfo."""
    return int(meminfo.partition("MemAvailable:")[2].split()[0]) * 1024


def left_in_groups(root: Path, own: str) -> list[int]:
    """For each group with a limit that holds this process: how much of it is left.

    ``own``: the text of /proc/self/cgroup. In a container the paths there may be those
    outside of it; then only the group that is mounted as the root is found.
    """
    paths = {PurePosixPath(line.split(":", 2)[2]) for line in own.splitlines()}
    groups = {group for path in paths for group in (path, *path.parents)} | {PurePosixPath("/")}
    left = []
    for folder, limit, usage, reclaimable in VERSIONS:
        for group in groups:
            place = root / folder / group.relative_to("/")
            try:
                values = [(place / name).read_text() for name in (limit, usage, "memory.stat")]
            except OSError:
                continue
            if values[0].strip() == "max":
                continue
            stat = dict(line.split() for line in values[2].splitlines())
            left.append(int(values[0]) - int(values[1]) + int(stat.get(reclaimable, 0)))
    return left
