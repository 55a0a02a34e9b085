"""Pages of inspections and their recommendations: what a reader sees and what a form answers."""

from datetime import date

import pytest
from django.urls import reverse

from management.access import Role
from plans.forms.inspections import MessagesForm
from plans.models import Decision, Inspection, KeyMessage, Recommendation, Stage
from plans.services import frameworks
from plans.services import recommendations as services
from plans.statuses import Status
from tests import factories
from tests.pages import AWKWARD, Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DRAFT = {"published_on": None, "plan_due_on": None}


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def lead(area, client):
    """The performance lead, signed in."""
    person = factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")
    client.force_login(person)
    return person


@pytest.fixture
def guide():
    return factories.framework(("1.1", "5.2"), title="The guide")


@pytest.fixture
def found(area, guide):
    return factories.inspection(area, guide, title="The 2019 inspection")


@pytest.fixture
def open_page(client, area):
    def visit(name, *args, **query):
        return Page(client.get(reverse(name, args=[area.slug, *args]), query))

    return visit


@pytest.fixture
def fill(client, area, open_page):
    """Opens a page, fills in its form, sends it, and follows to where the answer leads."""

    def send(name, *args, **typed):
        form = open_page(name, *args).form
        form |= typed
        return Page(client.post(reverse(name, args=[area.slug, *args]), form, follow=True))

    return send


@pytest.fixture
def overtaken(client, area, open_page):
    """Opens a page, lets `meanwhile` happen, and then sends its form."""

    def send(name, row, meanwhile, **typed):
        form = open_page(name, row.pk).form | typed
        meanwhile()
        return Page(client.post(reverse(name, args=[area.slug, row.pk]), form))

    return send


# --- recording one -------------------------------------------------------------------------------


@pytest.fixture
def recorded(lead, fill, guide):
    def record(**typed):
        facts = {"title": "A look", "inspectorate": "Care Inspectorate", "framework": guide.pk}
        return fill("inspection_new", **facts, **typed)

    return record


def test_one_that_is_only_notified_has_a_timetable_and_says_what_is_next(
    lead, area, fill, open_page
):
    for facts in frameworks.shipped():
        frameworks.load_framework(by=lead, facts=facts)
    guidance = frameworks.latest("inspection-2019")
    page = fill(
        "inspection_new",
        title="A look",
        inspectorate="Care Inspectorate",
        framework=guidance.pk,
        notified_on="10 1 2020",
    )
    assert "A look is recorded." in page.source
    assert "Not published yet: only those who work in the service see this" in page.text
    assert "Next: First meeting, 3 February 2020" in page.text
    page = open_page("inspection_timetable", Inspection.objects.get().pk)
    assert "Next: First meeting, Monday 3 February 2020." in page.text
    rows = {row[1].removesuffix(" Edit Self-evaluation due"): row for row in page.rows()}
    week, _, on, inspectorate, service, done = rows["Self-evaluation due"]
    assert (week, on, done) == ("11", "Wednesday 18 March 2020, 12 noon", "Not yet")
    assert inspectorate.startswith("Hands the self-evaluation")
    assert service.startswith("Sends the self-evaluation")
    assert "its date appears here with that of publication" in page.text


def test_one_that_is_published_is_recorded_with_the_date_of_its_plan(recorded):
    page = recorded(notified_on="1 11 2018", published_on="6/8/2019")
    assert "Published 6 August 2019" in page.text
    assert "Improvement plan due 17 September 2019 (six weeks after publication)" in page.text
    assert "None: the framework names no weeks" in page.text


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (Inspection.Kind.JUSTICE, "the framework names no weeks"),
        (Inspection.Kind.PROGRESS, "a progress review has no weeks of its own"),
    ],
)
def test_without_weeks_its_timetable_says_why(lead, area, guide, open_page, kind, why):
    facts = {"kind": kind, "notified_on": date(2019, 1, 7)}
    page = open_page("inspection_timetable", factories.inspection(area, guide, **facts).pk)
    assert f"There is no timetable: {why}." in page.text


