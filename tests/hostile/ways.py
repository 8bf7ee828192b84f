"""How a case of each file is sent, and what its answer must be. Each gives what is wrong with it, in sentences."""

from __future__ import annotations

import asyncio
import io
import json
import re
import uuid
from typing import Any
from urllib.parse import quote

import aiohttp
from django.core import signing
from yarl import URL

from tests.hostile import raw
from tests.hostile.arena import Arena, Attacker, as_json
from tests.hostile.cases import Case, message_of, text_of, written_out
from workshops.joining import seats

HARD = {1011, 1000}
"""Close codes that tell of a fault of the server's, or that it thought all was well."""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")


# -- commands --------------------------------------------------------------------------------------------------------


async def over_socket(arena: Arena, case: Case, who: Attacker) -> list[str]:
    """Send a message over the attacker's socket."""
    here, text = await arena.line_of(who), message_of(case, arena.names_for(who), arena.new_op())
    if "close" in case.said:
        await here.text(text)
        code = await here.code()
        return [] if code == case.get("close") else [f"closed with {code}"]
    answer = await here.answer_to_text(text)
    while "retry" in answer:  # over the rate: the same again, as the protocol says
        await asyncio.sleep(0.05)
        answer = await here.answer_to_text(text)
    wrong = _refused(answer, case.get("code"))
    await asyncio.sleep(0)
    return wrong if here.closed is None else [*wrong, f"closed with {here.closed}"]


async def over_http(arena: Arena, case: Case, who: Attacker) -> list[str]:
    """Send the same message by POST."""
    body = message_of(case, arena.names_for(who), arena.new_op()).encode("utf-8", "surrogatepass")
    query = "" if who.reader == "participant" else f"?as={who.reader}"
    status, said = await post(arena, who.session, who.paths.commands + query, body, "application/json")
    while status == 503:
        await asyncio.sleep(0.05)
        status, said = await post(arena, who.session, who.paths.commands + query, body, "application/json")
    wrong = [] if status == 409 else [f"status {status}"]
    return wrong + _refused(as_json(said), case.get("code"))


def _refused(answer: dict[str, Any], code: str | None) -> list[str]:
    wrong = []
    if "refused" not in answer:
        return [f"answered {answer}"]
    if answer["code"] in ("", "failed") or (code and answer["code"] != code):
        wrong.append(f"refused with {answer['code']}, not {code}")
    if not SENTENCE.search(answer["message"]):
        wrong.append(f"no sentence: {answer['message']!r}")
    return wrong


async def as_a_form(arena: Arena, case: Case, who: Attacker) -> list[str]:
    """Press a button of a page without script: led back to the page, which says what was wrong."""
    form = {name: text_of(value, arena.names_for(who)) for name, value in case.get("form").items()}
    for _attempt in range(40):
        status, said = await post(arena, who.session, who.paths.commands, aiohttp.FormData(form), "")
        if status != 302:
            return [f"status {status}: {said[:200]}"]
        async with who.session.get(who.paths.base_url + who.paths.socket.removeprefix("/ws")) as response:
            page = await response.text()
        if "The server is busy" not in page:
            break
        await asyncio.sleep(0.1)
    told = 'role="alert"' in page or "alert-" in page
    return ["the page says nothing"] if case.get("told") and not told else []


async def post(
    arena: Arena,
    session: aiohttp.ClientSession,
    path: str,
    data: Any,
    content_type: str,
    *,
    token: str | None = None,
    headers: dict[str, str] | None = None,
    method: str = "POST",
) -> tuple[int, str]:
    """Send a body as a browser of this workspace would, with its CSRF token unless told otherwise."""
    sent = {"X-CSRFToken": _token_of(arena, session) if token is None else token, **(headers or {})}
    if content_type:
        sent["Content-Type"] = content_type
    body = io.BytesIO(data) if isinstance(data, bytes) and len(data) > 1_000_000 else data
    url = URL(arena.server.url + path, encoded=True)
    async with session.request(method, url, data=body, headers=sent, allow_redirects=False) as response:
        return response.status, await response.text(errors="replace")


def _token_of(arena: Arena, session: aiohttp.ClientSession) -> str:
    cookies = session.cookie_jar.filter_cookies(URL(arena.server.url))
    return cookies["csrftoken"].value if "csrftoken" in cookies else ""


# -- places ----------------------------------------------------------------------------------------------------------


def _query_of(arena: Arena, case: Case, who: Attacker) -> str:
    names = {**arena.names_for(who), "ahead": str(len(arena.log()) + 1)}
    if "raw" in case.said:
        return text_of(case.get("raw"), names)
    query = written_out(case.get("query"), names)
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in query.items())


