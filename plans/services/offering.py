"""The posts that people can choose: not those that an undone import has left behind."""

from typing import Any

from management.models import Area, Post, User
from plans.models import Action, Support, Task
from plans.services.earlier import undone


def offered_posts(user: User, area: Area) -> Any:
    """The area's posts, to be offered in a form."""
    return Post.objects.visible_to(user).in_area(area).exclude(pk__in=left_behind(area))


def left_behind(area: Area) -> set[int]:
    """Keys of posts that undone imports made, and that nothing names but their own actions.

    In an agreed plan these stay, withdrawn, and with them the post; nobody asked for it. A file
    that names it, or a person who makes a post of this title, takes it up again.
    """
    gone, made = undone(area)
    if not made:
        return set()
    leads = Action.objects.filter(lead__in=made).values_list("lead", "pk")
    supports = Support.objects.filter(post__in=made).values_list("post", "action")
    named = {post for rows in (leads, supports) for post, action in rows if action not in gone}
    named |= set(Task.objects.filter(post__in=made).values_list("post", flat=True))
    posts = Post.objects.filter(pk__in=made - named, holdings=None, indicators=None)
    return set(posts.values_list("pk", flat=True))
