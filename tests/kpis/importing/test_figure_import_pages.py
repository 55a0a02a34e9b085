"""The pages by which a file with figures comes in."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kpis.models import FigureImport, Observation
from kpis.periods import month
from kpis.services import figures, importing
from management import store
from tests.kpis.importing.helpers import stands, table
from tests.pages import AWKWARD, Page

pytestmark = pytest.mark.django_db
TWO = table("K1,Apr-19,41,60,,", "K1,May-19,42,60,,")


@pytest.fixture
def upload(client, kpi, lead):
    client.force_login(lead)

    def send(data, name="figures.csv"):
        url = reverse("figure_imports", args=[kpi.area.slug])
        return client.post(url, {"file": SimpleUploadedFile(name, data)})

    return send


@pytest.fixture
def press(client):
    """Sends the page's form as a browser does, with what is otherwise; None takes a field out."""

    def send(url, **facts):
        page = Page(client.get(url))
        sent = {**form_of(page), **facts}
        sent = {name: value for name, value in sent.items() if value is not None}
        return client.post(url, sent)

    return send


def form_of(page):
    form = page.tree.get_element_by_id("file")
    return {name: value for name, value in form.form_values() if name}


def field_of(page, label):
    """The name of the field with this label."""
    [found] = [one for one in page.tree.iter("label") if one.text_content().strip() == label]
    return page.tree.get_element_by_id(found.get("for")).get("name")


def test_a_lead_brings_in_a_file_sees_what_was_understood_and_undoes_it(client, kpi, upload, press):
    sent = upload(TWO + f'"{AWKWARD}",Jun-19,1,2,,\n'.encode())
    url = sent["Location"]
    page = Page(client.get(url))
    assert page.counts["new"] == 2
    assert page.counts["stopped"] == 1
    assert page.shows(AWKWARD)
    assert "K1 Apr 2019 41 of 60 (68%)" in " ".join(page.text.split())
    refused = Page(press(url))
    assert "is no KPI of this area" in " ".join(refused.summary)
    assert not Observation.objects.exists()
    assert press(url, without_stopped="on").status_code == 302
    assert stands(kpi) == {"2019-04": (41, 60), "2019-05": (42, 60)}
    done = Page(client.get(url))
    assert "2 figures recorded." in done.text
    assert done.counts["left out"] == 1
    undo = reverse("figure_import_undo", args=[kpi.area.slug, FigureImport.objects.get().pk])
    assert "Nothing is removed" in Page(client.get(undo)).text.replace("nothing", "Nothing")
    assert client.post(undo, {"version": FigureImport.objects.get().version}).status_code == 302
    assert set(stands(kpi).values()) == {None}
    listed = Page(client.get(reverse("figure_imports", args=[kpi.area.slug])))
    assert "Undone" in listed.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7\n", "This is a PDF, not an Excel workbook (.xlsx) or a CSV file (.csv)."),
        (b"\n\n", "there is no table with text in it"),
    ],
)
def test_what_is_no_table_is_refused_at_its_field(upload, data, said):
    page = Page(upload(data))
    assert said in page.errors["File with figures"][0]
    assert not FigureImport.objects.exists()


def test_names_and_days_are_asked_for_and_the_file_read_again(client, kpi, upload, press):
    rows = ("Seen,04/05/2019,41,60,,", "Seen,05/06/2019,42,60,,", "Odd,05/06/2019,42,60,,")
    url = upload(table(*rows))["Location"]
    page = Page(client.get(url))
    assert "2 names in the file are no KPIs" in page.text
    assert "2 figures, first in line 2." in page.text
    facts = {field_of(page, "Seen"): str(kpi.pk), field_of(page, "Odd"): "out", "read": "1"}
    page = Page(press(url, **facts))
    assert "The days in the file can be read in two ways." in page.text
    page = Page(press(url, **{"read-order": "day/month/year", "read": "1"}))
    assert page.counts["new"] == 2
    assert page.counts["left out"] == 1
    assert "is remembered for later files" in page.text
    assert press(url).status_code == 302
    assert stands(kpi) == {"2019-05": (41, 60), "2019-06": (42, 60)}
    later = Page(client.get(upload(table("Seen,Jul-19,41,60,,"))["Location"]))
    assert "“seen” is K1, as" in later.text


