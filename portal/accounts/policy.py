"""What the apps above tell accounts about schools, without accounts knowing them: functions they register."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass
class Policy:
    """Filled by `students.apps.ready()`; until then nothing is demanded and an invitation cannot be accepted."""

    needs_second_factor: Callable[[Any], bool] = lambda user: False
    may_enter_back_office: Callable[[Any], bool] = lambda user: user.is_superuser
    on_invitation_accepted: Callable[[Any, Any, date], None] | None = None
    role_name: Callable[[str], str] = lambda role: role
    school_name: Callable[[int], str] = lambda school_id: ""


policy = Policy()
