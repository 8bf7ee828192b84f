"""The simulated facilitator: runs the workshop from the first step to the end, when no human does."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from realtime.client import Ack, Ended, LiveClient
from workshops.crowd_trial import guest
from workshops.crowd_trial.measures import Sent
from workshops.crowd_trial.stage import stage_at

if TYPE_CHECKING:
    import aiohttp

    from workshops.crowd_trial.people import Person, Together

HIDDEN_BECAUSE = "Rejected by the moderators of the conversation"


class CantRun(Exception):
    """The workshop doesn't do what the simulated facilitator asks; says what was refused."""


@dataclass(slots=True)
class Facilitator:
    """Somebody signed in, at the console."""

    together: Together
    session: aiohttp.ClientSession
    people: list[Person]
    client: LiveClient = field(init=False)

    async def come(self, workshop_id: str, link: str) -> None:
        """Sign in by a link and open the console. Raises guest.NotLetIn."""
        base = self.together.bases[0]
        await guest.sign_in(self.session, base, link)
        paths = await guest.as_facilitator(self.session, base, workshop_id)
        self.client = LiveClient(self.session, paths, reader="facilitator", keep_received=True)
        await self.client.open(60)
        await self.client.wait_until(lambda client: client.person, 60)
        self.together.said.facilitator = self.client.person

    async def press(self, do: str, step: str = "", shows: str = "", **fields: Any) -> None:
        """Do one thing and, if it shows as another phase, time until everybody sees it. Raises CantRun."""
        command = {"do": do, **({"activity": step} if step else {}), **fields}
        sent = Sent(str(uuid.uuid4()), do, self.client.person, step=step)
        self.together.said.sent.append(sent)
        started = time.perf_counter()
        watching = [
            asyncio.create_task(self._sees(person, step, shows, started)) for person in self.people if shows
        ]
        answer = await self.client.send(command, op=sent.op, seconds=120)
        self.together.measures.ack_ms[do].append((time.perf_counter() - started) * 1000)
        if not isinstance(answer, Ack):
            sent.outcome, sent.code = "refused", answer.code
            raise CantRun(f"{do} was refused: {answer.message}")
        sent.outcome, sent.seq = "acked", answer.seq
        await asyncio.gather(*watching)

    async def _sees(self, person: Person, step: str, phase: str, started: float) -> None:
        def true(client: LiveClient) -> bool:
            stage = stage_at(client)
            return stage.phase == phase and (stage.step == step or phase == "over")

        try:
            await person.client.wait_until(true, 60)
        except (TimeoutError, Ended):
            self.together.measures.problem(
                "Everybody sees where the workshop is", f"{person.key}: {phase} of {step}"
            )
        else:
            self.together.measures.room_ms.append((time.perf_counter() - started) * 1000)

    async def let_work(self) -> None:
        """Wait until everybody has done all they had to do in the step that is open."""
        stage, rested = stage_at(self.client), self.together.rested
        rested.clear()
        while any(person.has_work(stage) for person in self.people):
            await rested.wait()
            rested.clear()

    async def hide(self, ideas: set[str]) -> None:
        """Take these ideas (by their ids in the file) off the board."""
        written = self.together.said.ideas
        for idea in sorted(ideas & written.keys()):
            command = {"idea": written[idea].id, "reason": HIDDEN_BECAUSE}
            await self.press("idea.hide", **command)
            self.together.said.sent[-1].item = idea

    async def leave(self) -> list[str]:
        """Go; gives what was received."""
        await self.client.close()
        return self.client.received or []
