"""What was stored in mlcore's own words, in the reader's language. `{% load wording %}`."""

from django import template

from predictions.wording import in_own_words

register = template.Library()
register.filter("in_own_words", in_own_words)
