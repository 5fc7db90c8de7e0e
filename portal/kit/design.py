"""The page of every component in both themes: for who builds pages, and routed only where DEBUG is on."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.kit.pages import render_page


@dataclass(frozen=True, slots=True)
class Section:
    """`key` names the template templates/design/<key>.html and the place on the page."""

    key: str
    title: str
    sentence: str

    @property
    def template(self) -> str:
        return f"design/{self.key}.html"


SECTIONS = (
    Section("colours", "Colours", "Each is named for its use. One accent, one colour that asks for attention, no red."),
    Section("words", "Words and figures", "Large figure, plain sentence. Figures stand in columns of equal width."),
    Section("buttons", "Buttons", "One primary button on a page. A dangerous one is amber, and asks first."),
    Section("choosing", "Tabs, pills, segments", "Pages of one thing, filters with counts, one of a few."),
    Section("fields", "Fields", "The label stays, help stands below, a fault says what would be right."),
    Section("forms", "A form", "Two columns that fold into one, choices as cards, actions at the end."),
    Section("tables", "Tables", "Head and names stay in view; on a phone each row becomes a small card."),
    Section("cards", "Cards, lists, figures", "White sheets with a hairline on warm paper."),
    Section("saying", "Notices and badges", "Said in words; colour only underlines."),
    Section("going", "Under way, and past", "How far something is, who did what, and where nothing is yet."),
    Section("overlays", "Menus, dialogs, toasts", "Only what lies over the page casts a shadow."),
)
GROUNDS = ("paper", "card", "sunken", "hover", "line", "field-line", "ink", "muted")
SPEAKING = ("accent", "accent-strong", "accent-soft", "attend", "attend-soft", "good", "good-soft")
STEPS = ("step-1", "step-2", "step-3", "step-4", "step-5")
MARKS = ((62, 64, 58, 71), (48, 52, 45, 49), (88, 91, 85, 93), (70, 66, 72, 69))
STUDENTS = ("Inès Lefèvre", "Ben Lindqvist", "Kavya Nair", "Jonas Weber")


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    rows = [{"name": name, "percents": marks} for name, marks in zip(STUDENTS, MARKS, strict=True)]
    facts = {"sections": SECTIONS, "themes": ("light", "dark"), "colours": GROUNDS + SPEAKING + STEPS, "rows": rows}
    return render_page(request, "design/design.html", facts)
