from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


def _ended(what: str) -> Any:
    """What follows from finished work. The orders bring the arrays along, which most processes never need, so they come late."""

    def told(*facts: Any) -> Any:
        from predictions.orders import ended

        return getattr(ended, what)(*facts)

    return told


def _in_own_words(sentence: str) -> str:
    """Most processes show no sentence of a job either."""
    from predictions.wording import in_own_words

    return in_own_words(sentence)


def _may_still_have_letters(job: Any, user: Any) -> bool:
    from predictions.orders.letters import may_still_have

    return may_still_have(job, by=user)


class PredictionsConfig(AppConfig):
    name = "predictions"

    def ready(self) -> None:
        """Tell the frame of every page which pages this app adds to it, portal.jobs how a scoring run ends, and the tasks
        what follows from them; begin to listen.
        """
        from portal.jobs.files import ask_before_download
        from portal.jobs.parts import on_all_ended
        from portal.jobs.telling import tell_by
        from portal.kit.navigation import Place, add_place
        from predictions import receivers, tracking  # noqa: F401  # the one hears from now on, the other has a check
        from predictions.access import SEES_MODELS, WATCHERS
        from predictions.dumping import add_predictions
        from predictions.following import following
        from students.access import GUARDIAN, STUDENT_ROLE

        tell_by(_in_own_words)
        on_all_ended("scoring", _ended("scoring"))
        ask_before_download("letters", _may_still_have_letters)
        add_predictions()
        following.training, following.alerts, following.night = _ended("training"), _ended("alerts"), _ended("night")
        add_place(Place(_("Watchlist"), "watchlist", WATCHERS))
        add_place(Place(_("Models"), "models", SEES_MODELS))
        add_place(Place(_("Outlook"), "my-outlook", STUDENT_ROLE | GUARDIAN))
