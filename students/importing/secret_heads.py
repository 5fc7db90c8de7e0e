"""What columns with passwords are called, so that nobody keeps what stands in them."""

from portal.kit.names import fold

# As a whole, spaces and accents aside.
NAMES = frozenset({
    "password", "passwort", "kennwort", "losungswort", "pwd", "pw", "pword", "passwd", "passphrase", "passcode", "motdepasse",
    "mdp", "contrasena", "contrasenya", "senha", "wachtwoord", "losenord", "passord", "adgangskode", "haslo", "parola",
    "initialpassword", "initialpasswort", "initialkennwort", "userpassword", "userpwd",
})  # fmt: skip
# As a part of the name of a column: "Password (first login)".
PARTS = ("password", "passwort", "kennwort", "motdepasse", "contrasena", "wachtwoord", "passwd", "passphrase")
BETWEEN_CELLS = frozenset(",;\t|")
LONGEST = 60


def is_password(cell: str) -> bool:
    """A cell that says nothing else, so that its column holds passwords wherever it stands."""
    return len(cell) <= LONGEST and _bare(cell) in NAMES


def names_password(head: str) -> bool:
    """A head, which may say more."""
    if len(head) > LONGEST or BETWEEN_CELLS & set(head):
        return False
    bare = _bare(head)
    return bare in NAMES or any(part in bare for part in PARTS)


def _bare(cell: str) -> str:
    return fold(_as_utf8(cell)).replace(" ", "").removeprefix("\ufeff")


def _as_utf8(cell: str) -> str:
    """Texts are looked through byte by byte, as Latin-1, so that no encoding can hide a password."""
    try:
        return cell.encode("latin-1").decode("utf-8-sig")
    except UnicodeError:
        return cell
