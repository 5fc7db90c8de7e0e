"""Addresses of signing in and of one's own account: of allauth's only those that Foremark needs."""

from allauth.account import views as account
from allauth.socialaccount import views as socialaccount
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.usersessions import views as usersessions
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.http import require_safe

from portal.accounts import web
from portal.sso import SAML_APP

signing_in: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("closed/", account.account_inactive, name="account_inactive"),
    path("join/", account.signup, name="account_signup"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("email/", account.email, name="account_email"),
    path("email/sent/", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^email/confirm/(?P<key>[-:\w]+)/$", account.confirm_email, name="account_confirm_email"),
    path("password/", web.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("second-factor/", include("allauth.mfa.urls")),
    path("second-factor/needed/", web.second_factor, name="second_factor"),
    path("sessions/", require_safe(usersessions.list_usersessions), name="usersessions_list"),
    path("sessions/end-others/", web.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("sessions/end-all/", web.sign_out_everywhere, name="sign_out_everywhere"),
    path("provider/cancelled/", socialaccount.login_cancelled, name="socialaccount_login_cancelled"),
    path("oidc/<str:provider_id>/login/", web.start_at_provider, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", openid_connect.callback, name="openid_connect_callback"),
]
if SAML_APP in settings.INSTALLED_APPS:
    signing_in.append(path("", include("allauth.socialaccount.providers.saml.urls")))

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include(signing_in)),
    path("profile/", web.profile, name="profile"),
    path("invitation/<str:token>/", web.accept_invitation, name="accept_invitation"),
]
