"""nginx and Caddy as `docs/deploy/` says, with other ports and files, so that a test may start them."""

from __future__ import annotations

import re
import ssl
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from tests.daphne import REPOSITORY
from tests.faults.cast import Cast
from tests.processes import Process, accepts, free_port
from workshops.crowd_trial import guest

DEPLOY = REPOSITORY / "docs" / "deploy"
HOST = "lab.example.org"


@dataclass(frozen=True)
class Front:
    """A proxy that runs: where people reach it, and where plain HTTP is."""

    process: Process
    tls_port: int
    plain_port: int
    access_log: Path

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.tls_port}"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that nobody trusts, as long as a test lasts."""
    chain, key = folder / "fullchain.pem", folder / "privkey.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-subj", f"/CN={HOST}", "-days", "2", "-keyout", str(key), "-out", str(chain)]
    subprocess.run(command, check=True, capture_output=True)
    return chain, key


def replaced(text: str, *changes: tuple[str, str]) -> str:
    """Change what must be there, and nothing else."""
    for old, new in changes:
        assert old in text, f"docs/deploy no longer says {old}"
        text = text.replace(old, new)
    return text


def nginx(program: str, folder: Path, ports: Sequence[int], *, by_workshop: bool = False) -> Front:
    """Our site in an nginx of its own."""
    tls, plain = free_port(), free_port()
    chain, key = certificate(folder)
    text = read("nginx.conf")
    if by_workshop:
        upstream = re.search(r"^upstream lab .*?^}$", text, re.MULTILINE | re.DOTALL)
        assert upstream
        text = text.replace(upstream[0], read("nginx-by-workshop.conf"))
    one = re.search(r"\n    server 127.0.0.1:8001( .*;)\n    #server 127.0.0.1:8002.*;\n", text)
    assert one
    servers = "".join(f"\n    server 127.0.0.1:{port}{one[1]}" for port in ports) + "\n"
    site = replaced(
        text,
        (one[0], servers),
        ("listen 443 ssl;", f"listen 127.0.0.1:{tls} ssl;"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("/etc/ssl/lab/fullchain.pem", str(chain)),
        ("/etc/ssl/lab/privkey.pem", str(key)),
        ("/var/log/nginx/lab.log", str(folder / "access.log")),
        ("/var/log/nginx/lab-error.log", str(folder / "error.log")),
    )
    (folder / "lab.conf").write_text(site)
    temporary = "".join(
        f"{name}_temp_path {folder};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"pid {folder}/pid; error_log {folder}/main.log; worker_processes 1; daemon off; user root;\n"
        f"events {{ worker_connections 200; }}\nhttp {{ {temporary} include {folder}/lab.conf; }}\n"
    )
    command = [program, "-c", str(main), "-p", str(folder), "-e", str(folder / "main.log")]
    subprocess.run([*command, "-t", "-q"], check=True)
    process = Process(command, log=folder / "nginx.out", ready=lambda: accepts(tls))
    return Front(process, tls, plain, folder / "access.log")


def caddy(program: str, folder: Path, ports: Sequence[int]) -> Front:
    """Our site in a Caddy of its own, with a certificate from the folder instead of an authority's."""
    tls, plain = free_port(), free_port()
    chain, key = certificate(folder)
    others = "".join(f"\t\tto 127.0.0.1:{port}\n" for port in ports[1:])
    site = replaced(
        read("Caddyfile"),
        (f"\n{HOST} {{", f"\n{HOST}:{tls} {{\n\tbind 127.0.0.1\n\ttls {chain} {key}"),
        ("reverse_proxy 127.0.0.1:8001 {", f"reverse_proxy 127.0.0.1:{ports[0]} {{"),
        ("\t\t#to 127.0.0.1:8002\n", others),
    )
    file = folder / "Caddyfile"
    file.write_text(
        f"{{\n\tadmin off\n\tauto_https disable_redirects\n\thttp_port {plain}\n\thttps_port {tls}\n}}\n{site}"
    )
    command = [program, "run", "--adapter", "caddyfile", "--config", str(file)]
    env = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    process = Process(command, log=folder / "caddy.out", ready=lambda: accepts(tls), env=env)
    return Front(process, tls, plain, folder / "caddy.out")


def read(name: str) -> str:
    return (DEPLOY / name).read_text()


class _Here(AbstractResolver):
    """Every name is this machine."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": 2, "proto": 0, "flags": 0}]

    async def close(self) -> None: ...


def browser() -> aiohttp.ClientSession:
    """A browser that takes our certificate for good, and this machine for the workspace's host."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    connector = aiohttp.TCPConnector(resolver=_Here(), ssl=trusting)
    return aiohttp.ClientSession(connector=connector, cookie_jar=guest.cookie_jar())


class CastOutside(Cast):
    """People who come in through the proxy."""

    def session(self) -> aiohttp.ClientSession:
        session = browser()
        self._sessions.append(session)
        return session
