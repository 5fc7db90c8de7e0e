"""What can go wrong in mlcore: each error is a sentence for a person and a code for a program."""

from collections.abc import Sequence


class MLError(Exception):
    """Raised when mlcore cannot do what it was asked; `str()` of it may be shown to a person."""

    code = "ml_error"

    def __init__(self, sentence: str, code: str | None = None) -> None:
        super().__init__(sentence, code)
        self.sentence = sentence
        self.code = code or type(self).code

    def __str__(self) -> str:
        return self.sentence


class SchemaMismatch(MLError):
    """A table is not what the schema says; `faults` holds one sentence per fault."""

    code = "schema_mismatch"

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = tuple(faults)
        self.args = (self.faults,)  # so that the error survives being pickled by a worker


class NotEnoughData(MLError):
    """There is too little to learn from; the sentence says what is missing."""

    code = "not_enough_data"


class BadBundle(MLError):
    """A bundle that cannot be opened; `code` says which way: tampered, foreign, truncated, too new."""

    code = "bad_bundle"
