"""Bringing ideas into a prepared list through its pages: nothing lost, nothing taken that nobody looked at."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from challenges.models import Challenge
from lab_workspace.people.models import User
from realtime.ledger import Ack, Asked, run
from realtime.models import Event
from tests.makers import make_challenge, make_member, make_user
from tests.workshops.excel import workbook
from tests.workshops.preparing import at, happen, ready_challenge, ready_workshop
from workshops import actions
from workshops.models import IdeaRecord, Workshop
from workshops.prepare.plan import state_of


@pytest.fixture
def challenge(alice: User) -> Challenge:
    return ready_challenge(alice)


@pytest.fixture
def workshop(challenge: Challenge, alice: User) -> Workshop:
    """With a prepared list, a4, at the end of the usual agenda."""
    workshop = ready_workshop(challenge, alice)
    happen(workshop, "step.add", kind="list", title="What we have")
    return workshop


@pytest.fixture
def facilitator(client: Client, alice: User, challenge: Challenge) -> Client:
    client.force_login(alice)
    return client


def post(client: Client, workshop: Workshop, act: str, **fields: Any) -> Any:
    return client.post(at(workshop, "/steps/a4/bring-in"), {"act": act, **fields}, follow=True)


def upload(client: Client, workshop: Workshop, name: str, data: bytes, **fields: Any) -> Any:
    return post(client, workshop, "read", file=SimpleUploadedFile(name, data), **fields)


def fields_of(answer: Any) -> dict[str, str]:
    """What the page's form would send as it stands."""
    main = answer.text.partition('enctype="multipart/form-data"')[2]
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', main))
    found |= dict(re.findall(r'<input type="radio" name="(\w+)" value="([^"]*)" checked', main))
    found |= dict.fromkeys(re.findall(r'<input type="checkbox" name="(\w+)" checked', main), "on")
    found |= dict(re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>(.*?)</textarea>', main, re.DOTALL))
    return {name: unescape(value) for name, value in found.items() if name != "csrfmiddlewaretoken"}


def there(workshop: Workshop) -> list[str]:
    return [idea.text for idea in state_of(workshop).ideas_of("a4")]


def test_pasted_lines_are_looked_through_and_then_kept(facilitator: Client, workshop: Workshop) -> None:
    answer = post(facilitator, workshop, "paste", lines="First idea\n\nSecond idea\n")
    assert "2 lines are ready." in answer.text
    assert there(workshop) == []
    answer = post(facilitator, workshop, "bring", **fields_of(answer))
    assert "2 ideas are on the list." in answer.text
    assert there(workshop) == ["First idea", "Second idea"]
    (first, _second) = state_of(workshop).ideas_of("a4")
    assert first.brought
    assert (first.brought.how, first.brought.consent, first.brought.row) == ("pasted", "internal", 1)
    seat = actions.seat_for_user(workshop, User.objects.get(name="Alice Marsh"))
    assert first.author == seat.actor
    assert "2 ideas on the list" in facilitator.get(at(workshop)).text


def test_a_first_line_that_could_be_a_heading_is_lost_by_nobody(
    facilitator: Client, workshop: Workshop
) -> None:
    answer = post(facilitator, workshop, "paste", lines="Feedback\nWhat next?\nOther")
    assert fields_of(answer)["lines"] == "Feedback\nWhat next?\nOther"
    answer = upload(facilitator, workshop, "ideas.csv", b"Idea\nRing back\nAsk twice\n")
    chosen = fields_of(answer)
    assert chosen["titles"] == "on"
    assert fields_of(post(facilitator, workshop, "take", **chosen))["lines"] == "Ring back\nAsk twice"
    del chosen["titles"]
    assert fields_of(post(facilitator, workshop, "take", **chosen))["lines"] == "Idea\nRing back\nAsk twice"


def test_lines_with_a_problem_stay_while_the_good_ones_are_taken(
    facilitator: Client, workshop: Workshop
) -> None:
    typed = "Fine\nMail ann@example.org\n" + "x" * 300 + "\nFINE."
    answer = post(facilitator, workshop, "paste", lines=typed)
    text = unescape(answer.text)
    assert "1 line is ready." in text
    assert "3 need a look" in text
    assert "Line 2, “Mail ann@example.org”: It looks like it has an e-mail address in it." in text
    assert "It is 20 characters too long. Up to 280 fit." in text
    assert "It says the same as line 1." in text
    answer = post(facilitator, workshop, "bring", **fields_of(answer))
    assert there(workshop) == ["Fine"]
    left = fields_of(answer)
    assert left["lines"].splitlines() == ["Mail ann@example.org", "x" * 300, "FINE."]
    assert "It is on the list already." in unescape(answer.text)
    left["lines"] = "Mail the clinic"
    post(facilitator, workshop, "bring", **left)
    assert there(workshop) == ["Fine", "Mail the clinic"]


def test_a_file_with_columns_asks_which_and_keeps_the_rows(facilitator: Client, workshop: Workshop) -> None:
    data = workbook(
        ("Answers", (("Id", "What helps?"), (1, "Ring back"), (2, "Come & see"), (3, "Ask twice")))
    )
    answer = upload(facilitator, workshop, "survey.xlsx", data)
    assert "Which column holds the ideas?" in answer.text
    chosen = fields_of(answer)
    assert (chosen["column"], chosen["titles"]) == ("1", "on")
    answer = post(facilitator, workshop, "take", **chosen)
    given = fields_of(answer)
    assert given["lines"] == "Ring back\nCome & see\nAsk twice"
    given["lines"] = "Ask twice\nCome & see us\nRing back"
    post(facilitator, workshop, "bring", **{**given, "consent": "unnamed"})
    found = [idea.brought for idea in state_of(workshop).ideas_of("a4") if idea.brought]
    assert [(one.source, one.row, one.consent) for one in found] == [
        ("survey.xlsx", 4, "unnamed"),
        ("survey.xlsx", 0, "unnamed"),
        ("survey.xlsx", 2, "unnamed"),
    ]


def test_a_file_with_an_odd_name_is_taken(facilitator: Client, workshop: Workshop) -> None:
    given = fields_of(upload(facilitator, workshop, "odd\u202e name\u2028.txt", b"One"))
    post(facilitator, workshop, "bring", **given)
    (idea,) = state_of(workshop).ideas_of("a4")
    assert idea.brought
    assert idea.brought.source == "odd name.txt"


def test_another_sheet_or_other_headings_show_the_choice_again(
    facilitator: Client, workshop: Workshop
) -> None:
    data = workbook(("One", (("a b c", "d e f"), ("g h i", "j k l"))), ("Two", (("Only here", "and here"),)))
    chosen = fields_of(upload(facilitator, workshop, "x.xlsx", data))
    answer = post(facilitator, workshop, "sheet", **{**chosen, "sheet": "1"})
    assert "“Only here”" in answer.text
    assert there(workshop) == []
    again = fields_of(answer)
    again.pop("titles", None)
    answer = post(facilitator, workshop, "take", **{**again, "sheet": "1", "column": "-1"})
    assert fields_of(answer)["lines"] == "Only here\nand here"
    answer = post(facilitator, workshop, "take", **{**again, "sheet": "1", "column": "7"})
    assert "Choose the column that holds the ideas." in answer.text


def test_a_file_that_cannot_be_read_leaves_what_was_pasted_beside_it(
    facilitator: Client, workshop: Workshop
) -> None:
    answer = upload(facilitator, workshop, "x.xlsx", b"PK\x03\x04 broken", lines="Typed with <care>")
    assert "This is not an Excel file that can be read here." in answer.text
    assert "Typed with &lt;care&gt;" in answer.text


@pytest.mark.parametrize(
    "table",
    [
        "",
        "not json",
        "[]",
        "[[]]",
        "{}",
        "[" * 5000,
        json.dumps([["S", [[1, "text instead of cells"]]]]) + "x",
        json.dumps([["S", [["x", ["a"]]]]]),
        json.dumps([["S", 7]]),
        "null",
        "x" * 2_000_000,
        '[["S", [[Infinity, ["a"]]]]]',
    ],
    ids=range(12),
)
def test_a_form_that_came_back_broken_asks_for_the_file_again(
    facilitator: Client, workshop: Workshop, table: str
) -> None:
    answer = post(facilitator, workshop, "take", table=table, how="file", source="x.csv", column="0")
    assert "What was read got lost on the way." in answer.text


@pytest.mark.parametrize(
    "wrong", [{"sheet": "9" * 5000}, {"column": "9" * 5000}, {"column": "--5"}, {"sheet": "²"}]
)
def test_a_number_that_is_none_of_ours_asks_for_the_column_again(
    facilitator: Client, workshop: Workshop, wrong: dict[str, str]
) -> None:
    table = json.dumps([["S", [[1, ["One", "1"]], [2, ["Two", "2"]]]]])
    sent = {"table": table, "how": "file", "source": "x.csv", "column": "0", "sheet": "0", **wrong}
    assert post(facilitator, workshop, "look", **sent).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"how": "magic"},
        {"consent": "named"},
        {"lines": ""},
        {"lines": "x" * 500_001},
        {"lines": "\n".join(f"Line {n}" for n in range(1001))},
    ],
)
def test_a_bad_form_brings_nothing_in(facilitator: Client, workshop: Workshop, wrong: dict[str, str]) -> None:
    given = {
        "lines": "One",
        "how": "pasted",
        "source": "",
        "of": "",
        "marks": "",
        "consent": "internal",
        **wrong,
    }
    before = Event.objects.count()
    answer = post(facilitator, workshop, "bring", **given)
    assert answer.status_code == 200
    assert Event.objects.count() == before