@pytest.mark.parametrize(
    ("typed", "label", "said"),
    [
        (
            {"notified_on": "6 8 2019", "published_on": "1 11 2018"},
            "Published on",
            "It cannot be published (1 November 2018) before it is notified (6 August 2019).",
        ),
        (
            {"published_on": "6 8 2019", "plan_due_on": "5 8 2019"},
            "Improvement plan due on",
            "The plan cannot be due (5 August 2019) "
            "before the report is published (6 August 2019).",
        ),
        (
            {"notified_on": "31 2 2019"},
            "Notified on",
            "This is not a date that can be read. Write it as 31 3 2020 or 2020-03-31.",
        ),
        ({"records_read": "many"}, "Records read (optional)", "Enter a whole number, such as 99."),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_stays_there(recorded, typed, label, said):
    page = recorded(**typed)
    assert page.errors == {label: [said]}
    assert {name: page.typed(name) for name in typed} == typed
    assert page.typed("title") == "A look"
    assert not Inspection.objects.exists()


def test_without_a_framework_the_form_says_who_can_help(lead, open_page):
    page = open_page("inspection_new")
    assert "An operator loads those that are shipped with manage.py load_frameworks." in page.text


def test_the_list_says_how_each_stands_and_what_comes_next(lead, area, guide, found, open_page):
    draft = factories.inspection(
        area, guide, title="A new one", notified_on=date(2020, 1, 6), **DRAFT
    )
    factories.stage(draft, name="Report drafted", planned_on=date(2020, 5, 4))
    factories.stage(draft, name="First meeting", planned_on=date(2020, 2, 3))
    factories.stage(draft, name="Call", planned_on=date(2020, 1, 13))
    page = open_page("inspections")
    assert [row[0] for row in page.rows()] == ["A new one", "The 2019 inspection"]
    assert [row[3:] for row in page.rows()] == [
        [
            "Notified 6 January 2020, not published yet",
            "Six weeks after publication",
            "3 February 2020: First meeting",
        ],
        ["Published 6 August 2019", "17 September 2019", "None to come"],
    ]


def test_keepers_see_the_next_dates_on_their_first_page(lead, area, guide, open_page):
    draft = factories.inspection(area, guide, **DRAFT, notified_on=date(2020, 1, 6))
    for month in (2, 3, 4, 5):
        factories.stage(draft, name=f"Step {month}", planned_on=date(2020, month, 3))
    factories.inspection(area, guide, title="Out", plan_due_on=date(2020, 1, 20))
    text = open_page("area").text
    assert "3 February 2020: Step 2" in text and "3 April 2020: Step 4" in text
    assert "Step 5" not in text
    assert "20 January 2020: Improvement plan due Out" in text


@pytest.mark.parametrize(
    ("sent", "due", "said"),
    [
        (None, date(2020, 1, 20), "Not submitted yet: due in 5 days"),
        (None, date(2020, 1, 12), "Not submitted: 3 days late"),
        (date(2020, 1, 10), date(2020, 1, 20), "Submitted on 10 January 2020, 10 days before the"),
        (date(2020, 1, 15), date(2020, 1, 12), "Submitted on 15 January 2020, 3 days late"),
    ],
)
def test_the_pages_of_an_inspection_say_when_its_plan_was_submitted(
    lead, area, guide, open_page, sent, due, said
):
    published = {"published_on": date(2019, 12, 9), "plan_due_on": due}
    found = factories.inspection(area, guide, title="Out", **published)
    factories.stage(found, planned_on=date(2019, 11, 4))
    plan = factories.plan(area, found, title="Our plan", state="approved", actions=1)
    if sent:
        factories.plan_move(plan, on=sent, old="approved", new="submitted")
    for name in ("inspection", "inspection_timetable"):
        assert said in open_page(name, found.pk).text
    assert "Our plan (approved): 1 action, 0 complete" in open_page("inspection", found.pk).text


def test_others_read_what_is_published_and_find_no_button(area, client, found, open_page):
    row = factories.recommendation(found, "1")
    client.force_login(factories.user(area, Role.INSPECTOR))
    draft = factories.inspection(area, found.framework, title="Secret", **DRAFT)
    hidden = factories.recommendation(draft, "9")
    assert open_page("inspections").links & {reverse("inspection_new", args=[area.slug])} == set()
    assert "Secret" not in open_page("inspections").text
    for name, pk in (("inspection", found.pk), ("recommendation", row.pk)):
        page = open_page(name, pk)
        assert page.status == 200
        assert not [link for link in page.links if link.endswith(("/edit/", "/new/", "/decide/"))]
    for name, pk in (
        ("inspection", draft.pk),
        ("inspection_timetable", draft.pk),
        ("recommendation", hidden.pk),
    ):
        assert open_page(name, pk).status == 404


# --- its facts, timetable, grades and messages ---------------------------------------------------


def test_a_new_date_of_publication_moves_the_deadline_of_the_plan(lead, found, fill):
    page = fill("inspection_edit", found.pk, published_on="13 8 2019")
    assert "Improvement plan due 24 September 2019 (six weeks after publication)" in page.text


def test_a_stale_edit_shows_both_texts_and_loses_neither(lead, found, overtaken, client):
    page = overtaken(
        "inspection_edit",
        found,
        lambda: Inspection.objects.update(
            version=2, title="Theirs", published_on=date(2019, 8, 7), people_met=5
        ),
        title="Mine",
    )
    assert page.status == 409
    assert page.rows() == [
        ["Title", "Theirs", "Mine"],
        ["Published on", "7 August 2019", "06 08 2019"],
        ["People met (optional)", "5", "Empty"],
    ]
    assert page.typed("title") == "Mine"
    assert Inspection.objects.get().title == "Theirs"
    client.post(reverse("inspection_edit", args=_at(found)), page.form)
    assert Inspection.objects.get().title == "Mine"


def test_a_stale_edit_stands_beside_a_choice_that_is_not_on_offer_any_more(
    lead, found, guide, overtaken
):
    def newer():
        newest = factories.framework(code=guide.code, version=guide.version + 1, title="Newest")
        Inspection.objects.update(version=2, framework=newest)

    page = overtaken("inspection_edit", found, newer, title="Mine")
    assert (page.status, page.typed("title")) == (409, "Mine")
    assert page.rows() == [
        ["Title", "The 2019 inspection", "Mine"],
        ["Framework", "Newest", "Not on offer any more"],
    ]


@pytest.mark.parametrize("sent", ["999", "x", "9" * 5000])
def test_a_choice_that_never_was_on_offer_is_refused_or_shown(lead, found, overtaken, sent):
    row = factories.recommendation(found, "1")
    fresh = overtaken("recommendation_edit", row, lambda: None, parent=sent)
    assert (fresh.status, list(fresh.errors)) == (200, ["Part of"])
    page = overtaken(
        "recommendation_edit", row, lambda: Recommendation.objects.update(version=2), parent=sent
    )
    assert page.status == 409
    assert page.rows() == [["Part of", "Nothing: it stands on its own", "Not on offer any more"]]


def _at(row):
    return [row.area.slug, row.pk]


def test_a_step_is_moved_and_marked_as_done(lead, found, fill, open_page):
    Inspection.objects.update(**DRAFT, notified_on=date(2019, 1, 7))
    step = factories.stage(found, name="First meeting", planned_on=date(2019, 2, 4), week=5)
    assert "Date passed, not marked as done" in open_page("inspection_timetable", found.pk).text
    page = fill("stage_edit", step.pk, on="6 2 2019", at="noon", done_on="2019-02-06")
    assert "Saved: First meeting." in page.source
    [row] = page.rows()
    assert row[2] == "Wednesday 6 February 2019, noon by the weeks: 4 February 2019"
    assert row[5] == "6 February 2019"
    page = fill("stage_edit", step.pk, done_on="6 2 2021")
    assert page.errors == {"Done on": ["It cannot have been done on a day that has not come yet."]}


def test_a_stale_step_shows_both_dates(lead, found, overtaken):
    step = factories.stage(found, planned_on=date(2019, 2, 4))
    page = overtaken(
        "stage_edit",
        step,
        lambda: Stage.objects.update(version=2, on=date(2019, 2, 7)),
        on="6 2 2019",
    )
    assert page.status == 409
    assert page.rows() == [["Date", "7 February 2019", "6 2 2019"]]


def test_grades_are_given_with_their_reasons(lead, found, guide, fill):
    one, five = guide.indicators.all()
    page = fill(
        "inspection_grades",
        found.pk,
        **{f"grade_{one.pk}": 2, f"rationale_{one.pk}": AWKWARD, f"grade_{five.pk}": 4},
    )
    assert page.shows(AWKWARD)
    assert [[row[2], row[3]] for row in page.rows()] == [
        ["Weak", AWKWARD],
        ["Good", "No reason entered"],
    ]
    page = fill("inspection_grades", found.pk, **{f"grade_{five.pk}": ""})
    assert [row[0] for row in page.rows()] == ["1.1 Quality of 1.1"]


def test_only_what_the_framework_grades_is_asked_for(lead, found, guide, open_page):
    factories.quality_indicator(guide, "5.1", graded=False)
    page = open_page("inspection_grades", found.pk)
    assert "Grade of 5.2" in page.text and "5.1" not in page.text


def test_a_grade_for_an_indicator_of_another_framework_is_refused(lead, found, fill):
    stranger = factories.framework(("7.7",)).indicators.get()
    page = fill("inspection_grades", found.pk, **{f"grade_{stranger.pk}": 3})
    assert page.summary == ["A grade was sent for an indicator of another framework."]
    assert not found.evaluations.exists()


def test_stale_grades_stand_beside_those_that_are_saved(lead, found, guide, overtaken):
    one, five = guide.indicators.all()

    def meanwhile():
        factories.evaluation(found, five, grade=4, rationale="Theirs")
        Inspection.objects.update(version=2)

    typed = {f"grade_{one.pk}": 2, f"grade_{five.pk}": 3}
    page = overtaken("inspection_grades", found, meanwhile, **typed)
    assert page.status == 409
    assert page.rows() == [
        ["Grade of 1.1 Quality of 1.1", "Not graded", "Weak"],
        ["Grade of 5.2 Quality of 5.2", "Good", "Adequate"],
        ["Why 5.2 was graded so, in short", "Theirs", "Empty"],
    ]
    assert found.evaluations.get().grade == 4


def test_key_messages_are_written_and_removed(lead, found, fill, open_page):
    page = fill("inspection_messages", found.pk, text_1="First", text_2=AWKWARD)
    assert "KM1 First" in page.text
    assert page.shows(AWKWARD)
    page = fill("inspection_messages", found.pk, text_2="")
    assert [m.reference for m in KeyMessage.objects.all()] == ["KM1"]
    factories.action(factories.plan(found.area, found), key_messages=found.key_messages.all())
    page = fill("inspection_messages", found.pk, text_1="")
    assert list(page.errors) == ["KM1"]


def test_there_is_always_room_for_more_key_messages(lead, found, open_page):
    factories.key_message(found, 8)
    assert "text_11" in open_page("inspection_messages", found.pk).form


def test_a_field_of_an_endless_number_makes_no_room():
    sent = {"text_" + "9" * 5000: "x", "text_7": "y"}
    assert MessagesForm(sent, numbers=[]).numbers == range(1, 11)


def test_stale_key_messages_stand_beside_those_that_are_saved(lead, found, overtaken):
    def meanwhile():
        factories.key_message(found, 1, text="Theirs")
        Inspection.objects.update(version=2)

    page = overtaken("inspection_messages", found, meanwhile, text_1="Mine")
    assert (page.status, page.rows()) == (409, [["KM1", "Theirs", "Mine"]])
    assert page.typed("text_1") == "Mine"


def test_a_progress_review_stands_beside_the_first_grades(lead, area, guide, found, open_page):
    one, five = guide.indicators.all()
    factories.evaluation(found, one, grade=2)
    factories.evaluation(found, five, grade=3)
    review = factories.inspection(
        area, guide, title="A year on", kind="progress", follows=found, plan_due_on=None
    )
    factories.evaluation(review, one, grade=4, rationale="Plans are there now.")
    wanted = [
        ["1.1 Quality of 1.1", "Weak", "Good", "2 grades better", "Plans are there now."],
        ["5.2 Quality of 5.2", "Adequate", "Not graded", "Not graded again", ""],
    ]
    page = open_page("inspection", found.pk)
    assert "Since then: A year on" in page.text
    assert page.rows(1) == wanted
    page = open_page("inspection", review.pk)
    assert "Looks at the progress since The 2019 inspection" in page.text
    assert page.rows(1) == wanted


def test_a_review_by_a_later_version_of_the_framework_is_compared_by_code(
    lead, area, guide, found, open_page
):
    newer = factories.framework(code=guide.code, version=2)
    strange = factories.framework()
    factories.evaluation(found, guide.indicators.first(), grade=2)
    facts = {"kind": "progress", "follows": found, "plan_due_on": None}
    review = factories.inspection(area, newer, title="A year on", **facts)
    factories.evaluation(review, newer.indicators.first(), grade=3)
    other = factories.inspection(area, strange, title="By other means", **facts)
    factories.evaluation(other, strange.indicators.first(), grade=6)
    assert open_page("inspection", review.pk).rows(1)[0][3] == "1 grade better"
    changes = [row[3] for row in open_page("inspection", other.pk).rows(1)]
    assert changes == ["Not graded again", "Not graded the first time"]


def test_a_review_that_is_not_published_stays_with_the_service(
    area, guide, found, client, open_page
):
    review = factories.inspection(
        area, guide, title="Secret", kind="progress", follows=found, **DRAFT
    )
    factories.evaluation(review, guide.indicators.first(), rationale="Secret reason")
    client.force_login(factories.user(area, Role.BOARD_MEMBER))
    assert "Secret" not in open_page("inspection", found.pk).text


# --- recommendations -----------------------------------------------------------------------------


def test_recommendations_nest_as_deep_as_the_report(lead, area, found, fill, open_page):
    page = fill("recommendation_new", found.pk, reference="1", text="Meet the standards")
    assert "1 is added." in page.source
    whole = Recommendation.objects.get()
    fill("recommendation_new", found.pk, reference="2", text=AWKWARD)
    page = fill("recommendation_new", found.pk, reference="1.1", text="Train")
    assert "1.1 is added, as part of 1." in page.source
    fill("recommendation_new", found.pk, reference="3.1", text="Early", parent="")
    page = fill("recommendation_new", found.pk, reference="3", text="Late")
    assert "By its number, 3.1 could be part of 3: say so under Edit." in page.text
    Recommendation.objects.filter(reference__startswith="3").delete()
    part = Recommendation.objects.get(reference="1.1")
    page = fill("recommendation_new", found.pk, reference="1.1.1", text="LS", parent=part.pk)
    assert page.shows(AWKWARD)
    assert "4 open, of 4" in page.text
    names = [row[0] for row in page.rows()]
    assert names == [
        "1 Meet the standards",
        "1.1 Train part of 1",
        "1.1.1 LS part of 1.1",
        f"2 {AWKWARD}",
    ]
    page = open_page("recommendation", whole.pk)
    assert [row[0] for row in page.rows()] == ["1.1 Train", "1.1.1 LS part of 1.1"]
    query = {"part_of": part.pk}
    assert open_page("recommendation_new", found.pk, **query).typed("parent") == str(part.pk)


def test_one_after_another_is_entered_without_a_detour(lead, found, fill, area, client):
    page = fill("recommendation_new", found.pk, reference="1", text="First", next="1")
    assert page.title.startswith("Add a recommendation")
    assert [row[0] for row in page.rows()] == ["1 First"]
    first = Recommendation.objects.get()
    url = f"{reverse('recommendation_new', args=[area.slug, found.pk])}?part_of={first.pk}"
    form = {"reference": "A", "text": "A part", "parent": first.pk, "kind": first.kind, "next": "1"}
    page = Page(client.post(url, form, follow=True))
    assert "A is added, as part of 1." in page.source
    assert page.typed("parent") == str(first.pk), "the next one is part of the same"


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        (
            {"reference": "1", "text": "Again"},
            {"Number": ["This inspection already has a recommendation 1."]},
        ),
        (
            {"reference": "", "text": ""},
            {
                "Number": ["Give the number by which people will know it."],
                "Text": ["Give the recommendation in short."],
            },
        ),
        (
            {"reference": "2", "text": "Later", "added_on": "1 1 2021"},
            {"Added on": ["It cannot be added on a day that has not come yet."]},
        ),
    ],
)
def test_a_recommendation_that_cannot_be_is_refused_at_its_field(lead, found, fill, typed, errors):
    factories.recommendation(found, "1")
    page = fill("recommendation_new", found.pk, **typed)
    assert page.errors == errors
    assert page.typed("text") == typed["text"]


