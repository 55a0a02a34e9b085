"""What is open when a post comes to another holder, and telling that person of it.

Whoever gives a post to somebody need not think of it: a holding that has begun and was not told of
is found by its dates.
"""

import logging
from datetime import timedelta
from typing import Any

from django.db.models import F

from management import audit, clock, outbox
from management.access import System
from management.days import day_text
from management.models import Holding, Post
from plans.models import Action, HandedOver, HandOver, Task
from plans.services.entering import enter
from plans.services.locking import lock
from plans.services.rules import own_words

logger = logging.getLogger(__name__)
BY = System("hand-over")
# A holding that began longer ago was there before, or nobody was at work: it is no news any more.
NEWS = timedelta(days=14)


def hand_over_begun() -> tuple[int, list[str]]:
    """Record each post that has come to another holder, and tell the new one what is open.

    How many, and what went wrong: one post's trouble must not keep the others waiting.
    """
    today, made, troubles = clock.today(), 0, []
    begun = Holding.objects.filter(start__lte=today, start__gt=today - NEWS).current(on=today)
    for holding in begun.select_related("post__area", "user", "area").order_by("start", "pk"):
        try:
            with audit.acting(BY, "hand over post"):
                made += _hand_over(holding)
        except Exception as error:
            # One post's trouble must not keep the others waiting.
            logger.exception("The hand-over of post %s was not made.", holding.post_id)
            troubles.append(f"post {holding.post_id}: {type(error).__name__}")
    return made, troubles


def _hand_over(holding: Holding) -> bool:
    """Whether this holding was told of now. The post is locked: two workers would tell it twice.

    Whoever held it before goes on holding it: that is no hand-over.
    """
    post = lock(holding.post)
    if HandOver.objects.filter(post=post, new=holding.user, on=holding.start).exists():
        return False
    before = Holding.objects.filter(post=post, start__lt=holding.start)
    left = before.order_by("-start", "-pk").select_related("user").first()
    same = before.filter(user=holding.user).current(on=holding.start - timedelta(1))
    if (left and left.user_id == holding.user_id) or same.exists():
        return False
    made = HandOver(area=holding.area, post=post, old=left.user if left else None)
    hand_over: HandOver = enter(made, BY, new=holding.user, on=holding.start)
    rows = Action.objects.in_area(holding.area).of_posts([post]).to_work_on()
    actions = list(rows.by_need(on=clock.today()).with_moves().select_related("plan", "lead"))
    tasks = list(_tasks(post))
    told: dict[Action, list[str]] = {action: [_stands(action)] for action in actions}
    for task in tasks:
        told.setdefault(task.action, []).append(f"Task: {task.text}; {_due(task)}")
    for action, lines in told.items():
        HandedOver.objects.create(
            area=action.area, hand_over=hand_over, action=action, text="\n".join(lines)
        )
    if told:
        words = {"hand_over": hand_over, "actions": actions, "tasks": tasks, "today": clock.today()}
        words["own"] = own_words(holding.area)
        subject, text, html = outbox.render("plans/hand_over_message.html", words)
        key = f"hand-over {hand_over.pk}"
        area, user = holding.area, holding.user
        outbox.post(area=area, user=user, key=key, subject=subject, text=text, html=html)
    return True


def _tasks(post: Post) -> Any:
    """The open tasks that are the post's own; those without a post go with their actions."""
    rows = Task.objects.in_area(post.area).of_posts([post]).still_open().filter(post=post)
    return rows.select_related("action__plan__area").order_by(F("due").asc(nulls_last=True), "pk")


def _stands(action: Action) -> str:
    """How the action stands, for the record of what was handed over."""
    return f"{action.get_status_display()}; {_due(action)}"


def _due(row: Action | Task) -> str:
    return f"due {day_text(row.due)}" if row.due else "no due date"