async def resumed_by_socket(arena: Arena, case: Case, who: Attacker) -> list[str]:
    """Come back from there over a socket: brought up to date, or told to fetch everything."""
    query = _query_of(arena, case, who) + ("" if "format=" in _query_of(arena, case, who) else "&format=json")
    opening = raw.handshake(who.session, who.paths, path=f"{who.paths.socket}?{query}")
    if "socket" in case.get("refused_by", []):
        return _status(await raw.exchange(arena.server.port, opening))
    sent = [raw.frame(json.dumps({"op": arena.new_op(), "do": "no.such"}).encode())]
    heard = await raw.bare_socket(arena.server.port, opening, sent)
    wrong = [] if heard.closed is None else [f"closed with {heard.closed}"]
    messages = [as_json(text) for text in heard.texts]
    if not messages or "hello" not in messages[0]:
        return [*wrong, f"no hello: {messages[:2]}"]
    if messages[0]["hello"]["person"] != who.person:
        wrong.append("greeted as somebody else")
    if not any(
        {"reset"} <= one.keys() or {"full"} <= one.keys() or {"from"} <= one.keys() for one in messages
    ):
        wrong.append("neither brought up to date nor told to fetch")
    if "refused" not in messages[-1]:
        wrong.append("the socket is of no use")
    return wrong


async def resumed_by_poll(arena: Arena, case: Case, who: Attacker) -> list[str]:
    """Come back from there over HTTP."""
    url = URL(f"{arena.server.url}{who.paths.frames}?{_query_of(arena, case, who)}", encoded=True)
    async with who.session.get(url) as response:
        status, said = response.status, await response.text()
    if "poll" in case.get("refused_by", []):
        return [] if status == 403 else [f"status {status}"]
    if status == 204:
        return []
    return [] if status == 200 and as_json(said) else [f"status {status}: {said[:200]}"]


# -- handshakes and frames -------------------------------------------------------------------------------------------


async def handshake(arena: Arena, case: Case, who: Attacker) -> list[str]:
    """Knock at a socket in an odd way: a 4xx, and nothing opens."""
    names = arena.names_for(who) | tickets(arena, who)
    headers = {
        name: [written_out(one, names) for one in value]
        if isinstance(value, list) and name in ("Origin", "Sec-WebSocket-Version", "Sec-WebSocket-Key")
        else written_out(value, names)
        if value is None or isinstance(value, str)
        else _many(value, names)
        for name, value in (case.get("headers") or {}).items()
    }
    line_ = written_out(case.get("line", ""), names)
    path = text_of(case.get("path", ""), names)
    opening = raw.handshake(who.session, who.paths, headers, line=line_, path=path)
    answer = await raw.exchange(arena.server.port, opening, seconds=2 if "opens" in case.said else 3)
    if case.get("opens") and raw.status_of(answer) == 101:
        return []
    if case.get("opens", False) is None and raw.status_of(answer) in (101, 200):
        return []
    return _status(answer)


def _many(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict) and "$list" in value:
        return written_out(value, names)
    return text_of(value, names)


def _status(answer: bytes) -> list[str]:
    status = raw.status_of(answer)
    if status is None and not answer:
        return []  # hung up on, or left waiting: neither opens anything
    if status is None or not 400 <= status < 500:
        return [f"answered {answer[:200]!r}"]
    return []


def tickets(arena: Arena, who: Attacker) -> dict[str, str]:
    """Make tickets as somebody might who has seen one, and some as only the server could."""
    scene = arena.scene
    here, there = scene.workshops["Here"], scene.workshops["Elsewhere"]
    real = next(cookie.value for cookie in who.session.cookie_jar if cookie.key == seats.TICKET)
    whole = [here["id"], here["stream"], who.person]
    head, _, tail = real.partition(":")
    old = signing.TimestampSigner(salt=seats.SALT)
    old.timestamp = lambda: signing.b62_encode(1_000_000_000)  # type: ignore[method-assign]
    return {
        "ticket_cut": real[:-1],
        "ticket_renamed": f"{head[:-3]}abc:{tail}",
        "ticket_forged": signing.dumps(whole, key="another key", salt=seats.SALT),
        "ticket_old": old.sign_object(whole),
        "ticket_elsewhere": signing.dumps([there["id"], there["stream"], who.person], salt=seats.SALT),
        "ticket_nobody": signing.dumps([here["id"], here["stream"], "p-nobody"], salt=seats.SALT),
        "ticket_other_salt": signing.dumps(whole, salt="something else"),
        "ticket_number": signing.dumps(7, salt=seats.SALT),
        "ticket_lists": signing.dumps([here["id"], [here["stream"]], [who.person]], salt=seats.SALT),
        "ticket_stream": signing.dumps([here["id"], str(uuid.uuid4()), who.person], salt=seats.SALT),
        "ticket": real,
    }


async def by_frames(arena: Arena, case: Case, who: Attacker) -> list[str]:
    """Send odd frames: closed with a code for it, or answered as if they had been whole."""
    opening = raw.handshake(who.session, who.paths)
    heard = await raw.bare_socket(
        arena.server.port, opening, _pieces(arena, case), seconds=1 if case.get("silent") else 8
    )
    if case.get("silent"):
        return [] if heard.closed is None else [f"closed with {heard.closed}"]
    wrong = []
    if "close" in case.said and heard.closed not in case.get("close"):
        wrong.append(f"closed with {heard.closed}, last heard {heard.texts[-1:]}")
    if case.get("answer"):
        last = as_json(heard.texts[-1]) if heard.texts else {}
        wrong += [] if "refused" in last else [f"answered {last}, closed with {heard.closed}"]
    if case.get("pong") and not heard.pongs:
        wrong.append("no pong")
    return wrong