def test_a_nest_that_contains_itself_is_refused_at_the_field(lead, found, fill):
    whole = factories.recommendation(found, "1")
    part = factories.recommendation(found, "1.1", parent=whole)
    page = fill("recommendation_edit", whole.pk, parent=part.pk)
    assert page.errors == {
        "Part of": ["1 cannot be part of itself, or of one of its own parts."],
    }
    assert page.typed("parent") == str(part.pk)
    page = fill("recommendation_edit", part.pk, parent="", text="Stands alone")
    assert "Stands alone" in page.text and "Part of" not in page.text


def test_it_is_answered_with_the_part_that_is_agreed(lead, found, fill):
    row = factories.recommendation(found, "1")
    page = fill("recommendation_response", row.pk, response="partly")
    assert page.errors == {
        "Which part, or why not": ["Say which part is agreed, and which is not."],
    }
    page = fill(
        "recommendation_response",
        row.pk,
        response="partly",
        response_detail="Training yes, not the date",
        addressee="The council",
        depends_on="A new law",
    )
    for said in (
        "Response Partly agreed Training yes, not the date",
        "Addressee The council",
        "Depends on A new law",
    ):
        assert said in page.text


def test_a_stale_response_shows_both(lead, found, overtaken):
    row = factories.recommendation(found, "1")
    page = overtaken(
        "recommendation_response",
        row,
        lambda: Recommendation.objects.update(version=2, response="agreed", addressee="Them"),
        response="not_agreed",
        response_detail="It is done already",
    )
    assert page.status == 409
    assert page.rows() == [
        ["Response", "Agreed", "Not agreed"],
        ["Which part, or why not", "Empty", "It is done already"],
        ["Addressee (optional)", "Them", "Empty"],
    ]
    assert page.typed("response_detail") == "It is done already"


