"""python -m tests.oidc_provider PORT: migrate, register the portal as a client, add people, serve."""

import json
import os
import sys

import django
from django.core.management import call_command


def prepare() -> None:
    from allauth.account.models import EmailAddress
    from allauth.idp.oidc.models import Client
    from django.contrib.auth.models import User

    call_command("migrate", verbosity=0)
    facts = json.loads(os.environ["OIDC_TEST_FACTS"])
    client = Client(id=facts["client_id"], name="Foremark", scopes="openid\nprofile\nemail")
    client.set_secret(facts["secret"])
    client.set_redirect_uris(facts["callbacks"])
    client.save()
    for email, verified in facts["people"].items():
        user = User.objects.create_user(email, email, facts["password"], first_name="Given", last_name="Family")
        EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.oidc_provider.settings"
    django.setup()
    prepare()
    call_command("runserver", f"127.0.0.1:{sys.argv[1]}", use_reloader=False, skip_checks=True)
