from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


def scoring_ended(job: Any) -> tuple[str, bool]:
    """Asked by portal.jobs. The orders bring the arrays along, which most processes never need, so they come late."""
    from predictions.orders import ended

    return ended.scoring(job)


class PredictionsConfig(AppConfig):
    name = "predictions"

    def ready(self) -> None:
        """Tell the frame of every page which pages this app adds to it, and portal.jobs how a scoring run ends; begin to listen."""
        from portal.jobs.parts import on_all_ended
        from portal.kit.navigation import Place, add_place
        from predictions import receivers, tracking  # noqa: F401  # the one hears from now on, the other has a check
        from predictions.access import SEES_MODELS

        on_all_ended("scoring", scoring_ended)
        add_place(Place(_("Models"), "models", SEES_MODELS))