def test_one_entered_by_mistake_is_removed_and_one_with_a_part_is_not(lead, found, fill, open_page):
    row = factories.recommendation(found, "1")
    factories.recommendation(found, "1.1", parent=row)
    wrong = factories.recommendation(found, "2", text="Twice")
    remove = [reverse("recommendation_remove", args=_at(one)) for one in (row, wrong)]
    assert remove[0] not in open_page("recommendation", row.pk).links
    assert remove[1] in open_page("recommendation", wrong.pk).links
    page = fill("recommendation_remove", wrong.pk, reason="")
    assert page.errors == {"Reason": ["Say why it is removed."]}
    page = fill("recommendation_remove", row.pk, reason="Entered twice")
    assert page.summary == ["1 has a part, so it stays."]
    page = fill("recommendation_remove", wrong.pk, reason="Entered twice")
    assert "2 is removed." in page.source
    assert "Twice" not in page.text


def test_one_that_was_corrected_meanwhile_is_not_removed_unseen(lead, found, overtaken):
    row = factories.recommendation(found, "1")
    page = overtaken(
        "recommendation_remove",
        row,
        lambda: Recommendation.objects.update(version=2, text="Corrected"),
        reason="Entered twice",
    )
    assert page.status == 409
    assert "Nothing was saved." in page.text
    assert page.typed("reason") == "Entered twice"
    assert Recommendation.objects.get().text == "Corrected"


