"""Commands as the shell calls them: what they say, as text or as JSON, and how they end."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from predictions import registry
from predictions.models import ModelPolicy, ModelVersion
from tests.cast import Cast
from tests.trained import make_version

AT = ("--school", "lakeside-school")


def told(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def facts(name: str, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told(name, *arguments, "--json"))
    return found


def refused(name: str, *arguments: str) -> tuple[int, str]:
    """The exit code and the sentence; as JSON the sentence is on standard output too."""
    with pytest.raises(CommandError) as error:
        told(name, *arguments)
    return error.value.returncode, str(error.value)


def serving(school: Cast) -> ModelVersion:
    ModelPolicy.objects.create(school=school.lakeside, needs_second_person=False)
    version = make_version(school.lakeside)
    registry.promote(version, by=None, why="serves")
    return version
