"""Lets a coverage-guided fuzzer look for bytes that break something; `make fuzz` runs it.

    python -m tests.hostile.fuzzing all|commands|places|room [--minutes 5 | --runs N] [--keep FOLDER]

Finds are kept in FOLDER (var/fuzzing/<target>) and read again the next time. An input that breaks something is
written there as `crash-…`; once mended it belongs into `tests/hostile/corpus/<target>`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
TARGETS = {"commands": 4096, "places": 2048, "room": 1200}
"""What can be fuzzed, and how many bytes of input are enough for it."""
SHARES = {"commands": 0.2, "places": 0.1, "room": 0.7}
"""How the minutes are divided, if all are fuzzed one after another: a whole play takes much longer than a message."""


def main() -> None:
    """Fuzz one target."""
    parser = argparse.ArgumentParser("python -m tests.hostile.fuzzing", description=__doc__.splitlines()[0])
    parser.add_argument("target", choices=["all", *TARGETS])
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    if asked.target == "all":
        _one_after_another(asked.minutes or 5)
        return
    keep = asked.keep or Path("var/fuzzing") / asked.target
    keep.mkdir(parents=True, exist_ok=True)
    (CORPUS / asked.target).mkdir(parents=True, exist_ok=True)
    try:
        import atheris  # type: ignore[import-untyped]
    except ImportError:
        sys.exit("The fuzzer is atheris, of which there is no version for this machine or Python.")

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab_workspace.settings")
    with atheris.instrument_imports(include=["realtime", "workshops", "lab_workspace.sockets"]):
        django.setup()
        from tests.hostile.fuzzing import reading, room

    targets = {"commands": reading.commands, "places": reading.places, "room": room.play}
    options = [
        f"-max_len={TARGETS[asked.target]}",
        "-timeout=25",
        "-print_final_stats=1",
        "-rss_limit_mb=2048",
    ]
    options += [f"-max_total_time={int(asked.minutes * 60)}"] if asked.minutes else []
    options += [f"-runs={asked.runs}"] if asked.runs else []
    atheris.Setup(
        [sys.argv[0], f"-artifact_prefix={keep}/", *options, str(keep), str(CORPUS / asked.target)],
        targets[asked.target],
    )
    atheris.Fuzz()


def _one_after_another(minutes: float) -> None:
    for target, share in SHARES.items():
        print(f"\n{target}, for {minutes * share:.1f} minutes:", flush=True)  # noqa: T201
        command = [sys.executable, "-m", "tests.hostile.fuzzing", target, "--minutes", str(minutes * share)]
        done = subprocess.run(command, check=False)
        if done.returncode:
            sys.exit(f"The fuzzer found something in {target}; the input is in var/fuzzing/{target}.")


if __name__ == "__main__":
    main()