@pytest.fixture
def decided(fill):
    def decide(row, **typed):
        facts = {
            "kind": "closed",
            "on": "6 1 2020",
            "body": "HSCP Board",
            "minute_reference": "Item 9",
            "reason": "The audit shows it",
        }
        return fill("recommendation_decide", row.pk, **facts | typed)

    return decide


def test_it_closes_by_a_bodys_decision_and_opens_the_same_way(lead, found, decided, open_page):
    row = factories.recommendation(found, "1")
    page = decided(row, body=AWKWARD)
    assert page.shows(AWKWARD)
    assert "Closed on 6 January 2020" in page.text
    assert "6 January 2020, entered by Fiona Adair" in page.text
    assert "The audit shows it Minute: Item 9" in page.text
    assert "0 open, of 1" in open_page("inspection", found.pk).text
    page = decided(row)
    assert page.errors == {"What was decided": ["1 has been closed since 6 January 2020."]}
    assert "Reopened by HSCP Board" in decided(row, kind="reopened", on="7 1 2020").text
    assert [d.kind for d in Decision.objects.all()] == ["closed", "reopened"]


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"body": ""}, {"Body": ["Name the body that decided: nobody else can."]}),
        (
            {"minute_reference": ""},
            {"Minute reference": ["Give the minute in which the decision stands."]},
        ),
        ({"on": "5 8 2019"}, {"Date of the decision": ["1 was added on 6 August 2019."]}),
        (
            {"on": "16 1 2020"},
            {"Date of the decision": ["Enter a decision once it has been taken, not before."]},
        ),
    ],
)
def test_what_is_no_decision_closes_nothing(lead, found, decided, typed, errors):
    row = factories.recommendation(found, "1")
    page = decided(row, **typed)
    assert page.errors == errors
    assert page.typed("reason") == "The audit shows it"
    assert not Decision.objects.exists()


