"""Pages of packs."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance import papers, services
from governance.content import thaw
from governance.forms import EditionForm, ParagraphsForm, RequestForm, fingerprint
from governance.models import Body, Pack, PackBuild, Paragraph, Rendition
from governance.render import page as page_of
from governance.sections import SECTIONS
from kpis.periods import Period, last_complete_quarter, quarter
from management import clock, store
from management.access import policy
from management.requests import Request
from management.versions import Stale

QUARTERS = 8  # how far back a pack can be asked for on the page
PACKS = 25
ARTICLE_SECONDS = 24 * 60 * 60
YEARS = range(1900, 2200)  # in which a period can lie
CONTENT_TYPES = {
    Rendition.Format.PDF: "application/pdf",
    Rendition.Format.WORD: (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ),
    Rendition.Format.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Rendition.Format.PAGE: "text/html; charset=utf-8",
}


def _quarters() -> list[Period]:
    periods = [last_complete_quarter(clock.today())]
    while len(periods) < QUARTERS:
        periods.append(periods[-1].previous())
    return periods


@policy("pack.view")
@require_http_methods(["GET", "HEAD", "POST"])
def packs(request: Request, area: str) -> HttpResponse:
    bodies = Body.objects.visible_to(request.user).in_area(request.area).select_related("plan")
    form = RequestForm(request.POST or None, bodies=bodies, periods=_quarters())
    if request.method == "POST" and form.is_valid():
        period = quarter(date.fromisoformat(form.cleaned_data["period"]))
        body = form.cleaned_data["body"]
        try:
            pack = services.request_pack(
                by=request.user, body=body, period=period, as_at=clock.today()
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("pack", area, pack.pk)
    rows = Pack.objects.visible_to(request.user).in_area(request.area).latest_first()
    context = {
        "form": form,
        "page": Paginator(rows, PACKS).get_page(request.GET.get("page")),
        "bodies": bodies,
        "next_period": last_complete_quarter(clock.today()),
        "states": PackBuild.State,
    }
    return render(request, "governance/packs.html", context)


def _find(request: Request, pk: int) -> Pack:
    rows = Pack.objects.visible_to(request.user).in_area(request.area)
    return get_object_or_404(rows.select_related("body", "build", "area", "frozen"), pk=pk)


@policy("pack.view")
@require_safe
def pack(request: Request, area: str, pk: int) -> HttpResponse:
    pack = _find(request, pk)
    editions = Pack.objects.visible_to(request.user).filter(body=pack.body, start=pack.start)
    context: dict[str, Any] = {
        "pack": pack,
        "states": PackBuild.State,
        "settled": (PackBuild.State.DONE, PackBuild.State.FAILED),
        "editions": editions.latest_first(),
        "form": EditionForm(),
    }
    if pack.build.state == PackBuild.State.DONE:
        context["files"] = pack.renditions.all()
        context["article"] = _article(pack)
    return render(request, "governance/pack.html", context)


def _article(pack: Pack) -> str:
    """The pack as part of a page: drawn once, since its content never changes."""
    key = f"article:{page_of.VERSION}:{pack.frozen.sha256}"
    article = cache.get(key)
    if article is None:
        article = page_of.render(thaw(pack.frozen.text))
        cache.set(key, article, ARTICLE_SECONDS)
    return mark_safe(article)  # noqa: S308  (our own renderer has escaped every text in it)


@policy("pack.view")
@require_safe
def pack_progress(request: Request, area: str, pk: int) -> HttpResponse:
    """How the build stands: a part of the page, asked for again every few seconds."""
    pack = _find(request, pk)
    response = render(
        request, "governance/progress.html", {"pack": pack, "states": PackBuild.State}
    )
    if pack.build.state == PackBuild.State.DONE:
        response["HX-Refresh"] = "true"
    return response


@policy("pack.request")
@require_POST
def pack_edition(request: Request, area: str, pk: int) -> HttpResponse:
    pack = _find(request, pk)
    form = EditionForm(request.POST)
    if form.is_valid():
        try:
            newer = services.request_pack(
                by=request.user,
                body=pack.body,
                period=pack.period,
                as_at=clock.today(),
                reason=form.cleaned_data["reason"],
                new_edition=True,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("pack", area, newer.pk)
    context = {"pack": pack, "form": form}
    return render(request, "governance/edition.html", context, status=422)


@policy("pack.request")
@require_POST
def pack_retry(request: Request, area: str, pk: int) -> HttpResponse:
    pack = _find(request, pk)
    try:
        services.retry_pack(by=request.user, pack=pack)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("pack", area, pack.pk)


@policy("pack.view")
@require_safe
def pack_file(request: Request, area: str, pk: int, extension: str) -> HttpResponse:
    pack = _find(request, pk)
    rows = Rendition.objects.visible_to(request.user).filter(pack=pack)
    rendition = get_object_or_404(rows, format=extension)
    response = HttpResponse(
        store.read(rendition.sha256),
        content_type=CONTENT_TYPES[Rendition.Format(rendition.format)],
    )
    name = services.file_name(pack, rendition.format)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response


@policy("pack.write")
@require_http_methods(["GET", "HEAD", "POST"])
def paragraphs(request: Request, area: str, body: str, period: str) -> HttpResponse:
    bodies = Body.objects.visible_to(request.user).in_area(request.area)
    found = get_object_or_404(bodies, slug=body)
    try:
        start = date.fromisoformat(period)
    except ValueError as error:
        raise Http404 from error
    if start.year not in YEARS or quarter(start).start != start:
        raise Http404
    form = ParagraphsForm(request.POST or None, written=_written(request, found, start))
    context = {"body": found, "period": quarter(start), "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            changed = papers.write_paragraphs(
                by=request.user, body=found, start=start, texts=form.texts()
            )
        except ValidationError as error:
            form.add_error(None, error)
        except Stale:
            return _stale(request, form, context)
        else:
            names = ", ".join(SECTIONS[key] for key in changed)
            messages.success(request, f"Saved: {names}." if changed else "Nothing had changed.")
            return redirect("paragraphs", area, body, period)
    context["packs"] = Pack.objects.visible_to(request.user).filter(body=found, start=start)
    return render(request, "governance/paragraphs.html", context)


def _written(request: Request, body: Body, start: date) -> dict[str, Paragraph]:
    there = Paragraph.objects.visible_to(request.user).filter(body=body, start=start)
    return {p.section: p for p in there}


def _stale(request: Request, form: ParagraphsForm, context: dict[str, Any]) -> HttpResponse:
    """409: the other person's text of each section that both have changed; nothing is saved.

    What this person did not touch is shown as it now stands, so that saving again cannot undo it.
    """
    # Read again: what came in between is what this person must see.
    written = _written(request, context["body"], context["period"].start)
    touched = form.texts()
    form.data = data = request.POST.copy()
    both = []
    for key, heading in SECTIONS.items():
        now = written.get(key)
        text = now.text if now else ""
        if key not in touched:
            data[key] = text
        elif now is not None and now.version != touched[key][0] and text != touched[key][1]:
            both.append((heading, now))
        data[f"{key}_version"] = str(now.version if now else 0)
        data[f"{key}_read"] = fingerprint(text)
    return render(request, "governance/paragraphs.html", {**context, "stale": both}, status=409)
