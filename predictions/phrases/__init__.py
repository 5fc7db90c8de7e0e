"""Every word and sentence of mlcore that pages show, with its figures left open: there is no Django in mlcore to ask.

A hole in braces that FREE names holds words; each other holds a figure, so that a sentence fits one phrase only.
"""

from predictions.phrases import answers, card, stored, training

FREE = {
    "amount", "changes", "chosen", "column", "day", "difference", "error", "figure_name", "group", "guess", "indicator",
    "kind", "label", "least_figure", "library", "most_figure", "moves", "now_said", "other_group", "other_spread",
    "others", "parts", "spread", "subject", "subjects", "then_said", "value", "version", "words",
}  # fmt: skip
PHRASES = tuple(dict.fromkeys((*answers.PHRASES, *training.PHRASES, *card.PHRASES, *stored.PHRASES)))