def test_one_whose_parts_are_open_stays_open(lead, found, decided):
    row = factories.recommendation(found, "1")
    factories.recommendation(found, "1.1", parent=row)
    assert decided(row).errors == {
        "What was decided": ["1.1 is part of it and still open."],
    }


def test_a_decision_made_meanwhile_is_shown_before_another_is_made(lead, found, overtaken):
    row = factories.recommendation(found, "1")

    def meanwhile():
        services.decide(
            by=lead,
            recommendation=Recommendation.objects.get(),
            version=row.version,
            kind="closed",
            on=date(2020, 1, 6),
            body="Their board",
            minute_reference="Item 3",
            reason="Theirs",
        )

    typed = {"on": "7 1 2020", "body": "HSCP Board", "minute_reference": "4", "reason": "Mine"}
    page = overtaken("recommendation_decide", row, meanwhile, **typed)
    assert page.status == 409
    assert "Nothing was saved." in page.text
    assert "Closed by Their board" in page.text
    assert page.typed("reason") == "Mine"
    assert Decision.objects.get().body == "Their board"


def test_it_is_reclassified_for_a_reason(lead, found, fill):
    row = factories.recommendation(found, "1")
    page = fill("recommendation_reclassify", row.pk, on="6 1 2020", reason="Smaller now")
    assert list(page.errors) == ["Class from that day on"]
    page = fill(
        "recommendation_reclassify", row.pk, new="development", on="6 1 2020", reason="Smaller now"
    )
    assert "Reclassified: Area for improvement → Area for development" in page.text
    assert "Area for development 1" in page.text


