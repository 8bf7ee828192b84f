"""The other files in docs/deploy/: units that systemd takes, settings and metrics that exist, scripts that a shell reads."""

from __future__ import annotations

import configparser
import importlib.util
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands
from prometheus_client import REGISTRY

from lab_workspace.operations import front  # noqa: F401 (its metrics)
from tests import services
from tests.daphne import REPOSITORY
from tests.ops.proxies import DEPLOY, read

SERVICE = """Type User Group WorkingDirectory EnvironmentFile ExecStart ExecStartPost Restart RestartSec KillSignal
    TimeoutStopSec LimitNOFILE StateDirectory StateDirectoryMode UMask NoNewPrivileges ProtectSystem ProtectHome
    PrivateTmp PrivateDevices ProtectKernelTunables ProtectControlGroups RestrictAddressFamilies ReadWritePaths"""
WORDS = {
    "Unit": {"Description", "After", "Wants"},
    "Service": set(SERVICE.split()),
    "Timer": {"OnCalendar", "RandomizedDelaySec", "Persistent"},
    "Install": {"WantedBy"},
}
"""What units may say, as systemd.unit(5) and its neighbours spell it. A word that systemd doesn't know it passes over."""
UNITS = {
    "lab@.service": {"Unit", "Service", "Install"},
    "lab-backup.service": {"Unit", "Service"},
    "lab-backup.timer": {"Unit", "Timer", "Install"},
}
PAGE = (REPOSITORY / "docs" / "deploy.md").read_text()


def unit_of(name: str) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # as configparser's own page says
    unit.read_string(read(name))
    return unit


@pytest.mark.parametrize("name", UNITS)
def test_units_say_what_systemd_knows(name: str) -> None:
    unit = unit_of(name)
    assert set(unit.sections()) == UNITS[name]
    for section in unit.sections():
        assert set(unit[section]) <= WORDS[section]
        assert all(unit[section].values())


@pytest.mark.parametrize("name", ["lab@.service", "lab-backup.service"])
def test_services_start_what_is_there_with_the_settings_that_the_page_writes(name: str) -> None:
    service = unit_of(name)["Service"]
    assert (service["WorkingDirectory"], service["EnvironmentFile"]) == ("/opt/lab", "/etc/lab/lab.env")
    python, *words = service["ExecStart"].split()
    assert python == "/opt/lab/.venv/bin/python"
    if words[0] == "-m":
        assert importlib.util.find_spec(words[1])
    else:
        assert (REPOSITORY / words[0]).is_file()
        assert words[1] in get_commands()


def test_the_timer_starts_the_service_of_its_name() -> None:
    timer = unit_of("lab-backup.timer")
    assert "Unit" not in timer["Timer"]
    assert timer["Install"]["WantedBy"] == "timers.target"
    assert unit_of("lab-backup.service")["Service"]["Type"] == "oneshot"


def test_systemd_takes_the_units_where_it_is(tmp_path: Path) -> None:
    """The head of the run says whether it was; what the tests above read of the units they read everywhere."""
    for name in UNITS:  # ours are not installed here, and systemd asks whether the program is there
        (tmp_path / name).write_text(read(name).replace("/opt/lab", str(REPOSITORY)))
    instance = tmp_path / "lab@8001.service"
    instance.symlink_to(tmp_path / "lab@.service")
    if services.SYSTEMD_ANALYZE:
        units = map(str, (instance, tmp_path / "lab-backup.timer"))
        command = [services.SYSTEMD_ANALYZE, "verify", "--man=no", *units]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
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