def _pieces(arena: Arena, case: Case) -> list[bytes]:
    if "bytes" in case.said:
        return [case.get("bytes").encode()]
    if "noise" in case.said:
        return [b"\xff" * case.get("noise")]
    if "pieces" in case.said:
        data = case.get("pieces").encode()
        whole = [data[n : n + 1] for n in range(len(data))]
    elif "empty" in case.said:
        whole = [*[b""] * case.get("empty"), b"x"]
    elif "many" in case.said:
        size, count = case.get("many")
        whole = [b"x" * size] * count
    else:
        frames = written_out(case.get("frames"), arena.names)
        made = [_frame(one) for one in frames]
        return [*made, raw.frame(case.get("then").encode())] if "then" in case.said else made
    last = len(whole) - 1
    return [raw.frame(part, op=0 if n else 1, fin=n == last) for n, part in enumerate(whole)]


def _frame(said: dict[str, Any]) -> bytes:
    data = said["data"]
    options = {name: said[name] for name in ("op", "fin", "rsv", "mask", "length") if name in said}
    return raw.frame(data if isinstance(data, bytes) else data.encode(), **options)


# -- requests and pages ----------------------------------------------------------------------------------------------


async def bare_request(arena: Arena, case: Case, who: Attacker) -> list[str]:
    """Send a request byte by byte as it is written: 4xx, or hung up on."""
    names, said = {**arena.names_for(who), "static": await _static(arena)}, case.get("raw")
    data = said if isinstance(said, list) else [said]
    parts = [written_out(part, names) for part in data]
    sent = b"".join(part if isinstance(part, bytes) else part.encode() for part in parts)
    answer = await raw.exchange(arena.server.port, sent, seconds=2)
    status = raw.status_of(answer)
    allowed = case.get("statuses")
    wrong = _status(answer) if allowed is None else []
    if allowed is not None and status not in allowed:
        wrong.append(f"answered {answer[:200]!r}")
    head = answer.partition(b"\r\n\r\n")[0].lower()
    if b"set-cookie: owned" in head or b"location: http" in head or b"location: //" in head:
        wrong.append(f"let something into its head: {head!r}")
    for harm in ("root:x:0", "SECRET_KEY", case.get("without")):
        if harm and harm.encode() in answer:
            wrong.append(f"gave away {harm}")
    return wrong


async def _static(arena: Arena) -> str:
    if "static" not in arena.names:
        async with arena.browsers["new"].get(arena.server.url + "/accounts/login/") as response:
            page = await response.text()
        found = re.search(r'"(/static/[^"]+\.css)"', page)
        assert found is not None
        arena.names["static"] = found[1]
    return arena.names["static"]


async def on_a_page(arena: Arena, case: Case, who: Attacker) -> list[str]:
    """Ask a page, or fill in its form, as whoever the case names."""
    session = arena.browsers[case.get("who")]
    names, path = arena.names_for(who), text_of(case.get("path"), arena.names)
    method = case.get("method", "GET")
    body, content_type = _body(case, names)
    status, said = await post(
        arena,
        session,
        path,
        body,
        content_type,
        method=method,
        token=case.get("token"),
        headers=case.get("headers"),
    )
    wrong = [] if _fine(status, said, case) else [f"status {status}: {_words(said)[:300]}"]
    if status >= 400 and not case.get("by_the_server") and not SENTENCE.search(_words(said)):
        wrong.append(f"{status} without a sentence: {said[:100]!r}")
    harms = ("Traceback (most recent", case.get("without"))
    return wrong + [f"the page has {harm}" for harm in harms if harm and harm in said]


def _body(case: Case, names: dict[str, str]) -> tuple[Any, str]:
    if "body" in case.said:
        return text_of(case.get("body"), names).encode("utf-8", "surrogatepass"), case.get("type", "")
    if "form" not in case.said:
        return None, ""
    form = aiohttp.FormData()
    for name, value in case.get("form").items():
        form.add_field(name, text_of(value, names))
    for name, value in (case.get("files") or {}).items():
        form.add_field(name, value.encode(), filename=f"../../{name}.php", content_type="text/html")
    for number in range(case.get("many_files", 0)):
        form.add_field(f"file{number}", b"x", filename="x")
    return form, ""


def _fine(status: int, said: str, case: Case) -> bool:
    if "statuses" in case.said:
        return status in case.get("statuses")
    if status == 200:  # the form again, with what is wrong
        return any(
            sign in said for sign in ("invalid-feedback", "error-summary", "is-invalid", 'role="alert"')
        )
    return 400 <= status < 500


def _words(page: str) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", re.sub(r"<(style|script|head).*?</\1>", " ", page, flags=re.DOTALL))