def test_what_is_chosen_and_not_yet_read_is_read_before_anything_is_taken_in(
    client, kpi, upload, press
):
    url = upload(table("K1,Apr-19,41,60,,", "Seen,May-19,42,60,,"))["Location"]
    name = field_of(Page(client.get(url)), "Seen")
    page = Page(press(url, **{name: str(kpi.pk)}))
    assert page.counts["new"] == 2
    assert not Observation.objects.exists()


def test_columns_are_chosen_on_the_page(client, kpi, upload, press):
    url = upload(table("K1,Apr-19,41,60", head="Thing,When,So many,Of these\n"))["Location"]
    page = Page(client.get(url))
    assert "No figure was found in the file." in page.text
    chosen = {"Thing": "KPI", "When": "Period", "So many": "Number", "Of these": "Out of"}
    facts = {field_of(page, label): field for label, field in chosen.items()}
    page = Page(press(url, read="1", **facts))
    assert page.counts["new"] == 1
    assert press(url).status_code == 302
    assert stands(kpi) == {"2019-04": (41, 60)}


def test_a_changed_figure_asks_for_its_reason_at_the_row_or_for_all(client, kpi, upload, press):
    press(upload(TWO)["Location"])
    data = table("K1,Apr-19,43,60,,", "K1,May-19,44,60,,")
    url = upload(data)["Location"]
    page = Page(press(url))
    assert (
        "It stands as 41 of 60, not 43 of 60."
        in page.errors["Why figures change that had been given"][0]
    )
    press(url, **{"reason-1": "Late returns"}, reason="Checked again")
    rows = Observation.objects.filter(edition=2).order_by("start")
    assert [row.reason for row in rows] == ["Late returns", "Checked again"]


def test_tiles_narrow_the_figures_and_what_was_typed_elsewhere_stays(client, kpi, upload, press):
    press(upload(TWO)["Location"])
    data = table("K1,Apr-19,43,60,,", "K1,May-19,42,60,,", "K1,Jun-19,44,60,,")
    url = upload(data)["Location"]
    sent = {**form_of(Page(client.get(url))), "go": "1", "skip": "1", "reason-1": "Late"}
    page = Page(client.post(f"{url}?show=new", sent))
    assert "1 of 3 figures: new." in page.text
    assert page.counts["changed"] == 0
    form = form_of(page)
    assert (form["skip"], form["reason-1"]) == ("1", "Late")
    assert client.post(url, form).status_code == 302
    assert stands(kpi) == {"2019-04": (41, 60), "2019-05": (42, 60), "2019-06": (44, 60)}


def test_a_long_file_is_shown_a_hundred_figures_at_a_time(client, kpi, upload):
    rows, period = [], month(date(2005, 4, 1))
    for _ in range(130):
        rows.append(f"K1,{period.label},41,60,,")
        period = period.next()
    url = upload(table(*rows))["Location"]
    page = Page(client.get(url))
    assert "Figures 1 to 100 of 130." in page.text
    page = Page(client.post(url, {**form_of(page), "go": "2"}))
    assert "Figures 101 to 130 of 130." in page.text


def test_figures_that_changed_meanwhile_are_shown_again(client, kpi, lead, upload):
    url = upload(TWO)["Location"]
    sent = form_of(Page(client.get(url)))
    april = month(date(2019, 4, 1))
    figures.record_figure(by=lead, indicator=kpi, period=april, numerator=40, denominator=60)
    answer = client.post(url, sent)
    page = Page(answer)
    assert answer.status_code == 409
    assert "Something has changed meanwhile." in page.text
    assert page.counts["changed"] == 1
    assert stands(kpi) == {"2019-04": (40, 60)}


def test_the_same_file_again_says_so_and_a_file_can_be_thrown_away(client, kpi, upload, press):
    press(upload(TWO)["Location"])
    url = upload(TWO)["Location"]
    page = Page(client.get(url))
    assert "This very file was taken in on 15 January 2020" in page.text
    assert "There is nothing in the file that is not here already." in page.text
    assert press(url, throw="1").status_code == 302
    assert "thrown away by" in Page(client.get(url)).text
    assert Observation.objects.count() == 2


def test_a_file_that_is_gone_from_the_store_is_told(client, kpi, upload):
    url = upload(TWO)["Location"]
    kept = FigureImport.objects.get()
    store.path(kept.sha256).unlink()
    answer = client.get(url)
    assert answer.status_code == 503
    assert "cannot be read" in Page(answer).text
    assert importing.taken_before(kept) is None