def held_before(challenge: Challenge, alice: User) -> Workshop:
    """An earlier workshop: three ideas, one hidden, one to stay inside; two of them in a group; closed."""
    earlier = ready_workshop(challenge, alice)
    for person, consent in (("p-ann", "named"), ("p-ben", "internal")):
        happen(earlier, "person.join", person=person, name=person, role="participant", consent=consent)
    happen(earlier, "step.open", activity="a1")
    for person, words in (("p-ann", "Ann’s idea"), ("p-ben", "Ben’s idea"), ("p-ben", "Rude words")):
        asked = Asked(f"op-{words}", "idea.add", {"activity": "a1", "text": words}, person)
        assert isinstance(run(earlier.stream_id, asked)[0], Ack)
    happen(earlier, "step.reveal", activity="a1")
    happen(earlier, "idea.hide", idea="i3", reason="Rude")
    happen(earlier, "step.open", activity="a2")
    asked = Asked("op-g", "cluster.make", {"activity": "a2", "title": "Both", "ideas": ["i1", "i2"]}, "p-ann")
    assert isinstance(run(earlier.stream_id, asked)[0], Ack)
    happen(earlier, "step.reveal", activity="a2")
    happen(earlier, "workshop.close")
    return earlier


def test_ideas_of_an_earlier_workshop_come_with_what_their_writers_allowed(
    facilitator: Client, challenge: Challenge, workshop: Workshop, alice: User
) -> None:
    earlier = held_before(challenge, alice)
    address = at(workshop, "/steps/a4/bring-in/earlier")
    assert str(earlier.pk) in facilitator.get(address).text
    inside = unescape(facilitator.get(f"{address}?of={earlier.pk}").text)
    assert "The ideas of “Write ideas”" in inside
    assert "The groups of “Group the ideas”, by name" in inside
    answer = facilitator.get(f"{address}?of={earlier.pk}&what=a1/1:ideas")
    given = fields_of(answer)
    assert sorted(given["lines"].splitlines()) == ["Ann’s idea", "Ben’s idea"]
    assert "Rude" not in answer.text
    given["lines"] = "Ann’s idea\nBen’s idea\nBen’s idea, in other words"
    post(facilitator, workshop, "bring", **{**given, "consent": "internal"})
    found = {idea.text: idea.brought for idea in state_of(workshop).ideas_of("a4") if idea.brought}
    ann, ben, changed = found["Ann’s idea"], found["Ben’s idea"], found["Ben’s idea, in other words"]
    assert (ann.how, ann.consent, ann.gid) == ("workshop", "unnamed", f"{earlier.stream_id}/i1")
    assert (ben.consent, ben.gid) == ("internal", f"{earlier.stream_id}/i2")
    assert (changed.how, changed.consent, changed.gid) == ("pasted", "internal", "")
    # Saying that they may be quoted doesn't change what Ben allowed.
    happen(workshop, "step.remove", activity="a4")
    happen(workshop, "step.add", kind="list")
    answer = facilitator.post(
        at(workshop, "/steps/a5/bring-in"),
        {**given, "act": "bring", "lines": "Ben’s idea", "consent": "unnamed"},
    )
    (again,) = state_of(workshop).ideas_of("a5")
    assert again.brought
    assert again.brought.consent == "internal"


