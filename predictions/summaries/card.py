"""The model card in the language of who reads it."""

from mlcore.card import Card, Section
from predictions.wording import cell_in_words


def card_in_words(card: Card) -> Card:
    """The facts behind it, which are for programs, stay as they are."""
    return Card(cell_in_words(card.title), tuple(map(_section, card.sections)), card.facts)


def _section(section: Section) -> Section:
    return Section(
        cell_in_words(section.title),
        _all(section.sentences),
        _all(section.head),
        tuple(_all(row) for row in section.rows),
    )


def _all(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(cell_in_words(text) for text in texts)
