"""Forms of what people manage for themselves."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms

from management.models import ApiToken, User
from management.tokens import MOST_DAYS, USUAL_DAYS


class TokenForm(forms.Form):
    """A new token, asked for by whoever knows the password now: a screen may be left unlocked."""

    name = forms.CharField(
        label="Name",
        max_length=60,
        help_text="What will use it, as in “Monthly figures”. In histories it stands beside "
        "each change.",
        error_messages={"required": "Say what will use it."},
    )
    scope = forms.ChoiceField(
        label="What it may do",
        choices=ApiToken.Scope.choices,
        initial=ApiToken.Scope.READ,
        widget=forms.RadioSelect,
        help_text="Never more than you may do yourself.",
    )
    days = forms.TypedChoiceField(
        label="How long it works",
        coerce=int,
        choices=[(days, f"{days} days") for days in (30, USUAL_DAYS, 180, MOST_DAYS)],
        initial=USUAL_DAYS,
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Give your password again."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Counted with failed sign-ins: refused for some minutes after five of them."""
        password: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise forms.ValidationError("This is not your password.")
        return password