def test_results_of_this_workshop_come_only_after_everybody_saw_them(
    facilitator: Client, workshop: Workshop
) -> None:
    happen(workshop, "person.join", person="p-ann", name="Ann", role="participant", consent="unnamed")
    happen(workshop, "step.open", activity="a1")
    for words in ("First idea", "Second idea"):
        asked = Asked(f"op-{words}", "idea.add", {"activity": "a1", "text": words}, "p-ann")
        assert isinstance(run(workshop.stream_id, asked)[0], Ack)
    address = at(workshop, f"/steps/a4/bring-in/earlier?of={workshop.pk}")
    for _moment in ("open", "closed"):
        assert "left nothing that could be brought in" in facilitator.get(address).text
        assert "First idea" not in facilitator.get(f"{address}&what=a1/1:ideas").text
        happen(workshop, "step.close", activity="a1") if _moment == "open" else None
    happen(workshop, "step.open", activity="a3", show_sources=True)
    asked = Asked("op-dot", "dot.place", {"activity": "a3", "item": "i2"}, "p-ann")
    assert isinstance(run(workshop.stream_id, asked)[0], Ack)
    happen(workshop, "step.close", activity="a3")
    assert "best first" not in facilitator.get(address).text
    happen(workshop, "step.reveal", activity="a3")
    answer = facilitator.get(f"{address}&what=a3/1:rows")
    given = fields_of(answer)
    assert given["lines"] == "Second idea\nFirst idea"
    post(facilitator, workshop, "bring", **{**given, "lines": "Second idea"})
    (idea,) = state_of(workshop).ideas_of("a4")
    assert idea.brought
    assert (idea.brought.gid, idea.brought.consent) == (f"{workshop.stream_id}/i2", "unnamed")


