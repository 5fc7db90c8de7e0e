"""What mlcore says in English, in the reader's language: words it fixes, and sentences that hold figures."""

from typing import Protocol

from django.utils.translation import gettext


class Unscored(Protocol):
    """A stored prediction without a score, or anything that tells why there is none."""

    @property
    def sentence(self) -> str: ...

    @property
    def remedy(self) -> str: ...


def in_own_words(text: str) -> str:
    """A label or sentence of mlcore for who reads it; what is not known stays as it was said."""
    return gettext(text) if text else ""


def cause_in_words(prediction: Unscored) -> tuple[str, str]:
    """Why there is no score, and what would change that."""
    return in_own_words(prediction.sentence), in_own_words(prediction.remedy)
