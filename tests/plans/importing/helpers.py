"""A plan's file in CSV, and how it is brought in."""

import csv
import io
from datetime import date

from plans.services import importing, taking_in

HEADINGS = ["Ref", "Quality indicator", "Action", "Lead", "Due", "Status", "Progress", "Evidence"]
ROW = {
    "Ref": "1.1a",
    "Quality indicator": "1.1",
    "Action": "Train all staff",
    "Lead": "Unpaid Work Manager",
    "Due": "31 March 2020",
    "Status": "Green",
    "Progress": "Half of them so far",
    "Evidence": "List of names",
}
AGREED_ON = date(2019, 9, 17)
AGREED = {"title": "Plan 2019", "decision": "Board, item 3"}
DRAFT = {"title": "Plan 2019", "decision": ""}


def table(*rows, headings=HEADINGS):
    """A CSV file of rows like ROW, each with what is otherwise."""
    out = io.StringIO()
    writer = csv.DictWriter(out, headings)
    writer.writeheader()
    writer.writerows({name: (ROW | row).get(name, "") for name in headings} for row in rows)
    return out.getvalue().encode()


class Bring:
    """Keeps a file, looks at it, and takes it in."""

    def __init__(self, lead, area, framework):
        self.lead, self.area, self.framework = lead, area, framework

    def keep(self, data, plan=None, name="plan.csv", **facts):
        facts = {"framework": self.framework, "agreed_on": AGREED_ON, **facts}
        return importing.keep_file(
            by=self.lead, area=self.area, data=data, file_name=name, plan=plan, **facts
        )

    def look(self, data, plan=None, **facts):
        return importing.look(self.keep(data, plan, **facts))

    def does(self, data, plan=None):
        return [(one.does, one.row.reference) for one in self.look(data, plan).lines]

    def changes(self, data, plan):
        """Of each row the names of what would change."""
        return [[change.name for change in one.changes] for one in self.look(data, plan).lines]

    def __call__(self, data, plan=None, **facts):
        kept = self.keep(data, plan)
        facts = facts if plan else AGREED | facts
        if plan:
            facts.setdefault("reason", "The board said so")
        seen = importing.look(kept)
        return self.take(kept, seen, **facts)

    def take(self, kept, seen, **facts):
        return taking_in.take_in(
            by=self.lead, kept=kept, version=kept.version, mark=seen.mark, **facts
        )


def form_of(page):
    """What a browser would send if the form of the file were sent as it stands."""
    (form,) = [f for f in page.tree.forms if f.xpath(".//input[@name='version']")]
    sent = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value.strip())
    return sent


def select_of(page, name):
    """The select of that name in the file, by its label."""
    (label,) = [one for one in page.tree.xpath("//label") if one.text_content().strip() == name]
    return page.tree.xpath(f"//select[@id='{label.get('for')}']")[0]


def chosen_in(page, name):
    return select_of(page, name).xpath("./option[@selected]")[0].text_content()
