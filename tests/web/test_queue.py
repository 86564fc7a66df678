"""The queue: rows, filters, pages, what is left, and drawing the next article."""

import re

import pytest

from annotator.domain.operations import SkipLayer
from annotator.services import queue
from tests.web.pages import SignIn, counted, words
from tests.world import TEXT, World, new_id

QUEUE = "/projects/trials/articles"


def titles(page: str) -> list[str]:
    """The accessible names of the links that lead to articles, in order."""
    return re.findall(r'<a href="/projects/trials/articles/\d+">([^<]*)</a>', page)


def fill(world: World, count: int) -> list[int]:
    return [
        world.article(external_id=f"a{number}", text=f"Story {number}\n\n{TEXT}")
        for number in range(count)
    ]


def test_a_row_is_a_link_named_after_its_title(world: World, sign_in: SignIn) -> None:
    world.project(ann="annotator")
    article, _second = fill(world, 2)
    page = sign_in("ann").get(QUEUE).text
    assert titles(page) == ["Story 0", "Story 1"]
    assert f'href="/projects/trials/articles/{article}"' in page
    assert "Story 0 New 0" in words(page)


def test_rows_tell_ones_own_state_and_marks_and_filters_keep_to_them(
    world: World, sign_in: SignIn
) -> None:
    world.project(ann="annotator", ben="annotator", mia="manager")
    ids = fill(world, 4)
    ann, ben = world.actor("ann"), world.actor("ben")
    world.mark(ann, ids[0], "PATIENT_COUNT", 0, 5)
    world.finish(ann, ids[0])
    world.mark(ann, ids[1], "PATIENT_COUNT", 0, 5)
    world.apply(ann, ids[2], SkipLayer(new_id(), "other", "The text is cut off."))
    world.mark(ben, ids[0], "CONDITION", 0, 5)
    client = sign_in("ann")
    page = client.get(QUEUE).text
    assert "Story 0 Done 1 Story 1 In progress 1 Story 2 Skipped 0 Story 3 New 0" in words(page)
    assert "All 4 New 1 In progress 1 Done 1 Skipped 1" in words(page)
    assert titles(client.get(f"{QUEUE}?state=done").text) == ["Story 0"]
    assert titles(client.get(f"{QUEUE}?state=new").text) == ["Story 3"]
    assert "No article is in this state" in words(client.get(f"{QUEUE}?state=sent_back").text)
    assert "cut off" not in page
    managers = words(sign_in("mia").get(QUEUE).text)
    assert "Story 0 New 0 1 of 2" in managers
    assert "Story 2 ann other The text is cut off." in managers


def test_annotators_see_only_what_still_needs_readers(world: World, sign_in: SignIn) -> None:
    world.project(ann="annotator", ben="annotator", mia="manager", quota=1)
    ids = fill(world, 2)
    world.finish(world.actor("ben"), ids[0])
    assert titles(sign_in("ann").get(QUEUE).text) == ["Story 1"]
    assert titles(sign_in("ben").get(QUEUE).text) == ["Story 0", "Story 1"]
    assert titles(sign_in("mia").get(QUEUE).text) == ["Story 0", "Story 1"]


def test_pages_lead_forward_and_back(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PAGE", 2)
    world.project(ann="annotator")
    fill(world, 5)
    client = sign_in("ann")
    seen, url = [], QUEUE
    for _ in range(3):
        page = client.get(url).text
        seen.append(titles(page))
        following = re.search(r'href="([^"]*)" rel="next"', page)
        url = following[1].replace("&amp;", "&") if following else ""
    assert url == ""
    assert seen == [["Story 0", "Story 1"], ["Story 2", "Story 3"], ["Story 4"]]
    for expected in (seen[1], seen[0]):
        back = re.search(r'href="([^"]*)" rel="prev"', page)
        assert back
        page = client.get(back[1].replace("&amp;", "&")).text
        assert titles(page) == expected
    assert 'rel="prev"' not in page


def test_the_number_of_queries_does_not_grow_with_the_queue(world: World, sign_in: SignIn) -> None:
    world.project(ann="annotator", mia="manager")
    ann, counts = world.actor("ann"), []
    clients = sign_in("ann"), sign_in("mia")
    for number in range(3):
        article = world.article(external_id=f"first{number}")
        world.mark(ann, article, "PATIENT_COUNT", 20, 25)
    for url in (QUEUE, "/", "/projects/trials", "/projects/trials/scheme"):
        for client in clients:
            client.get(url)
            with counted(world.database) as statements:
                client.get(url)
            counts.append(len(statements))
    for article in fill(world, 20)[:10]:
        world.mark(ann, article, "PATIENT_COUNT", 0, 5)
        world.apply(world.actor("mia"), article, SkipLayer(new_id(), "duplicate"))
    for number in range(5):
        world.person(f"more{number}")
    for url in (QUEUE, "/", "/projects/trials", "/projects/trials/scheme"):
        for client in clients:
            with counted(world.database) as statements:
                assert client.get(url).status_code == 200
            assert len(statements) == counts.pop(0), (url, statements)
    assert len(statements) < 20


def test_next_leads_to_the_same_article_until_it_is_done(world: World, sign_in: SignIn) -> None:
    world.project(ann="annotator")
    first, second = fill(world, 2)
    client = sign_in("ann")
    answers = [client.get("/projects/trials/next") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert {answer.location for answer in answers} == {f"{QUEUE}/{first}"}
    assert "Continue" in words(client.get(QUEUE).text)
    world.finish(world.actor("ann"), first)
    assert client.get("/projects/trials/next").location == f"{QUEUE}/{second}"


def test_a_queue_with_nothing_left_says_so(world: World, sign_in: SignIn) -> None:
    world.project(ann="annotator")
    (article,) = fill(world, 1)
    world.article(external_id="later", ready=False)
    client = sign_in("ann")
    assert "Nothing is left" not in words(client.get(QUEUE).text)
    world.finish(world.actor("ann"), article)
    answer = client.get("/projects/trials/next")
    assert (answer.status_code, answer.location) == (303, QUEUE)
    page = client.get(answer.location).text
    assert "Nothing is left for you" in words(page)
    assert "1 article is being prepared" in words(page)
    assert "/projects/trials/next" not in page


def test_an_empty_queue_says_what_to_do(world: World, sign_in: SignIn) -> None:
    world.project(ann="annotator", mia="manager")
    assert "as soon as a manager" in words(sign_in("ann").get(QUEUE).text)
    assert 'href="/projects/trials/import"' in sign_in("mia").get(QUEUE).text
    assert sign_in("ann").get("/projects/trials/next").location == QUEUE


def test_an_admin_who_is_no_member_sees_titles_without_links(world: World, sign_in: SignIn) -> None:
    world.project()
    world.person("root", "admin")
    fill(world, 1)
    page = sign_in("root").get(QUEUE).text
    assert "Story 0" in words(page)
    assert titles(page) == []
    assert "/projects/trials/next" not in page
