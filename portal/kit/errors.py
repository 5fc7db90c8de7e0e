"""What a room raises when it will not do a thing: a sentence for a person and a code for a program."""


class DomainError(Exception):
    """The wish was understood and refused."""

    status = 400
    code = "refused"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code or self.code


class Conflict(DomainError):
    """It clashes with what is there already."""

    status = 409
    code = "conflict"


class NotReady(DomainError):
    """It cannot be done yet."""

    status = 409
    code = "not_ready"


class NotAllowed(DomainError):
    """The person may see it, and may not do this with it."""

    status = 403
    code = "not_allowed"
