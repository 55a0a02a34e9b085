"""Sections from the questions of the indicators; the day on which recommendations were added.

Frameworks from before the files become version 0 with the meanings that the program gave to their
grades, so that version 1 can be loaded beside them.
"""

from typing import Any

from django.db import migrations

from management import access, audit

BY = access.System("upgrade")
MEANINGS = {
    6: ("Outstanding, and others can learn from it.", ""),
    5: ("Major strengths.", ""),
    4: ("Important strengths, with some things to improve.", ""),
    3: ("Strengths only just outweigh weaknesses.", "Improvement is needed."),
    2: ("Weaknesses outweigh strengths.", "Action is required, as a priority."),
    1: ("Major weaknesses.", "Action is required, urgently."),
}


def fill(apps: Any, schema_editor: Any) -> None:
    """A section for each question that a framework asks, in the order of its indicators."""
    QualityIndicator = apps.get_model("plans", "QualityIndicator")
    Section = apps.get_model("plans", "Section")
    Recommendation = apps.get_model("plans", "Recommendation")
    with audit.naming(BY, "upgrade"):
        for framework in apps.get_model("plans", "Framework").objects.filter(sha256=""):
            framework.version = 0
            framework.save()
            for place, (value, (meaning, obliges)) in enumerate(MEANINGS.items(), 1):
                apps.get_model("plans", "ScalePoint").objects.create(
                    framework=framework,
                    sequence=place,
                    value=value,
                    meaning=meaning,
                    obliges=obliges,
                )
        for indicator in QualityIndicator.objects.filter(section=None).order_by("sequence"):
            there = Section.objects.filter(framework_id=indicator.framework_id)
            section = there.filter(question=indicator.question).first()
            if section is None:
                place = there.count() + 1
                section = Section.objects.create(
                    framework_id=indicator.framework_id,
                    sequence=place,
                    code=str(place),
                    name=indicator.question,
                    question=indicator.question,
                )
            indicator.section = section
            indicator.save()
        for recommendation in Recommendation.objects.filter(added_on=None).select_related(
            "inspection"
        ):
            recommendation.added_on = recommendation.inspection.published_on
            recommendation.save()


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_findings")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
