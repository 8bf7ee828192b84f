"""The pages of suggestions: looked at first, applied as chosen, for those who may, and near-duplicates before a vote."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from challenges.models import Membership
from lab_workspace.people.models import User
from realtime.ledger import Ack, Asked, by_system, run
from tests.makers import make_challenge, make_member
from tests.suggest.test_suggesting import IDEAS
from workshops.actions import make_workshop
from workshops.models import Workshop
from workshops.prepare.plan import state_of
from workshops.suggest import asking

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workshop(alice: User, settings: Settings) -> Workshop:
    """A workshop facilitated by Alice: ideas are shown, grouping is open, a vote is still to come."""
    settings.EMBEDDINGS = "none"
    challenge = make_challenge()
    make_member(challenge, alice, Membership.Role.FACILITATOR)
    made = make_workshop(challenge, "Choosing", timezone.now(), 60, alice)
    stream = made.stream_id
    for kind in ("brainstorm", "cluster", "dot_vote"):
        run(stream, by_system(f"add-{kind}", "step.add", kind=kind, title=kind))
    for person, role in (("p-ann", "participant"), ("p-fay", "facilitator")):
        words = {"person": person, "name": person, "role": role, "consent": "internal"}
        run(stream, by_system(f"join-{person}", "person.join", **words))
    texts = [idea.text for idea in IDEAS] + ["More buses HOME in the evening!"]
    asked = [
        ("p-fay", "step.open", {"activity": "a1"}),
        *(("p-ann", "idea.add", {"activity": "a1", "text": text}) for text in texts),
        ("p-fay", "step.reveal", {"activity": "a1"}),
        ("p-fay", "show.go", {"activity": "a2"}),
        ("p-fay", "step.open", {"activity": "a2"}),
        ("p-ann", "cluster.make", {"activity": "a2", "title": "Letters"}),
    ]
    answers = run(stream, *(Asked(f"seed-{n:04}", do, args, who) for n, (who, do, args) in enumerate(asked)))
    assert all(isinstance(answer, Ack) for answer in answers)
    return made


def facilitator(client: Client, alice: User, workshop: Workshop) -> Client:
    client.force_login(alice)
    assert client.get(reverse("workshops:console", args=[workshop.pk])).status_code == 200
    return client


def page(workshop: Workshop, name: str = "suggest", step: str = "a2") -> str:
    return reverse(f"workshops:{name}", args=[workshop.pk, step])


def form_of(html: str) -> dict[str, str]:
    """What the form sends as it stands."""
    fields = re.findall(
        r'<input (?=[^>]*name="([^"]+)")(?=[^>]*value="([^"]*)")(?![^>]*type="checkbox")[^>]*>', html
    )
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"}


def groups(workshop: Workshop) -> dict[str, set[str]]:
    state = state_of(workshop)
    board = state.steps["a2"].rounds[-1].memory
    return {group.title: {state.ideas[idea].text for idea in group.ideas} for group in board.groups.values()}


def test_groups_are_looked_at_first_and_applied_as_chosen(
    client: Client, alice: User, workshop: Workshop
) -> None:
    facilitator(client, alice, workshop)
    html = client.get(page(workshop)).content.decode()
    assert groups(workshop) == {"Letters": set()}, "looking changes nothing"
    assert "Add to “Letters”" in html
    assert "Letters in plain English" in html
    assert "Shared words:" in html
    assert not re.search(r"0\.\d", html.partition("<main")[2].partition("</main")[0]), "no decimals"

    sent = form_of(html)
    tea, *others = sorted(
        (name for name in sent if name.startswith("name-")), key=lambda name: "ea" not in sent[name]
    )
    number = tea.removeprefix("name-")
    first, *rest = sent[f"ideas-{number}"].split()
    skipped = {name.replace("name-", "skip-"): "1" for name in others}
    assert skipped
    answer = client.post(page(workshop), {**sent, **skipped, tea: "Something warm", "out": first})

    assert answer.headers["Location"].partition("?")[0] == reverse("workshops:console", args=[workshop.pk])
    texts = {idea.id: idea.text for idea in state_of(workshop).ideas.values()}
    found = groups(workshop)
    assert set(found) == {"Letters", "Something warm"}
    assert found["Something warm"] == {texts[idea] for idea in rest}
    assert all("etter" in text for text in found["Letters"])


def test_the_same_form_sent_twice_applies_once(client: Client, alice: User, workshop: Workshop) -> None:
    facilitator(client, alice, workshop)
    sent = form_of(client.get(page(workshop)).content.decode())
    client.post(page(workshop), sent)
    first = groups(workshop)
    assert len(first) > 1
    client.post(page(workshop), sent)
    assert groups(workshop) == first


def test_a_refusal_says_why_and_shows_the_page_again(client: Client, alice: User, workshop: Workshop) -> None:
    facilitator(client, alice, workshop)
    html = client.post(page(workshop), {"op": "nothing-at-all"}).content.decode()
    assert "Choose at least one group." in html
    html = client.post(page(workshop), {"op": "wrong-idea", "ideas-1": "i999"}).content.decode()
    assert "This idea is not here." in html
    assert groups(workshop) == {"Letters": set()}


def test_who_may_not_ask_gets_nothing(client: Client, alice: User, workshop: Workshop) -> None:
    assert client.get(page(workshop)).status_code == 404
    guest = Client()
    guest.post(reverse("workshops:join", args=[workshop.code]), {"name": "Robin", "consent": "internal"})
    answer = guest.get(page(workshop))
    assert answer.headers["Location"].partition("?")[0] == reverse("workshops:room", args=[workshop.pk])
    assert guest.post(page(workshop), {"op": "robins-own-op", "ideas-1": "i1 i2"}).status_code == 302
    assert guest.get(page(workshop, "alike", "a3")).status_code == 404
    assert groups(workshop) == {"Letters": set()}

    facilitator(client, alice, workshop)
    assert client.get(page(workshop, step="a9")).status_code == 404
    assert client.get(page(workshop, step="a1")).status_code == 302


def test_where_everybody_may_ask_a_guest_applies_too(client: Client, alice: User, workshop: Workshop) -> None:
    settings = {"who": "everybody", "who_asks": "everybody"}
    fields = {"activity": "a2", "title": "cluster", "minutes": 10, "settings": settings}
    (answer,) = run(workshop.stream_id, by_system("change-a2", "step.change", **fields))
    assert isinstance(answer, Ack), answer
    guest = Client()
    guest.post(reverse("workshops:join", args=[workshop.code]), {"name": "Robin", "consent": "internal"})
    sent = form_of(guest.get(page(workshop)).content.decode())
    answered = guest.post(page(workshop), sent)
    assert answered.headers["Location"].partition("?")[0] == reverse("workshops:room", args=[workshop.pk])
    assert len(groups(workshop)) > 1


def test_a_guest_who_asks_again_and_again_is_told_to_wait_and_a_facilitator_is_not(
    client: Client, alice: User, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_asker", asking._Asker(asking._Pace(lambda: 100.0)))
    settings = {"who": "everybody", "who_asks": "everybody"}
    run(workshop.stream_id, by_system("change-a2", "step.change", activity="a2", settings=settings))
    guest = Client()
    guest.post(reverse("workshops:join", args=[workshop.code]), {"name": "Robin", "consent": "internal"})
    assert guest.get(page(workshop)).status_code == 200
    assert guest.get(page(workshop)).status_code == 200, "the same question costs nothing"
    answer = guest.get(page(workshop) + "?new_only=1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
    assert "You asked for suggestions a moment ago." in answer.text
    assert "Nothing stands out" not in answer.text
    facilitator(client, alice, workshop)
    assert client.get(page(workshop) + "?new_only=1").status_code == 200
    assert client.get(page(workshop) + "?apart=1").status_code == 200


def test_another_breakout_rooms_board_is_not_looked_at(
    client: Client, alice: User, workshop: Workshop
) -> None:
    stream, settings = workshop.stream_id, {"who": "everybody", "who_asks": "everybody"}
    guest = Client()
    guest.post(reverse("workshops:join", args=[workshop.code]), {"name": "Robin", "consent": "internal"})
    robin = next(person.id for person in state_of(workshop).people.values() if person.name == "Robin")
    run(stream, by_system("add-rooms", "step.add", kind="cluster", title="In rooms", settings=settings))
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("p-fay", "step.close", {"activity": "a2"}),
        ("p-fay", "rooms.split", {"activity": "a4", "how": "teams", "teams": {"A": ["p-ann"], "B": [robin]}}),
        ("p-fay", "step.open", {"activity": "a4"}),
        ("p-ann", "cluster.make", {"activity": "a4r1", "title": "Only in A"}),
    ]
    answers = run(stream, *(Asked(f"rooms-{n:04}", do, args, who) for n, (who, do, args) in enumerate(asked)))
    assert all(isinstance(answer, Ack) for answer in answers), answers
    assert guest.get(page(workshop, step="a4r2")).status_code == 200
    assert guest.get(page(workshop, step="a4r1")).status_code == 404
    facilitator(client, alice, workshop)
    assert client.get(page(workshop, step="a4r1")).status_code == 200


def test_when_it_cannot_be_worked_out_the_page_says_so(
    client: Client, alice: User, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    facilitator(client, alice, workshop)

    def broken(asked: bytes) -> object:
        raise asking.Unavailable

    monkeypatch.setattr(asking, "_asker", asking._Asker())
    monkeypatch.setattr(asking, "_ask", broken)
    answer = client.get(page(workshop))
    assert answer.status_code == 503
    assert "Suggestions can&#x27;t be worked out just now." in answer.text
    assert "Nothing stands out" not in answer.text
    assert "can't be looked for" in client.get(page(workshop, "alike", "a3")).content.decode()


def test_near_duplicates_are_named_before_the_vote_and_merged_by_a_button(
    client: Client, alice: User, workshop: Workshop
) -> None:
    facilitator(client, alice, workshop)
    html = client.get(page(workshop, "alike", "a3")).content.decode()
    assert "More buses HOME in the evening!" in html
    assert "More buses home in the evening" in html
    assert html.count("Keep this one") == 2
    part = client.get(page(workshop, "alike", "a3") + "?part=1").content.decode()
    assert "<html" not in part
    assert part.count("Keep this one") == 2

    command = re.findall(r'name="command" value="([^"]+)"', part)[0].replace("&quot;", '"')
    commands = reverse("workshops:commands", args=[workshop.pk]) + "?as=facilitator"
    client.post(commands, {"op": "one-press-0001", "command": command})
    assert sum(idea.merged_into is not None for idea in state_of(workshop).ideas.values()) == 1
    assert (
        "No near-duplicates among" in client.get(page(workshop, "alike", "a3") + "?part=1").content.decode()
    )


@pytest.mark.parametrize("kind", ["dot_vote", "ranking", "matrix"])
@pytest.mark.parametrize(("target", "told"), [("ideas", True), ("both", True), ("clusters", False)])
def test_near_duplicates_have_their_place_before_every_choice_between_ideas(
    client: Client, alice: User, workshop: Workshop, kind: str, target: str, told: bool
) -> None:
    facilitator(client, alice, workshop)
    run(
        workshop.stream_id,
        by_system("add-a4", "step.add", kind=kind, title="Choose", settings={"target": target}),
        by_system("close-a2", "step.close", activity="a2"),
        by_system("go-to-a4", "show.go", activity="a4"),
    )
    console = client.get(reverse("workshops:console", args=[workshop.pk])).text
    assert ('data-fill="alike/a4?part=1"' in console) is told
    found = client.get(page(workshop, "alike", "a4") + "?part=1").text
    assert found.count("Keep this one") == (2 if told else 0)
    assert ("There are no ideas to compare yet." in found) is not told
    if told:
        (opened,) = run(workshop.stream_id, by_system("open-a4", "step.open", activity="a4"))
        assert isinstance(opened, Ack), opened
        assert "data-fill" not in client.get(reverse("workshops:console", args=[workshop.pk])).text
