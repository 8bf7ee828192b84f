"""The other files in docs/deploy/: units that systemd takes, settings and metrics that exist, scripts that a shell reads."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY

from lab_workspace.operations import front  # noqa: F401 (its metrics)
from tests.daphne import REPOSITORY
from tests.ops.proxies import DEPLOY, read

UNITS = ("lab@.service", "lab-backup.service", "lab-backup.timer")
PAGE = (REPOSITORY / "docs" / "deploy.md").read_text()


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name in UNITS:
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read_string(read(name))
        assert unit.has_section("Unit")
        # Ours are not installed here, and systemd asks whether the program is there.
        (tmp_path / name).write_text(read(name).replace("/opt/lab", str(REPOSITORY)))
    instance = tmp_path / "lab@8001.service"
    instance.symlink_to(tmp_path / "lab@.service")
    if shutil.which("systemd-analyze"):
        checked = [instance, tmp_path / "lab-backup.timer"]
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *checked], capture_output=True, text=True, check=False
        )
        ours = [line for line in done.stderr.splitlines() if "lab" in line.partition(":")[0]]
        assert ours == []


def test_units_give_the_server_time_to_drain() -> None:
    from lab_workspace import drain

    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", read("lab@.service"), re.MULTILINE)
    assert int(seconds) > drain.SECONDS + 10


def test_the_environment_names_settings_that_are_read() -> None:
    names = set(re.findall(r"^#?([A-Z_]+)=", read("lab.env"), re.MULTILINE))
    text = (REPOSITORY / "lab_workspace" / "settings.py").read_text()
    assert names <= set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text))


def test_alerts_and_page_speak_of_metrics_that_exist() -> None:
    known = {sample.name for metric in REGISTRY.collect() for sample in metric.samples}
    known |= {metric.name for metric in REGISTRY.collect()}
    known |= {f"{name}{end}" for name in set(known) for end in ("_total", "_bucket", "_count", "_sum")}
    rules = [rule for group in yaml.safe_load(read("lab-alerts.yml"))["groups"] for rule in group["rules"]]
    assert len(rules) >= 8
    told = " ".join(rule["expr"] for rule in rules)
    tables = " ".join(re.findall(r"^\| (`.+?) \|", PAGE, re.MULTILINE))
    named = set(re.findall(r"\b(?:lab|process)_[a-z_]+\b", told + tables))
    assert named - known == set()
    assert yaml.safe_load(read("prometheus.yml"))["scrape_configs"][0]["job_name"] == "lab"


def test_every_file_is_spoken_of() -> None:
    assert [file.name for file in DEPLOY.iterdir() if file.name not in PAGE] == []


@pytest.mark.parametrize("words", [[], ["8001"]])
def test_the_rolling_restart_stops_when_something_is_wrong(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "systemctl").write_text("#!/bin/sh\nexit 5\n")
    (tmp_path / "systemctl").chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        [DEPLOY / "rolling-restart.sh", *words, *words], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == (5 if words else 2)
    assert "ready" not in done.stdout
