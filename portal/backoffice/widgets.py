"""Fields for relations: chosen by typing a few letters, and shown without a query for each row."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper


class KnownSelect(AutocompleteSelect):
    """Knows the record that is chosen already, where the page has read it with the row."""

    known: Any = None

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        known = self.known
        if known is None or [str(each) for each in value] != [str(known.pk)]:
            return super().optgroups(name, value, attr)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        options.append(
            self.create_option(name, str(known.pk), self.choices.field.label_from_instance(known), True, len(options))
        )
        return [(None, options, 0)]


def know_relations(form: Any) -> None:
    """Hand each such field of a form the related record that its instance holds in memory."""
    for name, field in form.fields.items():
        widget = bare(field)
        if isinstance(widget, KnownSelect):
            widget.known = form.instance._state.fields_cache.get(name)


def bare(field: forms.Field) -> Any:
    widget = field.widget
    return widget.widget if isinstance(widget, RelatedFieldWidgetWrapper) else widget
