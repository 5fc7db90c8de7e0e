"""What measuring says: stored in English with its figures, and put into the reader's words where it is shown.

Each is written once more where it is made; a test holds the two together.
"""

from django.utils.translation import gettext_noop as _

PHRASES = (
    _("Scores lay %(mae)s points from %(rows)s results on average; the school asks for %(most)s at most."),
    _("Scores explain %(r2)s %% of the differences between %(rows)s results; the school asks for %(least)s %%."),
    _("Of 100 results %(hit)s lay in the range that promises %(promise)s, and not by luck."),
    _("On %(rows)s results its error is %(more)s %% larger than that of the simplest guess, and not by luck."),
    _("Too few results yet: %(rows)s of %(least)s needed."),
    _("Too few students yet: %(students)s of %(students_least)s needed."),
    _("%(version)s lies as near as the champion on %(rows)s results: the difference of %(points)s points (%(low)s to %(high)s) is no more than noise."),
    _("%(version)s is %(points)s points nearer on average (%(low)s to %(high)s) on %(rows)s results: more than noise."),
    _("%(version)s is %(points)s points further off on average (%(low)s to %(high)s) on %(rows)s results: more than noise."),
    _("%(moved)s of %(all)s features lie otherwise than over all of training, as those of one day do."),
    _("%s %% of the rows lie further out than nearly all of training."),
    _("An error of %(expected)s points is to be expected; it was %(usual)s when the version was tested."),
    _("%(version)s cannot be opened: its stored model is missing."),
    _("%(version)s was not opened: its stored model was changed since it was made."),
    _("%(version)s was not opened: it was signed with a key that is not known here."),
    _("%(version)s was not used: it no longer says what it said when it was made. Train again."),
    _("No exam lies ahead to compare with."),
)  # fmt: skip