def test_what_was_taken_back_since_is_not_offered(
    facilitator: Client, challenge: Challenge, workshop: Workshop, alice: User
) -> None:
    earlier = held_before(challenge, alice)
    IdeaRecord.objects.filter(gid=f"{earlier.stream_id}/i1").update(removed=True)
    answer = facilitator.get(at(workshop, f"/steps/a4/bring-in/earlier?of={earlier.pk}&what=a1/1:ideas"))
    assert fields_of(answer)["lines"] == "Ben’s idea"


def test_another_challenges_archive_is_not_there(
    facilitator: Client, workshop: Workshop, alice: User
) -> None:
    other = make_challenge("Another")
    earlier = held_before(other, alice)
    address = at(workshop, "/steps/a4/bring-in/earlier")
    for query in (f"?of={earlier.pk}", f"?of={earlier.pk}&what=a1/1:ideas", "?of=nonsense"):
        answer = facilitator.get(address + query)
        assert "idea" not in fields_of(answer).get("lines", "")
        assert "Write ideas" not in answer.text
    given = {"lines": "Ann’s idea", "how": "workshop", "source": "x", "marks": "", "consent": "internal"}
    post(facilitator, workshop, "bring", of=str(earlier.pk), **given)
    (idea,) = state_of(workshop).ideas_of("a4")
    assert idea.brought
    assert (idea.brought.how, idea.brought.gid) == ("pasted", "")


def test_only_who_prepares_brings_in_and_only_into_a_list(
    facilitator: Client, challenge: Challenge, workshop: Workshop
) -> None:
    member, stranger = Client(), Client()
    member.force_login(make_member(challenge, "Bob Tanner", "participant"))
    stranger.force_login(make_user("Charlie Nowak"))
    for address in (at(workshop, "/steps/a4/bring-in"), at(workshop, "/steps/a4/bring-in/earlier")):
        assert member.get(address).status_code == 403
        assert stranger.get(address).status_code == 404
        assert facilitator.get(address).status_code == 200
    given = {"act": "bring", "lines": "Mine", "how": "pasted", "consent": "internal"}
    assert member.post(at(workshop, "/steps/a4/bring-in"), given).status_code == 403
    assert facilitator.get(at(workshop, "/steps/a1/bring-in")).status_code == 404
    assert there(workshop) == []
