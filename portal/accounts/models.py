"""People who sign in, the invitations by which they come in, and what they have read and signed."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from portal.audit.models import AppendOnly
from portal.kit.names import fold


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **facts: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **facts: Any) -> "User":
        """Made from a shell of the machine itself, which vouches for the address: no mail asks to confirm it."""
        from allauth.account.models import EmailAddress

        user = self.create_user(email, password, is_superuser=True, **facts)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in with an e-mail address. What they may do hangs on roles in schools, not on this record."""

    email = models.EmailField(max_length=254)
    name = models.CharField("full name", max_length=160)
    search_name = models.CharField(max_length=200, editable=False)
    is_active = models.BooleanField("may sign in", default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    # Read with every page anyway, so what a person prefers costs no query of its own (portal/accounts/preferences.py).
    preferences = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True, editable=False
    )

    # Taking back an import leaves the account of whoever signed in meanwhile (portal/audit/hanging.py).
    stays_when: ClassVar[models.Q] = models.Q(last_login__isnull=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_once"),)
        indexes = (models.Index(fields=["name"], name="user_name"),)

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_name = fold(self.name, self.email.partition("@")[0])
        super().save(*args, **kwargs)

    @property
    def is_staff(self) -> bool:
        """Django's admin asks; whether the back office opens is decided by the back office itself."""
        return self.is_superuser

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split()[0] if self.name else self.email


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, at: Any) -> "InvitationQuerySet":
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=at)


class Invitation(models.Model):
    """A seat kept for one e-mail address. The link in the mail holds the token; here is only its hash."""

    email = models.EmailField()
    name = models.CharField("full name", max_length=160, blank=True)
    school_id = models.BigIntegerField(db_index=True)
    role = models.CharField(max_length=20)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="invitations_sent")
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="invitations_accepted")
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-invited_at",)

    def __str__(self) -> str:
        return f"Invitation for {self.email}"


class Acknowledgement(AppendOnly):
    """A person's "I have read this": what, in which edition, and when. It is never taken back; a new edition asks anew."""

    user = models.ForeignKey(User, models.CASCADE, related_name="acknowledgements", db_index=False)
    what = models.CharField(max_length=40)
    edition = models.PositiveSmallIntegerField()

    class Meta(AppendOnly.Meta):
        constraints = (models.UniqueConstraint(fields=["user", "what", "edition"], name="acknowledged_once"),)
        indexes = (models.Index(fields=["what", "edition", "-at"], name="acknowledged_what"),)

    def __str__(self) -> str:
        return f"{self.what}, edition {self.edition}"
