"""How a name is folded for searching, so that `lefevre` finds Inès Lefèvre."""

import re
import unicodedata

# Letters that Unicode does not take apart into a base letter and an accent.
PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
BETWEEN_WORDS = re.compile(r"[^\w]+|_")
INSIDE_WORDS = re.compile(r"['’ʼ`´]")


def fold(*names: str) -> str:
    """Words in lower case without accents, a space before each: a word's beginning can be searched as ` sam`."""
    text = INSIDE_WORDS.sub("", " ".join(names).casefold().translate(PLAIN))
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    words = BETWEEN_WORDS.sub(" ", bare).split()
    return "".join(f" {word}" for word in words)