@pytest.mark.parametrize(
    ("published", "closed", "marked"),
    [
        (date(2018, 1, 15), None, True),
        (date(2018, 1, 16), None, False),
        (date(2018, 1, 15), date(2019, 1, 1), False),
    ],
)
def test_one_that_is_open_for_two_years_is_marked(
    lead, area, guide, open_page, published, closed, marked
):
    found = factories.inspection(area, guide, published_on=published, plan_due_on=None)
    row = factories.recommendation(found, "1", closed_on=closed)
    for page in (open_page("inspection", found.pk), open_page("recommendation", row.pk)):
        assert ("Open for two years or longer" in page.text) is marked
        assert ("2 years since publication" in page.text) is marked


def test_the_actions_that_answer_it_are_there_with_their_state(lead, area, found, open_page):
    row = factories.recommendation(found, "1")
    plan = factories.plan(area, found, illustrative="Partly invented")
    action = factories.action(
        plan, reference="A1", text="Do it", status=Status.AT_RISK, recommendations=(row,)
    )
    page = open_page("recommendation", row.pk)
    assert page.rows()[0][0] == "A1 Do it"
    assert page.rows()[0][1] == Status.AT_RISK.label
    assert reverse("action", args=_at(action)) in page.links
    assert "Partly invented" in page.text


def test_one_that_nothing_was_done_about_says_so(lead, found, open_page):
    page = open_page("recommendation", factories.recommendation(found, "1").pk)
    for said in (
        "No action answers it.",
        "No body has decided on it, and it was never reclassified.",
        "Response No response yet",
        "Open: 5 months since publication",
    ):
        assert said in page.text


@pytest.mark.parametrize(("day", "verb"), [(15, "is"), (14, "was")])
def test_a_plan_that_is_late_was_due(lead, area, guide, open_page, day, verb):
    out = {"published_on": date(2019, 12, 3), "plan_due_on": date(2020, 1, day)}
    page = open_page("inspection", factories.inspection(area, guide, **out).pk)
    assert (
        f"No plan answers this inspection yet. One {verb} due by {day} January 2020." in page.text
    )


def test_the_timetable_of_a_published_inspection_says_when_it_was(lead, area, guide, open_page):
    out = {"published_on": date(2019, 12, 3), "plan_due_on": date(2020, 1, 14)}
    found = factories.inspection(area, guide, **out)
    factories.stage(found, sequence=1, planned_on=date(2019, 11, 4))
    factories.stage(found, sequence=2, name="Publication", planned_on=date(2019, 11, 25))
    page = open_page("inspection_timetable", found.pk)
    assert "The report was published on 3 December 2019." in page.text
    done = [row[-1] for row in page.rows()[:2]]
    assert done == ["No date entered", "3 December 2019"], "the weeks end with the publication"
    hidden = {"published_on": None, "plan_due_on": None}
    draft = factories.inspection(area, guide, title="Draft", **hidden)
    factories.stage(draft, planned_on=date(2020, 11, 4))
    assert "was published" not in open_page("inspection_timetable", draft.pk).text
